/** The one folder that holds everything a server keeps: who may read it, and who uses it now. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StartError } from './start-error.ts'

/** Where the parts of a data folder are. */
export interface DataFolder {
  readonly path: string
  readonly database: string
  readonly sealingKey: string
  readonly operatorToken: string
  /** Where the running server says how to reach it. */
  readonly address: string
  /** Held by the running server. */
  readonly lock: string
}

/** The parts of the data folder at `path`, whether it exists or not. */
export function locateDataFolder(path: string): DataFolder {
  const folder = resolve(path)
  return {
    path: folder,
    database: join(folder, 'clientele.db'),
    sealingKey: join(folder, 'sealing.key'),
    operatorToken: join(folder, 'operator.token'),
    address: join(folder, 'server.json'),
    lock: join(folder, 'server.lock'),
  }
}

/** Makes the folder when it is missing, for its owner alone, and checks that this process can write there. */
export function openDataFolder(path: string): DataFolder {
  const folder = locateDataFolder(path)
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    if (!statSync(folder.path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    accessSync(folder.path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(`The data folder ${folder.path} cannot be used: ${describe(error)}.`, {
      cause: error,
    })
  }
  return folder
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a read-only file system',
  EEXIST: 'it is a file',
  ENOTDIR: 'it, or a part of its path, is a file',
  ENOSPC: 'the disk is full',
}

function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  return REASONS[code] ?? code
}
