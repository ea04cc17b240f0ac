import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import { isNodeVersionAtLeast, nodeVersion } from '../../runtime/node-version.ts'

/** better-sqlite3 13 ends the whole process with a segmentation fault on older versions. */
const LEAST_NODE_VERSION = '22.14.0'

/** How long to wait for a server that is just ending, before saying that the database is in use. */
const LOCK_WAIT_MILLISECONDS = 2000

/** Pages in the write-ahead log at which a commit itself checkpoints; idle moments come first (`checkpoints.ts`). */
export const CHECKPOINT_PAGES = 4000

/**
 * Opens the database file, made when missing and readable by its owner alone, and locks it for this process: one writer
 * makes every cache coherent, and SQLite needs no shared memory for its index of the log. The lock ends with the process,
 * however that ends. Every error that it throws is a sentence for the operator.
 */
export async function openDatabase(file: string, version: string = nodeVersion): Promise<Database> {
  if (!isNodeVersionAtLeast(version, LEAST_NODE_VERSION)) {
    throw new Error(`The SQLite store needs Node ${LEAST_NODE_VERSION} or newer; this is ${version}.`)
  }
  try {
    createPrivately(file)
  } catch (cause) {
    throw new Error(`The database ${file} cannot be created or written: ${(cause as Error).message}.`, {
      cause,
    })
  }
  const { default: SqliteDatabase } = await import('better-sqlite3')
  const database = new SqliteDatabase(file, { timeout: LOCK_WAIT_MILLISECONDS })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    // Every commit waits until the disk has it: an answer that was sent must survive a power cut.
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    database.exec('BEGIN EXCLUSIVE; COMMIT')
    return database
  } catch (cause) {
    database.close()
    throw new Error(explain(file, cause), { cause })
  }
}

/** SQLite gives the files that it adds (`-wal`) the mode of the database file, so that one must be right first. */
function createPrivately(file: string): void {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const isNew = !existsSync(file)
  closeSync(openSync(file, 'a', 0o600))
  if (isNew) {
    // The file's name must survive a power cut as well as its content.
    const opened = openSync(folder, 'r')
    fsyncSync(opened)
    closeSync(opened)
  } else if ((statSync(file).mode & 0o077) !== 0) {
    chmodSync(file, 0o600)
  }
}

function explain(file: string, cause: unknown): string {
  const { code = '', message } = cause as { code?: string; message: string }
  if (code.startsWith('SQLITE_BUSY')) {
    return `The database ${file} is in use by another process: one data folder serves one server.`
  }
  if (code === 'SQLITE_NOTADB') return `The file ${file} is not a SQLite database.`
  return `The database ${file} cannot be opened: ${message}.`
}
