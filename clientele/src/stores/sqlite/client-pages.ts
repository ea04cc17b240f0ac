import type { Database } from 'better-sqlite3'
import type { ClientRecord } from '../../clients/client.ts'
import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Reads } from './reads.ts'
import { type StoredText, toStored } from './stored-text.ts'

/** The clients behind the one under the key `behind`, at most `limit`; those with `term`, when given. */
export type ClientPages = (page: {
  readonly behind: number
  readonly limit: number
  readonly term?: string
}) => Promise<readonly ClientRecord[]>

/** So many rows are read in one turn of the event loop, deleted clients included: below a millisecond or two. */
export const ROWS_PER_TURN = 250

interface PageRow {
  readonly key: number
  readonly record: string | null
}

/**
 * Pages of clients in the order of their keys. A page that needs more rows than one turn may read, because many clients
 * were deleted in one place or because many were asked for, is read in several turns: requests are served in between.
 */
export function createClientPages(database: Database, reads: Reads, loop: EventLoop): ClientPages {
  const select = database.prepare<[number, number], PageRow>(
    'SELECT key, record FROM clients WHERE key > ? ORDER BY key LIMIT ?',
  )
  const selectWithTerm = database.prepare<[StoredText, number, number], PageRow>(
    `SELECT clients.key, record FROM client_terms CROSS JOIN clients ON clients.key = client_terms.key
     WHERE term = ? AND client_terms.key > ? ORDER BY client_terms.key LIMIT ?`,
  )

  return async ({ behind, limit, term }) => {
    const found: ClientRecord[] = []
    let last = behind
    /** True when nothing follows. */
    function readTurn(): boolean {
      const rows =
        term === undefined
          ? select.iterate(last, ROWS_PER_TURN)
          : selectWithTerm.iterate(toStored(term), last, ROWS_PER_TURN)
      let seen = 0
      for (const { key, record } of rows) {
        seen++
        last = key
        if (record !== null) found.push(JSON.parse(record) as ClientRecord)
        if (found.length >= limit) break
      }
      return seen < ROWS_PER_TURN
    }
    while (found.length < limit) {
      if (reads(readTurn) || found.length >= limit) break
      await new Promise<void>((resolve) => loop.atEndOfTurn(resolve))
    }
    return found
  }
}
