/** Which server a command is for: the one on this machine's data folder, or the one that was named; and how it is opened. */
import { readFileSync } from 'node:fs'
import { loadConfig } from '../server/config.ts'
import { type DataFolder, locateDataFolder } from '../server/data-folder.ts'
import { isFolderLocked } from '../server/folder-lock.ts'
import { readServerAddress } from '../server/server-address.ts'
import { CommandError } from './command-error.ts'

/** A server, and the operator token that it knows. */
export interface OperatorTarget {
  readonly url: string
  readonly token: string
  /** The only certificate that the server may show. */
  readonly certificate?: string
}

/** There is no server on the data folder. A command that can do without one may go on. */
export class NoServerRunning extends CommandError {}

/** How a command was told which server it is for. */
export interface TargetOptions {
  readonly data?: string
  readonly server?: string
}

/** Throws a `CommandError` that says what to do when there is none. */
export async function findOperatorTarget(options: TargetOptions): Promise<OperatorTarget> {
  if (options.server !== undefined) return readNamedServer(options.server)
  const folder = locateDataFolder(
    options.data ?? loadConfig({ environment: process.env, ignorePolicies: true }).server.data,
  )
  const address = readServerAddress(folder)
  const where = options.data === undefined ? ' (--data names another folder)' : ''
  // A server that was killed leaves its address behind. Whoever listens there now must not be handed the operator token.
  if (!address || !(await isServing(folder))) {
    throw new NoServerRunning(
      `No server is running on the data folder ${folder.path}${where}. Start it with: clientele serve`,
    )
  }
  const { url, certificate } = address
  const token = readOperatorToken(folder)
  return certificate === undefined ? { url, token } : { url, token, certificate }
}

async function isServing(folder: DataFolder): Promise<boolean> {
  try {
    return await isFolderLocked(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CommandError(
      `Whether a server is running on the data folder ${folder.path} cannot be seen (${code ?? message}): this user may not read it.`,
      { cause: error },
    )
  }
}

function readNamedServer(server: string): OperatorTarget {
  const url = URL.parse(server)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new CommandError(`--server must be an http or https address, not ${JSON.stringify(server)}.`)
  }
  const token = process.env.CLIENTELE_OPERATOR_TOKEN
  // Never the local folder's token: it would be handed to whoever answers at that address.
  if (!token)
    throw new CommandError('--server needs the operator token of that server in CLIENTELE_OPERATOR_TOKEN.')
  if (/[^\x21-\x7e]/.test(token))
    throw new CommandError('CLIENTELE_OPERATOR_TOKEN does not hold an operator token.')
  return { url: server.replace(/\/+$/, ''), token }
}

function readOperatorToken(folder: DataFolder): string {
  try {
    return readFileSync(folder.operatorToken, 'utf8').trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'EACCES' ? 'this user may not read it' : code
    throw new CommandError(`The operator token ${folder.operatorToken} cannot be read: ${reason}.`, {
      cause: error,
    })
  }
}
