/** A registrar as a handler of node:http, and so of every framework on it: Express, Fastify, Koa. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Registrar, RequestInformation } from './registrar.ts'

/**
 * Answers a request; `next` is called with nothing for an address of somebody else's, and with what went wrong. Never rejects
 * unless `next` throws.
 */
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
  /**
   * Hears of what went wrong where there is no `next`: what the registrar's own `onFault` heard of never comes here. Default:
   * `console.error`.
   */
  readonly onFault?: (error: unknown) => void
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
 * fault that the registrar throws is told to `onFault` and answered 500.
 */
export function nodeHandler(registrar: Registrar, options: NodeHandlerOptions = {}): NodeHandler {
  const { information = addressOfSocket, onFault = console.error } = options
  return async (incoming, outgoing, next) => {
    const url = addressOf(incoming)
    if (next && (url === null || !registrar.matches(url))) return next()
    try {
      const request = toRequest(incoming, url ?? new URL('http://localhost/'))
      await send(await registrar.fetch(request, information(incoming)), outgoing)
    } catch (error) {
      if (next) return next(error)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
      tell(onFault, error)
    }
  }
}

/** A rejection that nobody handles would end the program, at a stranger's word: who fails to hear has nobody to be told. */
function tell(onFault: (error: unknown) => void, error: unknown): void {
  void (async () => onFault(error))().catch(() => {})
}

/** Its host is nobody's, and so are its credentials: the registrar's own addresses rule its answers. */
function addressOf(incoming: IncomingMessage): URL | null {
  const target = (incoming as Extended).originalUrl ?? incoming.url ?? '/'
  // Beside a base, a path that begins with two slashes would have a host in it.
  const url = target.startsWith('/')
    ? URL.parse(`http://localhost${target}`)
    : URL.parse(target, 'http://localhost')
  // Fetch §5.4: a Web request has no credentials in its address.
  if (url) url.username = url.password = ''
  return url
}

function addressOfSocket({ socket }: IncomingMessage): RequestInformation {
  return socket.remoteAddress === undefined ? {} : { clientAddress: socket.remoteAddress }
}

/** Methods that a Web request cannot have (Fetch §2.2.1). No endpoint takes them, nor the one that stands for them. */
const FORBIDDEN = /^(?:CONNECT|TRACE|TRACK)$/
const TAKEN_NOWHERE = 'PATCH'

function toRequest(incoming: IncomingMessage, url: URL): Request {
  const { method = 'GET' } = incoming
  const headers = new Headers()
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    const name = incoming.rawHeaders[at]!
    // HTTP/2's pseudo-headers are none of the request's own (RFC 9113 §8.3).
    if (!name.startsWith(':')) headers.append(name, incoming.rawHeaders[at + 1]!)
  }
  if (FORBIDDEN.test(method)) return new Request(url, { method: TAKEN_NOWHERE, headers })
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
  const isEmpty = incoming.headers['content-length'] === '0' || !hasBody(incoming)
  // Some parsers leave null where there was nothing; where there was something, it was the JSON text `null`.
  if (body !== undefined && !(body === null && isEmpty)) return { body: JSON.stringify(body) }
  if (isEmpty) return {}
  throw new TypeError(
    'The body of this request was read, and nothing of it is left in request.body: mount the registrar before whatever reads bodies.',
  )
}

/** RFC 9112 §6.3: without either header there is none. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** Answers are short: whole, so that nothing of them is under way when the caller goes, who is then no fault. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer())
  if (outgoing.destroyed) return
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(body)
}
