import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { type GatesServer, startGatesServer, WEB } from './gates-server.ts'

/** Limits on clients over real HTTP (RFC 7591 §5): each its own budget, so that a flood through one door shuts no other. */

/** 2026-11-21 23:00:00 UTC, an hour before the day ends. */
const EVENING = 1_795_302_000_000

let server: GatesServer
const clock = { now: EVENING, milliseconds: () => clock.now }

async function start(limits: object, more: { policies?: readonly object[] } = {}) {
  clock.now = EVENING
  server = await startGatesServer(
    {
      registration: { anonymous: true },
      server: { trusted_proxies: ['127.0.0.1'] },
      policies: { policy: [...(more.policies ?? []), { name: 'limited', limits }], default: 'limited' },
    },
    { clock },
  )
}

afterEach(() => server.close())

async function from(address: string, metadata: object = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address }
  const body = JSON.stringify({ ...WEB, ...metadata })
  return readAnswer(await fetch(`${server.url}/register`, { method: 'POST', headers, body }))
}

async function tokenFor(policy = 'limited') {
  const { token } = await server.operator.createInitialAccessToken({
    uses: null,
    expiresInSeconds: null,
    policy,
  })
  return `Bearer ${token}`
}

const statusOf = async (answer: Promise<Answer>) => (await answer).status

/** What is full for good is denied; waiting would not help. */
function expectFull(answer: Answer, sentence: RegExp): void {
  expect([answer.status, answer.body.error, answer.body.reason]).toEqual([
    403,
    'access_denied',
    'limits.reached',
  ])
  expect(answer.body.error_description).toMatch(sentence)
  expect(answer.headers.get('retry-after')).toBeNull()
}

describe('limits on the clients that there are', () => {
  it('of all: a deletion makes room (RFC 7592 §2.3), and clients of other policies are not counted', async () => {
    await start({ clients: 2 }, { policies: [{ name: 'other' }] })
    const other = await tokenFor('other')
    await server.register(WEB, other)
    await server.register(WEB, other)
    const first = await from('192.0.2.1')
    expect([first.status, await statusOf(from('192.0.2.2'))]).toEqual([201, 201])
    expectFull(await from('192.0.2.3'), /this server has as many such clients as it may have/)
    await server.manage('DELETE', first)
    expect(await statusOf(from('192.0.2.3'))).toBe(201)
    expect((await server.register(WEB, other)).status).toBe(201)
  })

  it('of one caller: another one, and no one in particular, still get in', async () => {
    await start({ clients_per_caller: 1 })
    const [one, two] = [await tokenFor(), await tokenFor()]
    expect((await server.register(WEB, one)).status).toBe(201)
    expectFull(await server.register(WEB, one), /this caller/)
    expect((await server.register(WEB, two)).status).toBe(201)
    expect(await statusOf(from('192.0.2.1'))).toBe(201)
  })

  it('of one initial access token (RFC 7591 §1.2): nothing else is counted', async () => {
    await start({ clients_per_initial_access_token: 1 })
    const token = await tokenFor()
    expect((await server.register(WEB, token)).status).toBe(201)
    expectFull(await server.register(WEB, token), /the initial access token/)
    for (const address of ['192.0.2.1', '192.0.2.1']) expect(await statusOf(from(address))).toBe(201)
  })

  it('of one piece of software: a client cannot become it by an update either (RFC 7592 §2.2)', async () => {
    await start({ clients_per_software: 1 })
    expect(await statusOf(from('192.0.2.1', { software_id: 'a' }))).toBe(201)
    expectFull(await from('192.0.2.2', { software_id: 'a' }), /of this software/)
    const other = await from('192.0.2.2', { software_id: 'b' })
    expectFull(await server.manage('PUT', other, { body: { software_id: 'a' } }), /of this software/)
    expect((await server.manage('GET', other)).body.software_id).toBe('b')
    // What it leaves is free for the next.
    expect((await server.manage('PUT', other, { body: { software_id: 'c' } })).status).toBe(200)
    expect(await statusOf(from('192.0.2.3', { software_id: 'b' }))).toBe(201)
    expectFull(await from('192.0.2.3', { software_id: 'c' }), /of this software/)
  })

  it('of one network: an IPv6 /64 is one, and an update from elsewhere gives nothing back', async () => {
    await start({ clients_per_network: 1 })
    const first = await from('2001:db8:1:2::3')
    expect(first.status).toBe(201)
    expectFull(await from('2001:db8:1:2:ffff::9'), /this network/)
    expect(await statusOf(from('2001:db8:1:3::3'))).toBe(201)
    expect((await server.manage('PUT', first)).status).toBe(200)
    expectFull(await from('2001:db8:1:2::3'), /this network/)
    await server.manage('DELETE', first)
    expect(await statusOf(from('2001:db8:1:2::3'))).toBe(201)
  })

  it('hold when many ask at once: of ten, two get the last two (no check and then a count)', async () => {
    await start({ clients: 2 })
    const answers = await Promise.all(Array.from({ length: 10 }, () => from('192.0.2.1')))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, ...Array(8).fill(403)])
  })
})

describe('limits a day', () => {
  it.each([
    ['clients_per_day', /this server has registered/],
    ['clients_per_caller_per_day', /this caller has registered/],
    ['clients_per_software_per_day', /of this software were registered today/],
    ['clients_per_network_per_day', /this network has registered/],
  ])('%s: 429 until midnight UTC, and a deletion gives nothing back', async (limit, sentence) => {
    await start({ [limit]: 1 })
    const register = () => from('192.0.2.1', { software_id: 's' })
    const first = await register()
    await server.manage('DELETE', first)
    const refused = await register()
    expect([refused.status, refused.body.error, refused.body.reason]).toEqual([
      429,
      'slow_down',
      'limits.reached',
    ])
    expect(refused.body.error_description).toMatch(sentence)
    expect(refused.headers.get('retry-after')).toBe('3600')
    clock.now += 3600_000
    expect(await statusOf(register())).toBe(201)
  })

  it('of one initial access token: another is not touched', async () => {
    await start({ clients_per_initial_access_token_per_day: 1 })
    const [one, two] = [await tokenFor(), await tokenFor()]
    expect((await server.register(WEB, one)).status).toBe(201)
    expect((await server.register(WEB, one)).status).toBe(429)
    expect((await server.register(WEB, two)).status).toBe(201)
  })

  it('do not count updates (RFC 7592 §2.2)', async () => {
    await start({ clients_per_day: 1, clients_per_network_per_day: 1 })
    const client = await from('192.0.2.1')
    for (let update = 0; update < 3; update++) {
      expect((await server.manage('PUT', client)).status).toBe(200)
    }
  })
})

it('a refused registration takes nothing of any budget, and spends no use of its token', async () => {
  await start({ clients_per_software: 1, clients_per_caller: 2 })
  const { token, record } = await server.operator.createInitialAccessToken({
    uses: 2,
    expiresInSeconds: null,
  })
  const authorization = `Bearer ${token}`
  await server.register({ ...WEB, software_id: 's' }, authorization)
  expect((await server.register({ ...WEB, software_id: 's' }, authorization)).status).toBe(403)
  const [listed] = (await server.operator.listInitialAccessTokens({ limit: 1 })).items
  expect([listed!.id, listed!.usesLeft]).toEqual([record.id, 1])
  expect((await server.register({ ...WEB, software_id: 't' }, authorization)).status).toBe(201)
})
