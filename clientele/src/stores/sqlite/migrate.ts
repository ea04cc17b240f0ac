import type { Database } from 'better-sqlite3'
import { sha256 } from '../../runtime/cryptography.ts'

/** One step of the schema. Numbers start at 1 and have no gaps. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

/**
 * Brings the schema up to date, each step in a transaction of its own, and records what was run with its SHA-256.
 * Throws, having changed nothing, for a database that a newer version wrote or whose steps are not the ones we know:
 * going on would read one shape as another.
 */
export function migrate(database: Database, migrations: readonly Migration[], at: number): void {
  database.exec(
    `CREATE TABLE IF NOT EXISTS migrations (
       number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
     ) STRICT`,
  )
  const applied = database.prepare<[], Applied>('SELECT * FROM migrations ORDER BY number').all()
  for (const record of applied) checkApplied(record, migrations)
  const insert = database.prepare(
    'INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
  )
  for (const migration of migrations.slice(applied.length)) {
    const run = database.transaction(() => {
      database.exec(migration.sql)
      insert.run(migration.number, migration.name, sha256(migration.sql), at)
    })
    run.immediate()
  }
}

function checkApplied(applied: Applied, migrations: readonly Migration[]): void {
  const known = migrations[applied.number - 1]
  const what = `schema migration ${applied.number} (${applied.name})`
  if (!known) {
    throw new Error(
      `The database was written by a newer version of Clientele: ${what} is unknown here, the newest known is ` +
        `${migrations.length}. Start the newer version again, or restore a backup from before the upgrade.`,
    )
  }
  if (known.name !== applied.name || sha256(known.sql) !== applied.checksum) {
    throw new Error(
      `The database does not fit this version of Clientele: its ${what} is not the one that this version would have ` +
        `run (${known.name}). Start the version that wrote it, or restore a backup.`,
    )
  }
}
