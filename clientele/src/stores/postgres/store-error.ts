import { StoreUnavailable } from '../store.ts'

/**
 * What an error of the database means (PostgreSQL, appendix A: the SQLSTATE codes), for whoever must decide between trying
 * again, finding out what happened, and giving up.
 *
 * - `contention`: somebody else was faster: 40001, 40P01, a key that was free when we looked (23505), or a row that changed
 *   since. The transaction is undone; trying again is right.
 * - `lost`: the connection is gone, or the server is going or coming. Whether a commit that was sent was made is unknown.
 * - `defect`: the values do not fit. The caller is wrong, its neighbours are not.
 * - `blocked`: out of time, most likely for a row that somebody else holds: 55P03, 57014. Nothing was changed.
 * - `unavailable`: the database answered, and cannot work: full disk, read-only, damaged. Nothing was changed.
 */
export type Meaning = 'contention' | 'lost' | 'defect' | 'blocked' | 'unavailable'

/** A row was not as it was read. */
export class Contention extends Error {
  constructor() {
    super('a row was changed by somebody else')
    this.name = 'Contention'
  }
}

const CONTENTION = /^(40001|40P01|23505)$/
const LOST = /^(08...|57P0[1-5]|25P0[34])$/
const BLOCKED = /^(55P03|57014)$/
const DEFECT = /^(22|23)...$/

export function meaningOf(error: unknown): Meaning {
  if (error instanceof Contention) return 'contention'
  if (error instanceof StoreUnavailable) return 'unavailable'
  const code = sqlStateOf(error)
  if (code === undefined) return isOfTheConnection(error) ? 'lost' : 'defect'
  if (CONTENTION.test(code)) return 'contention'
  if (LOST.test(code)) return 'lost'
  if (BLOCKED.test(code)) return 'blocked'
  return DEFECT.test(code) ? 'defect' : 'unavailable'
}

/** What the caller of a store gets: its own defect as it is, all else `StoreUnavailable`. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof StoreUnavailable || meaningOf(error) === 'defect') return error
  return new StoreUnavailable(error)
}

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** The driver's own sentences about connections have no code; the system's errors (ECONNRESET) are no SQLSTATE. */
function isOfTheConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error || 'errors' in error) return true
  return /connection|client was closed|timeout|not queryable/i.test(error.message)
}
