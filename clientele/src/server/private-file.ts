/** Files that only their owner may read, written whole or not at all. */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

const OWNER_ONLY = 0o600

/** Writes `text` in place of whatever is there: a reader, or a crash, sees the old file or the new one, never half. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`
  rmSync(draft, { force: true })
  // `wx` does not follow a link that someone left at that name.
  const file = openSync(draft, 'wx', OWNER_ONLY)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncFolder(dirname(path))
}

/** The text of the file, or undefined when there is none. Takes other people's rights to it away. */
export function readPrivateFile(path: string): string | undefined {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, OWNER_ONLY)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A new name in a folder is durable only when the folder itself is synchronized. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
