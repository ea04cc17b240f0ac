import { CommandError } from '../command-error.ts'
import { type OperatorOptions, streamOperatorApi } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'
import { startProgress } from '../progress.ts'

interface Finding {
  readonly client_id: string
  readonly outcome: 'refused' | 'failed'
  readonly because: string
}

interface Summary {
  readonly connector: string
  readonly mirrored: number
  readonly refused: number
  readonly failed: number
  readonly removed: number
}

/** `clientele connectors sync`: brings another server to what the registry has. */
export async function syncConnectorCommand(name: string, options: OperatorOptions): Promise<void> {
  const progress = startProgress('clients mirrored', options.json)
  const findings: Finding[] = []
  let summary: Summary | undefined
  try {
    const path = `/admin/v1/connectors/${encodeURIComponent(name)}/sync`
    for await (const { type, ...rest } of streamOperatorApi(path, {}, options)) {
      if (type === 'progress') progress.show(rest.done as number, rest.total as number)
      else if (type === 'client') findings.push(rest as unknown as Finding)
      else summary = rest as unknown as Summary
    }
  } finally {
    progress.end()
  }
  if (!summary) throw new CommandError('The server stopped before every client was mirrored.')
  if (options.json) printJson({ ...summary, clients: findings })
  else printLines(...[...findings.map(renderFinding), ...renderSummary(summary)].map(printable))
  if (summary.failed > 0) throw new CommandError('Not every client could be mirrored; try again.')
}

function renderFinding({ client_id, outcome, because }: Finding): string {
  return `${outcome === 'refused' ? 'Not mirrored' : 'Failed'}: ${client_id}: ${because}`
}

function renderSummary({ connector, mirrored, refused, failed, removed }: Summary): readonly string[] {
  return [
    `${connector}: ${mirrored} clients mirrored, ${removed} removed`,
    ...(refused === 0
      ? []
      : [`  ${refused} cannot be served there as they are registered, and are not there`]),
    ...(failed === 0 ? [] : [`  ${failed} failed`]),
  ]
}
