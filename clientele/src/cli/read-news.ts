import { CommandError } from './command-error.ts'
import { type OperatorOptions, streamOperatorApi } from './operator-api.ts'
import { startProgress } from './progress.ts'

/** What a long work of the server told: what it said of single clients, and its summary. */
export interface News<Finding, Summary> {
  readonly findings: readonly Finding[]
  readonly summary: Summary
}

/**
 * Has the server do something over all clients, and shows how far it is. `done` counts in what member of the progress, and
 * `what` is counted: `clients judged`. Throws a `CommandError` when the server stops before the summary.
 */
export async function readNews<Finding, Summary>(
  path: string,
  request: object,
  {
    done,
    what,
    options,
  }: { readonly done: string; readonly what: string; readonly options: OperatorOptions },
): Promise<News<Finding, Summary>> {
  const progress = startProgress(`clients ${what}`, options.json)
  const findings: Finding[] = []
  let summary: Summary | undefined
  try {
    for await (const { type, ...rest } of streamOperatorApi(path, request, options)) {
      if (type === 'progress') progress.show(rest[done] as number, rest.total as number)
      else if (type === 'client') findings.push(rest as unknown as Finding)
      else summary = rest as unknown as Summary
    }
  } finally {
    progress.end()
  }
  if (!summary) throw new CommandError(`The server stopped before every client was ${what}.`)
  return { findings, summary }
}
