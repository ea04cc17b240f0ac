import { StoreUnavailable } from '../store.ts'

/**
 * Whether an error says that one operation's values do not fit, rather than that the database cannot work: a broken
 * constraint, a value of the wrong type, text beyond SQLite's limit. The caller has a defect; its neighbours have not.
 */
export function isDefect(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code)
}

/** What the caller of a store gets for an error of the database: its own defect as it is, all else `StoreUnavailable`. */
export function toStoreError(error: unknown): unknown {
  return isDefect(error) ? error : new StoreUnavailable(error)
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof StoreUnavailable) return 'unavailable'
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}
