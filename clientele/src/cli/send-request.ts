/** Sends one request of the operator, over a connection whose other end is known. */
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { CommandError } from './command-error.ts'

export interface OperatorRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMilliseconds: number
}

/** How the connection is secured, where the server speaks TLS. */
export interface Connection {
  /** The server's own certificate (PEM), from its data folder: this one and no other is accepted. */
  readonly pinned?: string
  /** Files of the certificate and the key to show, for a server that asks everybody for one. */
  readonly clientCert?: string
  readonly clientKey?: string
}

export interface OperatorResponse {
  readonly status: number
  readonly text: string
}

/** Redirects are not followed: the operator token goes to the address that was named, and to no other. */
export async function sendRequest(
  url: string,
  { body, timeoutMilliseconds, ...head }: OperatorRequest,
  connection: Connection,
): Promise<OperatorResponse> {
  const options = { ...head, agent: false, signal: AbortSignal.timeout(timeoutMilliseconds) }
  const isTls = url.startsWith('https:')
  const tls = isTls ? tlsOptions(connection) : {}
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = isTls
      ? httpsRequest(url, { ...options, ...tls }, resolve)
      : httpRequest(url, options, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode ?? 0, text }
}

function tlsOptions({ pinned, clientCert, clientKey }: Connection): RequestOptions {
  return {
    // The certificate has the server's public name, and the connection goes to this machine's address.
    ...(pinned === undefined
      ? {}
      : { ca: pinned, allowPartialTrustChain: true, checkServerIdentity: () => undefined }),
    ...(clientCert === undefined ? {} : { cert: readPem(clientCert, '--client-cert') }),
    ...(clientKey === undefined ? {} : { key: readPem(clientKey, '--client-key') }),
  }
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new CommandError(`${option} ${file} cannot be read: ${code}.`, { cause: error })
  }
}
