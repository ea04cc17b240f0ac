/** Whether rates fall when the registry grows: the same work on databases of several sizes, in interleaved rounds. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { StorageName } from './contestant.ts'
import { type CredentialFiles, type Filled, fill, MANY } from './growth-fill.ts'
import { median } from './median.ts'
import type { Postgres } from './postgres.ts'
import { type Running, start } from './running.ts'
import { renderTable } from './table.ts'
import { requestsPerSecond, runLoad } from './wrk.ts'

export interface GrowthPlan {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly seconds: number
}

/** One kind of work on one storage, over the sizes. */
export interface GrowthLine {
  readonly storage: StorageName
  readonly work: string
  /** Whether a cache that holds all clients of the smallest size, and not those of the others, explains a loss. */
  readonly isBeyondCache: boolean
  readonly points: readonly GrowthPoint[]
}

export interface GrowthPoint {
  readonly clients: number
  readonly requestsPerSecond: number
  /** To the smallest size. */
  readonly ratio: number
}

interface Work {
  readonly name: string
  readonly script: string
  readonly isBeyondCache: boolean
  readonly arguments: (filled: Filled, round: number) => readonly string[]
}

/** The most of a rate that growth may cost. */
export const MOST_LOSS = 0.15
const CONNECTIONS = 32
const PAUSE_MILLISECONDS = 700

const reading = (kind: keyof CredentialFiles, whose: keyof Filled) => ({
  script: `${kind}.lua`,
  arguments: (filled: Filled) => [filled[whose][kind]],
})
const WORKS: readonly Work[] = [
  {
    name: 'register',
    script: 'register.lua',
    isBeyondCache: false,
    arguments: (_, round) => ['/register', `round ${round}`],
  },
  { name: 'read, 64 clients in turn', isBeyondCache: false, ...reading('read', 'few') },
  { name: `read, up to ${MANY} clients in turn`, isBeyondCache: true, ...reading('read', 'many') },
  { name: 'token, 64 clients in turn', isBeyondCache: false, ...reading('token', 'few') },
  { name: `token, up to ${MANY} clients in turn`, isBeyondCache: true, ...reading('token', 'many') },
]

export async function measureGrowth(
  storage: StorageName,
  plan: GrowthPlan,
  folder: string,
  postgres: Postgres | undefined,
): Promise<readonly GrowthLine[]> {
  const entrants: { readonly clients: number; readonly running: Running; readonly filled: Filled }[] = []
  try {
    for (const clients of plan.sizes) {
      console.error(`growth on ${storage}: making ${clients} clients`)
      const place = join(folder, `growth-${storage}-${clients}`)
      const { contestant, filled } = await fill(place, clients, postgres)
      entrants.push({ clients, running: await start(contestant, place), filled })
    }
    const lines: GrowthLine[] = []
    for (const work of WORKS) {
      console.error(`growth on ${storage}: ${work.name}`)
      const rates = entrants.map(() => [] as number[])
      // Round 0 is the first load of each, which is not counted.
      for (let round = 0; round <= plan.rounds; round++) {
        for (const [index, { running, filled }] of entrants.entries()) {
          await wait(PAUSE_MILLISECONDS)
          const report = await runLoad({
            url: running.url,
            script: work.script,
            scriptArguments: work.arguments(filled, round),
            connections: CONNECTIONS,
            seconds: plan.seconds,
          })
          if (report.unexpected + report.socketErrors > 0) {
            throw new Error(`${work.name}: ${report.unexpected} bad answers, ${report.socketErrors} errors`)
          }
          if (round > 0) rates[index]!.push(requestsPerSecond(report))
        }
      }
      const medians = rates.map(median)
      const points = entrants.map(({ clients }, index) => {
        return { clients, requestsPerSecond: medians[index]!, ratio: medians[index]! / medians[0]! }
      })
      lines.push({ storage, work: work.name, isBeyondCache: work.isBeyondCache, points })
    }
    return lines
  } finally {
    await Promise.all(entrants.map(({ running }) => running.kill()))
  }
}

export function renderGrowth(lines: readonly GrowthLine[]): string {
  const sizes = lines[0]?.points.map(({ clients }) => `${clients.toLocaleString('en')} clients`) ?? []
  const rows = lines.map(({ storage, work, isBeyondCache, points }) => {
    const cells = points.map((point) => `${Math.round(point.requestsPerSecond)} (${point.ratio.toFixed(2)})`)
    const lost = 1 - points.at(-1)!.ratio
    const verdict = lost < MOST_LOSS ? 'reached' : isBeyondCache ? 'the cache explains it' : 'not reached'
    return [storage, work, ...cells, `${Math.round(lost * 100)} %`, verdict]
  })
  return renderTable(['storage', 'work', ...sizes, 'lost', ''], rows)
}

export function isGrowthBounded(lines: readonly GrowthLine[]): boolean {
  return lines.every(({ isBeyondCache, points }) => isBeyondCache || 1 - points.at(-1)!.ratio < MOST_LOSS)
}
