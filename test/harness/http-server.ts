import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { listen } from '../../clientele/src/server/listen.ts'

/** An app behind real HTTP, on a port of its own. */
export interface HttpServer {
  readonly url: string
  readonly port: number
  /** Opens a connection for a test that writes HTTP by hand. */
  open(): Promise<RawConnection>
  close(): Promise<void>
}

/** A connection on which a test writes and reads bytes, because no HTTP client would send what it has to say. */
export interface RawConnection {
  write(text: string): Promise<void>
  /** The next answer, as soon as it is complete by its Content-Length. */
  answer(): Promise<RawAnswer>
  /** Cuts the connection in the middle. */
  destroy(): void
}

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Serves `app` as the server does: the same listener with its bounds, the same bridge between Node and Web. */
export async function serveApp(app: Hono): Promise<HttpServer> {
  const listener = await listen('127.0.0.1', 0)
  const handle = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  listener.use((request: IncomingMessage, response: ServerResponse) => void handle(request, response))
  return {
    port: listener.port,
    url: `http://127.0.0.1:${listener.port}`,
    open: async () => {
      const socket = connect(listener.port, '127.0.0.1')
      await once(socket, 'connect')
      return rawConnection(socket)
    },
    close: () => listener.drain(0),
  }
}

function rawConnection(socket: Socket): RawConnection {
  let received = ''
  let ended = false
  let changed = () => {}
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    received += chunk
    changed()
  })
  // A server that has answered may cut a connection on which more is still being sent.
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    changed()
  })
  return {
    write: (text) => new Promise((resolve) => socket.write(text, () => resolve())),
    async answer() {
      for (;;) {
        const answer = takeAnswer(received)
        if (answer) {
          received = received.slice(answer.head.length + 4 + answer.body.length)
          return answer
        }
        if (ended) throw new Error(`the connection was closed without an answer; received: ${received}`)
        await new Promise<void>((resolve) => {
          changed = resolve
        })
      }
    },
    destroy: () => socket.destroy(),
  }
}

function takeAnswer(received: string): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = received.slice(0, end)
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
  const body = received.slice(end + 4, end + 4 + length)
  if (body.length < length) return undefined
  return { status: Number(head.split(' ')[1]), head, body }
}
