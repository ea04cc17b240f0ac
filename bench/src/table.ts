/** The results as Markdown, so that what is printed can stand in the README as it is. */
import type { ContestantName, StorageName } from './contestant.ts'
import type { Measured, Row } from './measure.ts'
import type { Targets, Workload } from './workloads.ts'

export interface Result {
  readonly storage: StorageName
  readonly workload: Workload
  readonly rows: readonly Row[]
}

export function renderResults(results: readonly Result[]): string {
  const head = [
    'storage',
    'work',
    'connections',
    'program',
    'requests/s',
    'to the floor',
    'to oidc-provider',
    'p50 ms',
    'p99 ms',
  ]
  const lines = results.flatMap(({ storage, workload, rows }) =>
    rows.map((row) => {
      const start = [storage, workload.name, String(workload.connections), row.contestant]
      if ('void' in row) return [...start, `void: ${row.void}`, '', '', '', '']
      const ratios = (['floor', 'oidc-provider'] as const).map((other) =>
        renderRatio(ratio(rows, row.contestant, other)),
      )
      return [
        ...start,
        String(Math.round(row.requestsPerSecond)),
        ...ratios,
        milliseconds(row.p50),
        milliseconds(row.p99),
      ]
    }),
  )
  return renderTable(head, lines)
}

export function renderTargets(results: readonly Result[]): string {
  const lines = results.flatMap((result) =>
    targetsOf(result).map(([other, least]) => {
      const reached = ratio(result.rows, 'clientele', other)
      const verdict = reached === undefined ? 'void' : reached >= least ? 'reached' : 'not reached'
      const { storage, workload } = result
      return [
        `${storage}: ${workload.name}, ${workload.connections} connections`,
        `${least} × ${other}`,
        renderRatio(reached),
        verdict,
      ]
    }),
  )
  return renderTable(['target', 'at least', 'measured', ''], lines)
}

/** Whether every target was reached. */
export function isReached(results: readonly Result[]): boolean {
  return results.every((result) =>
    targetsOf(result).every(([other, least]) => {
      const reached = ratio(result.rows, 'clientele', other)
      return reached !== undefined && reached >= least
    }),
  )
}

function targetsOf({ storage, workload }: Result): [ContestantName, number][] {
  const targets: Targets = workload.targets[storage] ?? {}
  return Object.entries(targets) as [ContestantName, number][]
}

function ratio(rows: readonly Row[], one: ContestantName, other: ContestantName): number | undefined {
  const rate = (name: ContestantName) => {
    return rows.find((row): row is Measured => row.contestant === name && !('void' in row))?.requestsPerSecond
  }
  const [a, b] = [rate(one), rate(other)]
  return a === undefined || b === undefined ? undefined : a / b
}

function renderRatio(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2)
}

function milliseconds(microseconds: number): string {
  return (microseconds / 1000).toFixed(2)
}

export function renderTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---')
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
