import { type Clock, nowInSeconds, systemClock } from '../runtime/clock.ts'
import { type EventLoop, systemEventLoop } from '../runtime/event-loop.ts'
import { createSqliteStore } from './sqlite/create-store.ts'
import { migrate } from './sqlite/migrate.ts'
import { migrations } from './sqlite/migrations.ts'
import { openDatabase } from './sqlite/open-database.ts'
import type { Store } from './store.ts'

/** Which file, and by which clock. */
export interface SqliteStoreOptions {
  /** The database file. It, and its folder, are made when missing, readable by their owner alone. */
  readonly file: string
  /** Dates the schema's migrations. */
  readonly clock?: Clock
  /** When to commit and when to checkpoint; tests bring their own. */
  readonly loop?: EventLoop
}

/**
 * The embedded store: one SQLite file, one process. Creates or upgrades the database first. It rejects with a sentence for
 * the operator when the file is in use by another process, cannot be written, or was written by a newer version.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const database = await openDatabase(options.file)
  try {
    migrate(database, migrations, nowInSeconds(options.clock ?? systemClock))
    return createSqliteStore(database, options.loop ?? systemEventLoop)
  } catch (error) {
    database.close()
    throw error
  }
}
