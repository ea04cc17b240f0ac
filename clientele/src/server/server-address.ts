/** The note in the data folder that tells the command line where the running server is. Holds no secret. */
import { readFileSync, rmSync } from 'node:fs'
import type { DataFolder } from './data-folder.ts'
import { replaceFile } from './private-file.ts'

export interface ServerAddress {
  /** Where it listens, as reached from this machine. */
  readonly url: string
  readonly issuer: string
  /** The certificate that it shows (PEM), where it speaks TLS: callers from this machine accept no other. */
  readonly certificate?: string
  readonly pid: number
}

export function writeServerAddress(folder: DataFolder, address: ServerAddress): void {
  replaceFile(folder.address, `${JSON.stringify(address)}\n`)
}

export function deleteServerAddress(folder: DataFolder): void {
  rmSync(folder.address, { force: true })
}

/** The address of the server that uses the folder, or used it last when it was killed. */
export function readServerAddress(folder: DataFolder): ServerAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(folder.address, 'utf8')) as ServerAddress
    return typeof address.url === 'string' && typeof address.pid === 'number' ? address : undefined
  } catch {
    return undefined
  }
}
