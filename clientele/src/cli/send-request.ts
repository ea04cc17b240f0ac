/** Sends one request of the operator, over a connection whose other end is known. */
import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { CommandError } from './command-error.ts'

export interface OperatorRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly patience: Patience
}

/** How long to wait: for the whole answer, or for the next byte of one that may go on for long. Milliseconds. */
export type Patience = { readonly inAll: number } | { readonly betweenBytes: number }

/** How the connection is secured, where the server speaks TLS. */
export interface Connection {
  /** The server's own certificate (PEM), from its data folder: this one and no other is accepted. */
  readonly pinned?: string
  /** Files of the certificate and the key to show, for a server that asks everybody for one. */
  readonly clientCert?: string
  readonly clientKey?: string
}

/**
 * The answer's head; its body is still to be read. Redirects are not followed: the operator token goes to the address that
 * was named, and to no other.
 */
export function sendRequest(
  url: string,
  { body, patience, ...head }: OperatorRequest,
  connection: Connection,
): Promise<IncomingMessage> {
  const bound =
    'inAll' in patience ? { signal: AbortSignal.timeout(patience.inAll) } : { timeout: patience.betweenBytes }
  const options = { ...head, agent: false, ...bound }
  const isTls = url.startsWith('https:')
  const tls = isTls ? tlsOptions(connection) : {}
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = isTls
      ? httpsRequest(url, { ...options, ...tls }, resolve)
      : httpRequest(url, options, resolve)
    sent.on('timeout', () => sent.destroy(new Error('the server is silent')))
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The whole body of an answer. */
export async function readText(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return text
}

/** Its lines as they come. Throws where the connection ends before the answer does. */
export async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw new CommandError(`The answer of the server broke off: ${(error as Error).message}.`, {
      cause: error,
    })
  }
  if (rest !== '') yield rest
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
