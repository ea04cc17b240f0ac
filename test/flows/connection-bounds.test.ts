/** What a connection may take, with bytes that no HTTP client would send (RFC 9110, RFC 9112, RFC 6585 §5). */
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Log, silentLog } from '../../clientele/src/runtime/log.ts'
import { describeWithOpenssl, openCertificateWorkshop } from '../harness/certificates.ts'
import type { Sections } from '../harness/real-server.ts'
import { ask, type BareServer, startBareServer } from '../harness/transport.ts'

const GET = 'GET /livez HTTP/1.1\r\nHost: x\r\n'
const opened: Socket[] = []
let server: BareServer

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await server?.end()
})

async function start(sections: Sections = {}, log: Log = silentLog): Promise<void> {
  server = await startBareServer(sections, { log })
}

interface Connection {
  readonly socket: Socket
  /** What has come so far. */
  readonly received: () => string
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>
}

async function open(from?: string): Promise<Connection> {
  const port = Number(new URL(server.url).port)
  const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) })
  opened.push(socket)
  let received = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return { socket, received: () => received, closed }
}

describe('a caller who sends slowly (slowloris)', () => {
  it('has a third of the time for the head, however often another byte comes', async () => {
    await start({ limits: { request_seconds: 1 } })
    const { socket, received, closed } = await open()
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 50)
    await closed
    clearInterval(drip)
    expect(received()).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('has its time for the whole, and the body does not begin it anew', async () => {
    await start({ limits: { request_seconds: 1 }, registration: { anonymous: true } })
    const { socket, received, closed } = await open()
    socket.write(
      'POST /register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    )
    const drip = setInterval(() => socket.write(' '), 50)
    await closed
    clearInterval(drip)
    expect(received()).toMatch(/^HTTP\/1\.1 408 /)
    expect((await ask(`${server.url}/livez`)).status).toBe(200)
  })

  it('that opens connections and says nothing is cut as well', async () => {
    await start({ limits: { request_seconds: 1 } })
    const silent = await Promise.all(Array.from({ length: 20 }, () => open()))
    await Promise.all(silent.map(({ closed }) => closed))
    expect((await ask(`${server.url}/livez`)).status).toBe(200)
  })
})

describe('a connection that stays open', () => {
  it('is closed when it was idle for keep_alive_seconds, and told so in advance', async () => {
    await start({ server: { keep_alive_seconds: 1 } })
    const { socket, received, closed } = await open()
    socket.write(`${GET}\r\n`)
    await expect.poll(received).toContain('"alive"')
    expect(received()).toMatch(/\r\nConnection: keep-alive\r\n/i)
    expect(received()).toMatch(/\r\nKeep-Alive: timeout=1\b/i)
    await closed
  })

  it('answers requests that came together, in their order', async () => {
    await start()
    const { socket, received } = await open()
    socket.write(`${GET}\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n${GET}Connection: close\r\n\r\n`)
    const statuses = () => received().match(/HTTP\/1\.1 \d+/g)
    await expect.poll(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
  })
})

describe('the head of a request', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: y\r\n`).join('')

  it('has at most 100 lines, and one with more is refused whole (RFC 6585 §5)', async () => {
    await start({ server: { trusted_proxies: ['127.0.0.1'] } })
    const enough = await open()
    enough.socket.write(`${GET}${lines(99)}\r\n`)
    await expect.poll(enough.received).toMatch(/^HTTP\/1\.1 200 /)
    const more = await open()
    // As a proxy would do it that adds its line at the end: the count must not decide whose request it is.
    more.socket.write(`${GET}${lines(2500)}X-Forwarded-For: 192.0.2.7\r\n\r\n`)
    await expect.poll(more.received).toMatch(/^HTTP\/1\.1 431 /)
    expect(more.received()).not.toContain('"alive"')
  })

  it('has at most header_bytes, which the operator may raise', async () => {
    await start({ limits: { header_bytes: 32_768 } })
    const long = await open()
    long.socket.write(`${GET}X: ${'x'.repeat(30_000)}\r\n\r\n`)
    await expect.poll(long.received).toMatch(/^HTTP\/1\.1 200 /)
    const longer = await open()
    longer.socket.write(`${GET}X: ${'x'.repeat(33_000)}\r\n\r\n`)
    await expect.poll(longer.received).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.each([
    ['two lengths', 'POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n'],
    ['a folded line', `${GET}X: a\r\n b\r\n\r\n`],
    ['a space before the colon', `${GET}X : a\r\n\r\n`],
    ['a NUL', `${GET}X: a\0b\r\n\r\n`],
    ['another protocol', 'EHLO mail.example\r\n\r\n'],
  ])('with %s is refused, and the connection ends (RFC 9112 §3.2, §5, §6.1)', async (_, bytes) => {
    await start()
    const { socket, received, closed } = await open()
    socket.write(bytes)
    await closed
    expect(received()).toMatch(/^HTTP\/1\.1 400 /)
    expect(received().match(/HTTP\/1\.1 /g)).toHaveLength(1)
  })
})

describe('connections at once', () => {
  it('of one address are bounded; others get in, and so do its own when one is closed', async () => {
    const warned: object[] = []
    const log = { ...silentLog, warn: (facts: object) => void warned.push(facts) }
    await start({ limits: { connections_per_address: 3 } }, log)
    const mine = await Promise.all([open(), open(), open()])
    const fourth = await open()
    await fourth.closed
    expect((await ask(`${server.url}/livez`, { from: '127.0.0.2' })).status).toBe(200)
    expect(warned).toContainEqual({ peer: '127.0.0.1', refused: 1 })
    mine[0]!.socket.destroy()
    await expect.poll(async () => (await ask(`${server.url}/livez`).catch(() => undefined))?.status).toBe(200)
  })

  it('of a trusted proxy are not, because it stands for many', async () => {
    await start({ server: { trusted_proxies: ['127.0.0.1'] }, limits: { connections_per_address: 1 } })
    await Promise.all([open(), open()])
    expect((await ask(`${server.url}/livez`)).status).toBe(200)
  })

  it('of all together are bounded', async () => {
    await start({ limits: { connections: 10 } })
    await Promise.all(Array.from({ length: 10 }, () => open()))
    const eleventh = await open('127.0.0.2')
    await eleventh.closed
    expect(eleventh.received()).toBe('')
  })

  it('are not, where the limits are off', async () => {
    await start({ limits: { enabled: false, connections_per_address: 1 } })
    await Promise.all([open(), open()])
    expect((await ask(`${server.url}/livez`)).status).toBe(200)
  })
})

describeWithOpenssl('connections with TLS', () => {
  it('are bounded where the server speaks TLS, before the handshake', async () => {
    const workshop = openCertificateWorkshop()
    const { certFile, keyFile } = workshop.authority('own', '/CN=localhost')
    const tls = { certificate_file: certFile, key_file: keyFile }
    await start({ server: { tls }, limits: { connections_per_address: 2 } })
    await Promise.all([open(), open()])
    const third = await open()
    await third.closed
    workshop.delete()
  })
})

describe('a stop', () => {
  it('with a delay goes on answering while readiness says no, and asks every caller to leave', async () => {
    await start({ server: { drain_delay_seconds: 1, drain_seconds: 5 } })
    expect((await ask(`${server.url}/readyz`)).status).toBe(200)
    const kept = await open()
    kept.socket.write(`${GET}\r\n`)
    await expect.poll(kept.received).toContain('"alive"')
    const stopped = server.close()
    const ready = await ask(`${server.url}/readyz`)
    expect(ready).toMatchObject({ status: 503, body: { status: 'draining' } })
    expect(ready.headers).toMatchObject({ 'retry-after': '1', connection: 'close' })
    const answered = await ask(`${server.url}/register`, { method: 'POST', body: {} })
    expect(answered).toMatchObject({ status: 401, headers: { connection: 'close' } })
    kept.socket.write(`${GET}\r\n`)
    await kept.closed
    expect(kept.received().match(/\r\nConnection: close\r\n/gi)).toHaveLength(1)
    await stopped
    await expect(ask(`${server.url}/livez`)).rejects.toThrow(/ECONNREFUSED/)
  })
})
