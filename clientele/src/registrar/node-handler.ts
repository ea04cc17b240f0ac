/** A registrar as a handler of node:http, and so of every framework on it: Express, Fastify, Koa. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import type { Registrar, RequestInformation } from './registrar.ts'

/** Answers a request; `next` is called with nothing for an address of somebody else's, and with what went wrong. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

/** Options of `nodeHandler`. */
export interface NodeHandlerOptions {
  /**
   * What a Web request does not say of its connection. Default: the address of the socket, which is your proxy's where you have one;
   * in Express `(request) => ({ clientAddress: request.ip })` follows its `trust proxy`.
   */
  readonly information?: (request: IncomingMessage) => RequestInformation
}

/** What frameworks add to a request of Node's. */
interface Extended extends IncomingMessage {
  /** The address before a router took its prefix off. */
  readonly originalUrl?: string
  /** What a body parser left behind. */
  readonly body?: unknown
}

/**
 * Makes a handler for `http.createServer` or for Express' `app.use`. It also takes requests whose body a JSON parser has read:
 * what the parser left in `request.body` is the body. Without `next`, an address of somebody else's is answered 404, and a
 * fault that the registrar throws is answered 500 and rejects.
 */
export function nodeHandler(registrar: Registrar, options: NodeHandlerOptions = {}): NodeHandler {
  const { information = addressOfSocket } = options
  return async (incoming, outgoing, next) => {
    try {
      // The host of this address is nobody's: the registrar's own addresses rule its answers.
      const url = URL.parse((incoming as Extended).originalUrl ?? incoming.url ?? '/', 'http://localhost')
      if (next && (url === null || !registrar.matches(url))) return next()
      const request = toRequest(incoming, url ?? new URL('http://localhost/'))
      await send(await registrar.fetch(request, information(incoming)), outgoing)
    } catch (error) {
      if (next) return next(error)
      if (!outgoing.headersSent) outgoing.writeHead(500).end()
      throw error
    }
  }
}

function addressOfSocket({ socket }: IncomingMessage): RequestInformation {
  return socket.remoteAddress === undefined ? {} : { clientAddress: socket.remoteAddress }
}

function toRequest(incoming: IncomingMessage, url: URL): Request {
  const { method = 'GET' } = incoming
  const headers = new Headers()
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at]!
    // HTTP/2's pseudo-headers are none of the request's own (RFC 9113 §8.3).
    if (!name.startsWith(':')) headers.append(name, incoming.rawHeaders[at + 1]!)
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  return new Request(url, { method, headers, ...bodyOf(incoming, headers) })
}

function bodyOf(incoming: IncomingMessage, headers: Headers): RequestInit & { readonly duplex?: 'half' } {
  const { body } = incoming as Extended
  if (!incoming.readableDidRead && !incoming.readableEnded) {
    return { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }
  }
  // What was declared was the length and the coding of what came over the wire, not of this.
  headers.delete('content-length')
  headers.delete('content-encoding')
  if (typeof body === 'string' || body instanceof Uint8Array)
    return { body: body as NonNullable<RequestInit['body']> }
  if (body !== undefined && body !== null) return { body: JSON.stringify(body) }
  const isEmpty = incoming.headers['content-length'] === '0' || !hasBody(incoming)
  if (isEmpty) return {}
  throw new TypeError(
    'The body of this request was read, and nothing of it is left in request.body: mount the registrar before whatever reads bodies.',
  )
}

/** RFC 9112 §6.3: without either header there is none. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body === null) return void outgoing.end()
  await pipeline(Readable.fromWeb(response.body as NodeStream), outgoing)
}
