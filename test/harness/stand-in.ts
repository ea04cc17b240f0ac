/** The frame of a server that stands in for another product: strict where that product's documents are, and no further. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface StandInRequest {
  readonly method: string
  /** Decoded segments. */
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly raw: string
  /** The JSON of the body; throws 415 for another content type and 400 for what is none. */
  json(): Record<string, unknown>
}

export interface StandInAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by a handler to answer with it. */
export class Refused extends Error {
  readonly answer: StandInAnswer

  constructor(status: number, message: string) {
    super(message)
    this.answer = { status, body: { error: message } }
  }
}

export interface StandIn {
  readonly url: string
  /** Every request but for tokens: `PUT /admin/clients/x`. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export async function startStandIn(handle: (request: StandInRequest) => StandInAnswer): Promise<StandIn> {
  const requests: string[] = []
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://x')
    const raw = await text(incoming)
    const method = incoming.method ?? ''
    requests.push(`${method} ${url.pathname}`)
    const request: StandInRequest = {
      method,
      path: url.pathname.split('/').slice(1).map(decodeURIComponent),
      query: url.searchParams,
      headers: incoming.headers,
      raw,
      json() {
        if (incoming.headers['content-type'] !== 'application/json') throw new Refused(415, 'not JSON')
        try {
          return JSON.parse(raw)
        } catch {
          throw new Refused(400, 'malformed JSON')
        }
      },
    }
    let answer: StandInAnswer
    try {
      answer = handle(request)
    } catch (error) {
      answer = error instanceof Refused ? error.answer : { status: 500, body: { error: String(error) } }
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Refuses query parameters that are not documented. */
export function checkQuery(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys())
    if (!known.includes(name)) throw new Refused(400, `unknown parameter ${name}`)
}

/** Refuses members that are not documented, or of another type: `text`, `texts`, `boolean`, `number`, `object`. */
export function checkMembers(body: Record<string, unknown>, known: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(body)) {
    const type = Object.hasOwn(known, name) ? known[name] : undefined
    if (type === undefined) throw new Refused(400, `Unrecognized field "${name}"`)
    if (typeOf(value) !== type) throw new Refused(400, `"${name}" must be ${type}`)
  }
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? 'texts' : 'list'
  return typeof value === 'string' ? 'text' : typeof value
}
