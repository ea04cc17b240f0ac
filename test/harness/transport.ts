/** The whole server as its connections see it, and requests that choose their certificate, headers and local address. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { type Outside, type RunningServer, startServer } from '../../clientele/src/server/start-server.ts'
import type { Sections } from './real-server.ts'

export interface BareServer extends RunningServer {
  end(): Promise<void>
}

/** Starts a server with exactly these settings, in a data folder of its own. */
export async function startBareServer(sections: Sections = {}, outside: Outside = {}): Promise<BareServer> {
  const data = mkdtempSync(join(tmpdir(), 'clientele-transport-'))
  const server = { port: 0, data, drain_seconds: 0, ...sections.server }
  const running = await startServer(parseConfig({ ...sections, server }), outside)
  return {
    ...running,
    async end() {
      await running.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: JsonObject | string
  /** TLS: whom to trust, and what to show. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** A TLS session to take up again. */
  readonly session?: Buffer
  /** Which of this machine's loopback addresses the request comes from. */
  readonly from?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
  /** The TLS session, to take up again. */
  readonly session: Buffer | undefined
  readonly isReused: boolean
}

/** Sends one request on a connection of its own. */
export async function ask(url: string, how: Ask = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, from, ...tls } = how
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
  // For some methods Node sends a body without saying how long it is.
  const bodyHeaders = { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) }
  const options = {
    method,
    agent: false,
    headers: { ...(body === undefined ? {} : bodyHeaders), ...headers } as Record<string, string>,
    ...(from === undefined ? {} : { localAddress: from }),
  }
  const sent: ClientRequest = url.startsWith('https:')
    ? tlsRequest(url, { ...options, ...tls, servername: 'localhost' })
    : request(url, options)
  let session: Buffer | undefined
  let isReused = false
  sent.on('socket', (socket) => {
    socket.on('session', (ticket: Buffer) => {
      session = ticket
    })
    socket.on('secureConnect', () => {
      isReused = (socket as TLSSocket).isSessionReused()
    })
  })
  sent.end(text)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let received = ''
  for await (const chunk of response.setEncoding('utf8')) received += chunk
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: received.startsWith('{') ? JSON.parse(received) : {},
    text: received,
    session,
    isReused,
  }
}

/** A registration request of a public client. */
export function registration(how: Ask = {}): Ask {
  const body = { redirect_uris: ['https://client.example/callback'], token_endpoint_auth_method: 'none' }
  return { method: 'POST', body, ...how }
}
