/** The key that seals what the database must not show: kept in a file of its own, so that a stolen database is no use. */
import { existsSync, readFileSync } from 'node:fs'
import { randomBytes } from '../runtime/cryptography.ts'
import { createSealer, type Sealer } from '../runtime/sealer.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateFile, replaceFile } from './private-file.ts'
import { StartError } from './start-error.ts'

/** Opens the sealing key: the operator's own file, or the one in the data folder, which the first start makes. */
export function openSealer(folder: DataFolder, ownFile: string | undefined): Sealer {
  const path = ownFile ?? folder.sealingKey
  const text = ownFile === undefined ? readPrivateFile(path) : readOwnFile(ownFile)
  if (text !== undefined) return createSealer(parseKey(text, path))
  // A new key beside an old database would open nothing in it: every sealed secret would be lost without a word.
  if (existsSync(folder.database)) {
    throw new StartError(
      `The sealing key ${path} is missing, and the database cannot be read without it. Put it back.`,
    )
  }
  const key = randomBytes(32)
  replaceFile(path, `${key.toString('base64url')}\n`)
  return createSealer(key)
}

function readOwnFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason =
      code === 'ENOENT' ? 'does not exist. Make it with: openssl rand -base64 32' : `cannot be read: ${code}`
    throw new StartError(`The sealing key file ${path} ${reason}`, { cause: error })
  }
}

function parseKey(text: string, path: string): Buffer {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, 'base64url')
  // Buffer skips what it does not understand; only an exact spelling is a key.
  if (key.length === 32 && /^[\w+/-]{43}=?$/.test(trimmed)) return key
  throw new StartError(`The sealing key ${path} must hold 32 bytes in base64.`)
}
