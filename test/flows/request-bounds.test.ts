/** What a request meets before any room of the server: its Host, its target, the body that it announces, its log line. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log } from '../../clientele/src/runtime/log.ts'
import { type BareServer, startBareServer } from '../harness/transport.ts'

const ISSUER = 'https://id.example.com/tenant'
const BASE = '/tenant'
const BODY_BYTES = 2048
const paths: unknown[] = []
let server: BareServer

beforeAll(async () => {
  const keep = (facts: object, message: string) => {
    if (message === 'request') paths.push((facts as { path: string }).path)
  }
  const log: Log = { debug() {}, info: keep, warn() {}, error: keep }
  const limits = { body_bytes: BODY_BYTES }
  server = await startBareServer({ server: { issuer: ISSUER }, limits }, { log })
})
afterAll(() => server.end())

/** Sends bytes and reads until the server closes the connection, or until `isEnough`. */
async function exchange(
  bytes: string,
  isEnough: (received: string) => boolean = () => false,
): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(bytes)
  let received = ''
  for await (const chunk of socket.setEncoding('utf8')) {
    received += chunk
    if (isEnough(received)) break
  }
  socket.destroy()
  return received
}

function get(target: string, host: string): Promise<string> {
  return exchange(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
}

function bodyOf(answer: string): Record<string, unknown> {
  return JSON.parse(/\{.*\}/s.exec(answer)![0])
}

describe('the Host header', () => {
  it.each(['', 'a b<>', 'evil.example', 'evil.example:99999', '\u00e4'])(
    '%j counts nowhere: the issuer rules every address (RFC 8414 §2)',
    async (host) => {
      const answer = await get('/.well-known/oauth-authorization-server/tenant', host)
      expect(answer).toMatch(/^HTTP\/1\.1 200 /)
      expect(bodyOf(answer)).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` })
      const refused = await get(`${BASE}/register/x`, host)
      expect(refused).toMatch(/^HTTP\/1\.1 401 /)
    },
  )

  it.each(['/register/x', '/livez'])(
    'sent twice is refused with 400 (RFC 9112 §3.2), at %s',
    async (path) => {
      const answer = await get(BASE + path, 'id.example.com\r\nhost: id.example.com')
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(bodyOf(answer)).toMatchObject({ error: 'invalid_request' })
    },
  )

  it('a target that is no address gets an answer in JSON (RFC 9112 §3.2)', async () => {
    const answer = await get('http://[x', 'id.example.com')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(bodyOf(answer)).toMatchObject({ error: 'invalid_request', reason: 'address.malformed' })
  })
})

describe('Expect: 100-continue (RFC 9110 §10.1.1)', () => {
  const head = (path: string, length: number) =>
    [
      `POST ${BASE}${path} HTTP/1.1`,
      'Host: id.example.com',
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      'Expect: 100-continue',
      '\r\n',
    ].join('\r\n')

  it.each(['/register', '/token', '/interaction/x', '/nothing'])(
    'a body that is too long is refused before it is sent, and the connection ends, at %s',
    async (path) => {
      const answer = await exchange(head(path, BODY_BYTES + 1))
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(answer).toMatch(/\r\nConnection: close\r\n/i)
      expect(bodyOf(answer)).toMatchObject({ error: 'invalid_request' })
    },
  )

  it('any other is asked for', async () => {
    const answer = await exchange(`${head('/register', 2)}{}`, (received) => received.includes('}'))
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /)
  })
})

describe('a log line', () => {
  it.each([
    ['/interaction/Xq3vN1', '/interaction/:uid'],
    ['/interaction/Xq3vN1/confirm?x=1', '/interaction/:uid/confirm'],
    ['/authorize/Xq3vN1', '/authorize/:uid'],
    ['/device/Xq3vN1', '/device/:uid'],
    ['/authorize?client_id=x', '/authorize'],
    ['/register/Xq3vN1', '/register/Xq3vN1'],
  ])('for %s shows %s: ids of interactions are nobody’s to read there', async (target, shown) => {
    paths.length = 0
    await get(BASE + target, 'id.example.com')
    await expect.poll(() => paths).toEqual([BASE + shown])
  })
})
