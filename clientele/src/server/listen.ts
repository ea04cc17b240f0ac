/** The socket: node:http, or node:https, with its bounds, from the first connection to the last answer of a drain. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { capConnections } from './cap-connections.ts'
import { type HttpBounds, NODE_SERVER, nodeBounds, STANDARD_BOUNDS } from './http-bounds.ts'
import { StartError } from './start-error.ts'

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface Listener {
  readonly port: number
  /** From now on requests go to `handler`; until then they are answered with 503. */
  use(handler: RequestHandler): void
  isDraining(): boolean
  /**
   * Serves on for `delay` seconds, in which only readiness says no, so that balancers send nothing more. Then takes no more
   * connections, lets running requests finish for at most `seconds`, and cuts what is left.
   */
  drain(seconds: number, delay?: number): Promise<void>
}

/** A connection that has not finished its handshake by then is cut. */
const HANDSHAKE_TIMEOUT = 10_000

export interface ListenOptions {
  /** Given, the server speaks https. */
  readonly tls?: TlsOptions
  /** A body that declares more is not asked for; whoever answers the request refuses it. */
  readonly bodyBytes?: number
  readonly bounds?: HttpBounds
  /** Told of a connection that the bounds refused, by its address. */
  readonly onRefused?: (address: string) => void
}

/** Listens on `host` and `port`; port 0 takes a free one. */
export async function listen(
  host: string,
  port: number,
  { tls, bodyBytes = Number.POSITIVE_INFINITY, bounds = STANDARD_BOUNDS, onRefused }: ListenOptions = {},
): Promise<Listener> {
  const options = nodeBounds(bounds)
  const server: Server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({ ...options, handshakeTimeout: HANDSHAKE_TIMEOUT, ...tls })
  Object.assign(server, NODE_SERVER)
  capConnections(server, bounds, onRefused)
  const running = new Set<ServerResponse>()
  let handler: RequestHandler = answerStarting
  let draining = false
  let closed: Promise<void> | undefined

  function accept(request: IncomingMessage, response: ServerResponse): void {
    running.add(response)
    if (draining) response.shouldKeepAlive = false
    response.once('close', () => {
      running.delete(response)
      if (closed !== undefined) server.closeIdleConnections()
    })
    handler(request, response)
  }
  server.on('request', accept)
  // RFC 9110 §10.1.1: who asks first whether to send a body that is too long is spared the sending.
  server.on('checkContinue', (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= bodyBytes) response.writeContinue()
    // Whether the body follows nevertheless is not to be known, so that nothing after it could be read.
    else response.shouldKeepAlive = false
    accept(request, response)
  })
  await bind(server, host, port)

  return {
    port: (server.address() as AddressInfo).port,
    use(next) {
      handler = next
    },
    isDraining: () => draining,
    async drain(seconds, delay = 0) {
      draining = true
      // Answers that have not begun yet tell their caller not to come back on this connection.
      for (const response of running) response.shouldKeepAlive = false
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay * 1000))
      closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const bound = setTimeout(() => server.closeAllConnections(), seconds * 1000)
      await closed
      clearTimeout(bound)
    },
  }
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(describeBindError(error, host, port)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function describeBindError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use. Stop the other program, or choose another port with --port.`,
    EACCES: `This user may not listen on port ${port}. Choose a port above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Choose another one with --host.`,
    ENOTFOUND: `The host name ${host} is not known. Choose another one with --host.`,
  }
  const sentence = sentences[error.code ?? ''] ?? `Cannot listen on ${host} port ${port}: ${error.message}.`
  return new StartError(sentence, { cause: error })
}

function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.writeHead(503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'retry-after': '1',
  })
  response.end('{"error":"temporarily_unavailable","error_description":"The server is starting."}')
}
