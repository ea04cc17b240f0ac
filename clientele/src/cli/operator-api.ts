/** Speaks to the running server as its operator: finds it, shows the operator token, sends JSON, reads JSON. */
import { readFileSync } from 'node:fs'
import { loadConfig } from '../server/config.ts'
import { type DataFolder, locateDataFolder } from '../server/data-folder.ts'
import { isFolderLocked } from '../server/folder-lock.ts'
import { readServerAddress } from '../server/server-address.ts'
import { CommandError } from './command-error.ts'
import { type OperatorResponse, sendRequest } from './send-request.ts'

/** Which server a command is for. */
export interface OperatorOptions {
  readonly data?: string
  readonly server?: string
  readonly json?: boolean
  readonly clientCert?: string
  readonly clientKey?: string
}

interface Target {
  readonly url: string
  readonly token: string
  /** The only certificate that the server may show. */
  readonly certificate?: string
}

/** Long enough for a key rotation on a slow machine. */
const TIMEOUT_MILLISECONDS = 30_000

/** Sends `body` to the admin API and returns its answer, or throws a `CommandError` that says why not. */
export async function callOperatorApi(
  path: string,
  body: object | undefined,
  options: OperatorOptions,
  method: 'POST' | 'GET' | 'DELETE' = 'POST',
): Promise<Record<string, unknown>> {
  const target = await findTarget(options)
  const { clientCert, clientKey } = options
  const request = {
    method,
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
  }
  let response: OperatorResponse
  try {
    response = await sendRequest(target.url + path, request, {
      ...(target.certificate === undefined ? {} : { pinned: target.certificate }),
      ...(clientCert === undefined ? {} : { clientCert }),
      ...(clientKey === undefined ? {} : { clientKey }),
    })
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (isAboutTls(error)) {
      throw new CommandError(
        `The server at ${target.url} refused the TLS connection, or cannot be trusted: ${(error as Error).message}. A server that asks for client certificates needs --client-cert and --client-key.`,
        { cause: error },
      )
    }
    throw new CommandError(`No server answers at ${target.url}. Start it with: clientele serve`, {
      cause: error,
    })
  }
  const answer = parseAnswer(response.text)
  if (response.status >= 200 && response.status < 300) return answer
  if (response.status === 401)
    throw new CommandError(`The server at ${target.url} does not know this operator token.`)
  const why = answer.error_description ?? answer.error ?? 'no reason given'
  throw new CommandError(`The server at ${target.url} answered ${response.status}: ${why}`)
}

function isAboutTls(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return /SSL|TLS|CERT|SIGNATURE|EPROTO/.test(code)
}

async function findTarget(options: OperatorOptions): Promise<Target> {
  if (options.server !== undefined) return readNamedServer(options.server)
  const folder = locateDataFolder(options.data ?? loadConfig({ environment: process.env }).server.data)
  const address = readServerAddress(folder)
  const where = options.data === undefined ? ' (--data names another folder)' : ''
  // A server that was killed leaves its address behind. Whoever listens there now must not be handed the operator token.
  if (!address || !(await isServing(folder))) {
    throw new CommandError(
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

function readNamedServer(server: string): Target {
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

function parseAnswer(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
