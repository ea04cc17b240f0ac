import type { Database } from 'better-sqlite3'
import { StoreUnavailable } from '../store.ts'
import { toStoreError } from './store-error.ts'

/**
 * Runs a read. It sees what is committed and nothing else: operations run inside their transaction from its BEGIN to its
 * COMMIT without a pause, so no read ever comes between.
 */
export type Reads = <T>(read: () => T) => T

export function createReads(database: Database): Reads {
  return (read) => {
    if (!database.open) throw new StoreUnavailable('the store is closed')
    try {
      return read()
    } catch (error) {
      throw toStoreError(error)
    }
  }
}
