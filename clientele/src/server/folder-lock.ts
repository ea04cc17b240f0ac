/**
 * One data folder, one server. Held as a lock of the operating system on a file in the folder, taken through SQLite, so
 * that it goes with the process however that ends: after SIGKILL nothing stale is left to clean up by hand.
 */
import { chmodSync, existsSync } from 'node:fs'
import type { DataFolder } from './data-folder.ts'
import { readServerAddress } from './server-address.ts'
import { StartError } from './start-error.ts'

export interface FolderLock {
  release(): void
}

/** For as long as somebody may be looking whether the folder is taken. */
const LOOKING_MILLISECONDS = 250

/** Takes the folder, or says who has it. */
export async function lockFolder(folder: DataFolder): Promise<FolderLock> {
  const { default: Database } = await import('better-sqlite3')
  const lock = new Database(folder.lock, { timeout: LOOKING_MILLISECONDS })
  try {
    chmodSync(folder.lock, 0o600)
    // Nothing is ever written, so nothing is to be undone: no journal file beside it.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    const other = readServerAddress(folder)
    const who = other ? `, at ${other.url} (process ${other.pid})` : ''
    throw new StartError(
      `Another server is using the data folder ${folder.path}${who}. One folder, one server.`,
    )
  }
  return { release: () => lock.close() }
}

/**
 * Whether a server holds the folder now, whatever its notes say. Only reads, so that a folder mounted read-only can be
 * asked about; throws where this user may not look.
 */
export async function isFolderLocked(folder: DataFolder): Promise<boolean> {
  if (!existsSync(folder.lock)) return false
  const { default: Database } = await import('better-sqlite3')
  const lock = new Database(folder.lock, { readonly: true, fileMustExist: true, timeout: 0 })
  try {
    lock.prepare('SELECT 1 FROM sqlite_master').get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    lock.close()
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
}
