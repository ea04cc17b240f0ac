/** Reads a whole list of the admin API, part by part, and prints it. */
import { callOperatorApi, type OperatorOptions } from './operator-api.ts'
import { printJson, printLines } from './print.ts'
import { printable } from './printable.ts'
import { type Row, renderTable } from './render-table.ts'

export interface ListToPrint {
  /** Of the admin API. */
  readonly path: string
  /** Under which the answers hold the rows, and under which `--json` prints them. */
  readonly name: string
  /** What the list is asked to hold, besides which part of it. */
  readonly query?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  /** Instead of a table of nothing. */
  readonly none: string
}

const PART = 500

export async function listAll(
  { path, name, query = {}, columns, none }: ListToPrint,
  options: OperatorOptions,
): Promise<void> {
  const rows: Row[] = []
  let next: unknown
  do {
    const part = { ...query, limit: `${PART}`, ...(typeof next === 'string' ? { from: next } : {}) }
    const answer = await callOperatorApi(`${path}?${new URLSearchParams(part)}`, undefined, options, 'GET')
    rows.push(...(answer[name] as readonly Row[]))
    next = answer.next
  } while (next !== undefined)
  if (options.json) return printJson({ [name]: rows })
  printLines(...(rows.length === 0 ? [none] : renderTable(rows, columns).map(printable)))
}
