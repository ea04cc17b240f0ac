import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../runtime/clock.ts'
import { randomBytes } from '../runtime/cryptography.ts'
import { createSealer } from '../runtime/sealer.ts'
import { createUserCodeAttempts } from './interaction-user-code.ts'
import { createInteractions } from './interactions.ts'

let server: Server
afterEach(() => server.close())

/** A server whose engine knows one user code. */
async function start(
  allowed: number,
): Promise<(code: string, path?: string, from?: string) => Promise<Response>> {
  const interactions = createInteractions({
    issuer: 'https://id.example/tenant',
    engine: { provider: undefined as never },
    clients: { findClient: async () => undefined },
    accounts: { findAccount: async () => undefined },
    audit: { appendAudit: async () => {} },
    clock: systemClock,
    authenticate: async () => ({ outcome: 'refused' }),
    sealer: createSealer(randomBytes(32)),
    addressOf: (request) => String(request.headers['x-from'] ?? request.socket.remoteAddress),
    userCodeAttempts: createUserCodeAttempts({ allowed, windowSeconds: 60 }),
  })
  server = createServer(async (request, response) => {
    if (await interactions.handle(request, response)) return
    response.writeHead(request.headers['x-code'] === 'RIGHT' ? 200 : 400).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return (code, path = '/tenant/device', from = '192.0.2.1') =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'x-code': code, 'x-from': from },
    })
}

test('after too many wrong user codes an address waits, also with the right one (RFC 8628 §5.1)', async () => {
  const type = await start(3)
  for (let wrong = 0; wrong < 3; wrong++) expect((await type('WRONG')).status).toBe(400)
  const refused = await type('RIGHT')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.text()).toContain('Too many wrong codes')
})

test('right user codes are not counted, nor is anything but the user-code page', async () => {
  const type = await start(2)
  for (let right = 0; right < 5; right++) expect((await type('RIGHT')).status).toBe(200)
  for (let other = 0; other < 5; other++) expect((await type('WRONG', '/tenant/token')).status).toBe(400)
  expect((await type('RIGHT')).status).toBe(200)
})

test('of many codes typed at once no more are looked at than are allowed', async () => {
  const type = await start(3)
  const answers = await Promise.all(Array.from({ length: 10 }, () => type('WRONG')))
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(3)
})

test('the addresses of one IPv6 /64 are one (RFC 6177)', async () => {
  const type = await start(2)
  const from = (address: string) => type('WRONG', undefined, address)
  const statuses = []
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3'])
    statuses.push((await from(address)).status)
  expect(statuses).toEqual([400, 400, 429])
  expect((await from('2001:db8:0:1::1')).status).toBe(400)
})
