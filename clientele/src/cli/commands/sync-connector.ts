import { CommandError } from '../command-error.ts'
import type { OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'
import { readNews } from '../read-news.ts'

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
  const path = `/admin/v1/connectors/${encodeURIComponent(name)}/sync`
  const progress = { done: 'done', what: 'mirrored', options }
  const { findings, summary } = await readNews<Finding, Summary>(path, {}, progress)
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
