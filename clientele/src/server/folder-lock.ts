/**
 * One data folder, one server. Held as a lock of the operating system on a file in the folder, taken through SQLite, so
 * that it goes with the process however that ends: after SIGKILL nothing stale is left to clean up by hand.
 */
import { chmodSync } from 'node:fs'
import type { DataFolder } from './data-folder.ts'
import { readServerAddress } from './server-address.ts'
import { StartError } from './start-error.ts'

export interface FolderLock {
  release(): void
}

/** Takes the folder, or says who has it. */
export async function lockFolder(folder: DataFolder): Promise<FolderLock> {
  const { default: Database } = await import('better-sqlite3')
  const lock = new Database(folder.lock, { timeout: 0 })
  try {
    chmodSync(folder.lock, 0o600)
    // Nothing is ever written, so nothing is to be undone: no journal file beside it.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error
    const other = readServerAddress(folder)
    const who = other ? `, at ${other.url} (process ${other.pid})` : ''
    throw new StartError(
      `Another server is using the data folder ${folder.path}${who}. One folder, one server.`,
    )
  }
  return { release: () => lock.close() }
}
