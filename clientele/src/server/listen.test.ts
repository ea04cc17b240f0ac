import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { type Listener, listen } from './listen.ts'

function get(
  listener: Listener,
  agent?: Agent,
): Promise<{ status: number; connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: listener.port, agent }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode!, connection: response.headers.connection, body })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Answers each request when told to. */
function heldHandler() {
  const held: ServerResponse[] = []
  let arrived = () => {}
  const handler = (_: IncomingMessage, response: ServerResponse) => {
    held.push(response)
    arrived()
  }
  const next = () => new Promise<void>((resolve) => (arrived = resolve))
  return { handler, held, next }
}

it('before it has a handler it answers 503', async () => {
  const listener = await listen('127.0.0.1', 0)
  expect(await get(listener)).toMatchObject({ status: 503 })
  await listener.drain(1)
})

it('a drain finishes the request that is running, closes its connection, and takes no new one', async () => {
  const listener = await listen('127.0.0.1', 0)
  const { handler, held, next } = heldHandler()
  listener.use(handler)
  const arrival = next()
  const agent = new Agent({ keepAlive: true })
  const running = get(listener, agent)
  await arrival
  const drained = listener.drain(10)
  expect(listener.isDraining()).toBe(true)
  await expect(get(listener)).rejects.toThrow(/ECONNREFUSED/)
  held[0]!.end('done')
  expect(await running).toMatchObject({ status: 200, connection: 'close', body: 'done' })
  await drained
  agent.destroy()
})

it('a drain closes idle keep-alive connections at once', async () => {
  const listener = await listen('127.0.0.1', 0)
  listener.use((_, response) => response.end('x'))
  const agent = new Agent({ keepAlive: true })
  await get(listener, agent)
  await listener.drain(60)
  agent.destroy()
})

it('a drain has an upper bound: what still hangs then is cut', async () => {
  const listener = await listen('127.0.0.1', 0)
  const { handler, next } = heldHandler()
  listener.use(handler)
  const arrival = next()
  const hanging = expect(get(listener)).rejects.toThrow(/socket hang up|ECONNRESET/)
  await arrival
  await listener.drain(0.05)
  await hanging
})

it('a port in use is a sentence', async () => {
  const listener = await listen('127.0.0.1', 0)
  await expect(listen('127.0.0.1', listener.port)).rejects.toThrow(
    /Port \d+ on 127\.0\.0\.1 is in use\. .*--port/,
  )
  await listener.drain(1)
})

it('an address of another machine is a sentence', async () => {
  await expect(listen('192.0.2.1', 0)).rejects.toThrow(/192\.0\.2\.1 is not an address of this machine/)
})

it('a request head beyond 16 KiB is refused', async () => {
  const listener = await listen('127.0.0.1', 0)
  const socket = connect(listener.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 431 /)
  await listener.drain(1)
})
