import type { Query } from './line.ts'
import type { Need, WorkingSet } from './working-set.ts'

/** What is decided on rows that were read. Many of them share a transaction. */
export interface WriteOperation<T> {
  readonly needs: readonly Need[]
  /** Decides and changes rows; may be called again on other rows. One that refuses has changed nothing. */
  run(set: WorkingSet): T
  /** What takes the change back, when it comes out too late, after its caller was told that nothing was changed. */
  undo?(result: T): WriteOperation<unknown> | undefined
  /** The id of what it changes, for the log of an operator. No secret. */
  readonly about?: string
}

/** Somebody's own statements, in a transaction of their own. */
export type OwnStatements = (query: Query) => Promise<unknown>

/** A caller who waits. */
export interface Waiting {
  readonly work: WriteOperation<unknown> | OwnStatements
  readonly isProbe: boolean
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  /** Whether it was told that nothing was changed, before that was known. */
  isRefused: boolean
  result: unknown
}

export function canBeUndone({ work }: Waiting): boolean {
  return typeof work !== 'function' && work.undo !== undefined
}

/** The rows that it waits for where somebody else holds them. What it writes without a look is not among them. */
export function rowsOf({ work }: Waiting): readonly string[] {
  if (typeof work === 'function') return []
  const looked = work.needs.filter(({ isNew }) => !isNew)
  return [...new Set(looked.map(({ table, key }) => JSON.stringify([table.name, key])))].sort()
}

/** Those who wait for the same rows go together; first those who wait for none, then those who wait for few. */
export function groupByRows(batch: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const groups = new Map<string, { readonly rows: number; readonly members: Waiting[] }>()
  for (const waiting of batch) {
    const rows = rowsOf(waiting)
    const name = rows.join()
    const group = groups.get(name)
    if (group) group.members.push(waiting)
    else groups.set(name, { rows: rows.length, members: [waiting] })
  }
  return [...groups.values()].sort((a, b) => a.rows - b.rows).map(({ members }) => members)
}
