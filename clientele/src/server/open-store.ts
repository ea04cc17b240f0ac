/** Opens the store that the configuration names: a database that many share, or a file in the data folder. */
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { PostgresCounting } from '../stores/postgres/counting.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import type { DataFolder } from './data-folder.ts'
import { StartError } from './start-error.ts'

export interface OpenedStore {
  readonly store: Store
  /** This server's number among those that share the store; absent where it is alone. */
  readonly instance?: number
  /** Where those who share the store count failed attempts together; absent where it is alone. */
  readonly counting?: PostgresCounting
}

/** Loads the driver of the store that is used, and no other. */
export async function openStore(
  config: Config,
  folder: DataFolder,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Log, 'warn'> },
): Promise<OpenedStore> {
  const { url, schema } = config.storage
  try {
    if (url === undefined) {
      const { openSqliteStore } = await import('../stores/sqlite.ts')
      return { store: await openSqliteStore({ file: folder.database, clock }) }
    }
    const { openPostgresStore } = await import('../stores/postgres.ts')
    const store = await openPostgresStore({ url, schema, role: config.server.role, clock, log })
    if (store.refusedRoles.length > 0) {
      log.warn({}, 'this database user may not make roles: clientele migrate says what is to be run for them')
    }
    return { store, instance: store.instance, counting: store.counting }
  } catch (error) {
    throw new StartError(url === undefined ? (error as Error).message : describe(error), { cause: error })
  }
}

/** An error of the driver in a sentence, never with the address, which may have a password. */
export function describe(error: unknown): string {
  const { message, code } = error as Error & { readonly code?: unknown }
  // 42501, insufficient privilege: the schema is not up to date, and this user may read it and no more.
  if (code === '42501') {
    return `The schema of the database that storage.url names is not there or not up to date, and this user may not change it (${message}). Run clientele migrate as a user who may.`
  }
  // Several addresses of one name were tried: an error that holds theirs has no words of its own.
  const [first] = error instanceof AggregateError ? error.errors : []
  const because = message || (first instanceof Error ? first.message : 'it did not answer')
  return `The database that storage.url names cannot be used: ${because.replace(/\.$/, '')}.`
}
