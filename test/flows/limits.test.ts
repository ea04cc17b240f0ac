import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../clientele/src/runtime/clock.ts'
import type { Sections } from '../harness/real-server.ts'
import {
  type Answer,
  type Ask,
  ask,
  type BareServer,
  registration,
  startBareServer,
} from '../harness/transport.ts'

const HERE = '127.0.0.1'
const ELSEWHERE = '127.0.0.9'
const PROXY = '127.0.0.2'

let server: BareServer | undefined
afterEach(async () => {
  await server?.end()
  server = undefined
})

async function start(limits: Readonly<Record<string, unknown>> = {}, sections: Sections = {}): Promise<void> {
  server = await startBareServer({
    ...sections,
    limits: { failures_per_address: 3, failures_per_client: 3, failure_window_seconds: 120, ...limits },
  })
}

async function newToken(uses = 100): Promise<string> {
  return (await server!.createInitialAccessToken({ uses, expiresInSeconds: 3600 })).token
}

function register(token: string, how: Ask = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, ...how.headers }
  return ask(`${server!.url}/register`, registration({ ...how, headers }))
}

/** A confidential client for the client credentials grant. */
async function newClient(): Promise<{
  readonly id: string
  readonly secret: string
  readonly path: string
  readonly token: string
}> {
  const body = { grant_types: ['client_credentials'], response_types: [], scope: '' }
  const { body: client } = await register(await newToken(), { body })
  return {
    id: client.client_id as string,
    secret: client.client_secret as string,
    path: new URL(client.registration_client_uri as string).pathname,
    token: client.registration_access_token as string,
  }
}

function post(path: string, id: string, secret: string, how: Ask = {}, form = ''): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  return ask(server!.url + path, {
    method: 'POST',
    headers: { authorization, ...how.headers },
    body: form,
    ...how,
  })
}

const GRANT = 'grant_type=client_credentials'
const broken = (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')

function expectSlowDown(answer: Answer): void {
  expect(answer.status).toBe(429)
  expect(answer.body.error).toBe('slow_down')
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(60)
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(120)
  expect(answer.headers['cache-control']).toContain('no-store')
}

describe('at the client registration endpoint', () => {
  it('after a few bad initial access tokens an address is told to wait; others are not', async () => {
    await start()
    const token = await newToken()
    for (let failure = 0; failure < 3; failure++) expect((await register(broken(token))).status).toBe(401)
    expectSlowDown(await register(broken(token)))
    expect((await register(broken(token), { from: ELSEWHERE })).status).toBe(401)
  })

  it('a good token passes whatever failed before it: one bad caller does not lock out all behind its address', async () => {
    await start()
    const token = await newToken()
    const bad = await Promise.all(Array.from({ length: 20 }, () => register(broken(token))))
    expect(bad.some(({ status }) => status === 429)).toBe(true)
    expect((await register(token)).status).toBe(201)
    expectSlowDown(await register(broken(token)))
    expect((await register(token)).status).toBe(201)
  })

  it('counts tokens of no known form as well, and each gate by itself', async () => {
    await start()
    for (let failure = 0; failure < 3; failure++) expect((await register('guess')).status).toBe(401)
    expectSlowDown(await register('guess'))
    expect((await register(await newToken())).status).toBe(201)
  })

  it('good tokens cost nothing, and to show none is no failure', async () => {
    await start()
    const token = await newToken()
    for (let round = 0; round < 6; round++) {
      expect((await register(token)).status).toBe(201)
      expect((await ask(`${server!.url}/register`, registration())).status).toBe(401)
    }
  })

  it('of many bad tokens sent at once no more are told that they are bad than are allowed', async () => {
    await start()
    const token = await newToken()
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(broken(token))))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17)
  })

  it('many good tokens sent at once are all admitted', async () => {
    await start()
    const token = await newToken()
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(token)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
  })

  it('is over when the window is', async () => {
    await start({ failure_window_seconds: 1 })
    const token = await newToken()
    for (let failure = 0; failure < 3; failure++) await register(broken(token))
    const refused = await register(broken(token))
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBe('1')
    const end = systemClock.milliseconds() + 10_000
    let status = 429
    while (status === 429 && systemClock.milliseconds() < end) status = (await register(broken(token))).status
    expect(status).toBe(401)
  })

  it('off with the limits', async () => {
    await start({ enabled: false })
    const token = await newToken()
    for (let failure = 0; failure < 10; failure++) expect((await register(broken(token))).status).toBe(401)
    expect((await register(token)).status).toBe(201)
  })
})

describe('at the gates for passwords and keys', () => {
  const basic = (password: string, name = 'robot') => {
    const value = Buffer.from(`${name}:${password}`).toString('base64')
    return ask(`${server!.url}/register`, registration({ headers: { authorization: `Basic ${value}` } }))
  }
  const PASSWORD = 'correct horse battery staple'
  const permissions = ['authenticate', 'oauth-client-registration']

  it('of many passwords sent at once no more are looked at than are allowed', async () => {
    await start({}, { basic: { enabled: true } })
    await server!.createServiceAccount({ name: 'robot', password: PASSWORD, permissions })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, guess) => basic(`guess ${guess}`)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(9)
    expectSlowDown(await basic(PASSWORD))
  })

  it('names that do not exist count like those that do, so that waiting tells nothing', async () => {
    await start({}, { basic: { enabled: true } })
    for (let failure = 0; failure < 3; failure++)
      expect((await basic('guess', `nobody-${failure}`)).status).toBe(401)
    expectSlowDown(await basic('guess', 'nobody'))
  })

  it('good passwords sent at once are all admitted', async () => {
    await start({}, { basic: { enabled: true } })
    await server!.createServiceAccount({ name: 'robot', password: PASSWORD, permissions })
    const answers = await Promise.all(Array.from({ length: 8 }, () => basic(PASSWORD)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201))
  })

  it('API keys cannot be guessed at leisure, at any operation', async () => {
    await start()
    const { key } = await server!.createApiKey({
      permissions: [...permissions, 'oauth-client-get'],
      expiresInSeconds: 60,
    })
    const { body } = await register(key)
    const path = new URL(body.registration_client_uri as string).pathname
    const read = (token: string) => ask(server!.url + path, { headers: { authorization: `Bearer ${token}` } })
    expect((await read(key)).status).toBe(200)
    for (const guess of [register, read, register]) expect((await guess(broken(key))).status).toBe(401)
    expectSlowDown(await register(broken(key)))
    expectSlowDown(await read(broken(key)))
    expect((await read(key)).status).toBe(200)
  })
})

describe('behind proxies', () => {
  it('the address that a trusted proxy saw counts', async () => {
    await start({}, { server: { trusted_proxies: [PROXY] } })
    const token = await newToken()
    const by = (client: string): Ask => ({
      from: PROXY,
      headers: { 'x-forwarded-for': `6.6.6.6, ${client}` },
    })
    for (let failure = 0; failure < 3; failure++)
      expect((await register(broken(token), by('203.0.113.1'))).status).toBe(401)
    expectSlowDown(await register(broken(token), by('203.0.113.1')))
    expect((await register(broken(token), by('203.0.113.2'))).status).toBe(401)
  })

  it('nobody escapes the limit with an address of their own invention', async () => {
    await start({}, { server: { trusted_proxies: [PROXY] } })
    const token = await newToken()
    for (let failure = 0; failure < 3; failure++) {
      const headers = { 'x-forwarded-for': `203.0.113.${failure}`, forwarded: `for=203.0.113.${failure}` }
      expect((await register(broken(token), { from: HERE, headers })).status).toBe(401)
    }
    const again = { from: HERE, headers: { 'x-forwarded-for': '203.0.113.9' } }
    expectSlowDown(await register(broken(token), again))
  })

  it('the Forwarded header counts where the proxies write that one (RFC 7239), and X-Forwarded-For then does not', async () => {
    await start({}, { server: { trusted_proxies: [PROXY], forwarded_header: 'forwarded' } })
    const token = await newToken()
    const by = (client: string, invented: string): Ask => ({
      from: PROXY,
      headers: { forwarded: `for="${client}";proto=https`, 'x-forwarded-for': invented },
    })
    for (let failure = 0; failure < 3; failure++)
      await register(broken(token), by('[2001:db8::1]:4711', `203.0.113.${failure}`))
    // A /64 is one customer (RFC 6177).
    expectSlowDown(await register(broken(token), by('[2001:db8::ffff]', '203.0.113.9')))
    expect((await register(broken(token), by('[2001:db8:0:1::1]', '203.0.113.9'))).status).toBe(401)
  })
})

describe('at the client configuration endpoint', () => {
  it('registration access tokens cannot be guessed at leisure, not those of several clients either', async () => {
    await start()
    const [client, other] = [await newClient(), await newClient()]
    const read = (path: string, token: string, from = HERE) =>
      ask(server!.url + path, { from, headers: { authorization: `Bearer ${token}` } })
    expect((await read(client.path, client.token)).status).toBe(200)
    for (const path of [client.path, other.path, client.path])
      expect((await read(path, broken(client.token))).status).toBe(401)
    expectSlowDown(await read(other.path, broken(client.token)))
    expect((await read(client.path, broken(client.token), ELSEWHERE)).status).toBe(401)
    // The rightful holder behind the same address goes on.
    expect((await read(client.path, client.token)).status).toBe(200)
  })
})

describe('client authentication (RFC 6749 §2.3.1)', () => {
  it.each([
    ['/token', GRANT],
    ['/introspect', 'token=x'],
    ['/revoke', 'token=x'],
    ['/par', 'response_type=code'],
    ['/device-authorization', ''],
  ])('cannot be guessed at leisure at %s', async (path, form) => {
    await start()
    const client = await newClient()
    for (let failure = 0; failure < 3; failure++) {
      const refused = await post(path, client.id, 'wrong', {}, form)
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
    }
    expectSlowDown(await post(path, client.id, 'wrong', {}, form))
    // The same bound everywhere, or five endpoints would be five times the guesses.
    expectSlowDown(await post('/token', client.id, 'wrong', {}, GRANT))
    expect((await post('/token', client.id, client.secret, {}, GRANT)).status).toBe(200)
  })

  it('a stranger who guesses slows nobody down but themselves', async () => {
    await start()
    const [client, neighbour] = [await newClient(), await newClient()]
    for (let failure = 0; failure < 4; failure++)
      await post('/token', client.id, 'wrong', { from: ELSEWHERE }, GRANT)
    expectSlowDown(await post('/token', client.id, 'wrong', { from: ELSEWHERE }, GRANT))
    expect((await post('/token', client.id, 'wrong', {}, GRANT)).status).toBe(401)
    expect((await post('/token', client.id, client.secret, { from: ELSEWHERE }, GRANT)).status).toBe(200)
    expect((await post('/token', neighbour.id, neighbour.secret, { from: ELSEWHERE }, GRANT)).status).toBe(
      200,
    )
  })

  it('secrets in the body and bad assertions count as well', async () => {
    await start()
    const client = await newClient()
    const inBody = `${GRANT}&client_id=${client.id}&client_secret=wrong`
    const claims = Buffer.from(JSON.stringify({ sub: client.id, iss: client.id })).toString('base64url')
    const type = encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const assertion = `${GRANT}&client_assertion_type=${type}&client_assertion=e30.${claims}.AAAA`
    for (const form of [inBody, assertion, inBody]) {
      const answer = await ask(`${server!.url}/token`, { method: 'POST', body: form })
      expect(answer.body.error).toBe('invalid_client')
    }
    expectSlowDown(await post('/token', client.id, 'wrong', {}, GRANT))
  })

  it('a request that is wrong for another reason is no failure', async () => {
    await start()
    const client = await newClient()
    for (let round = 0; round < 5; round++) {
      const answer = await post(
        '/token',
        client.id,
        client.secret,
        {},
        'grant_type=authorization_code&code=x',
      )
      expect(answer.body.error).not.toBe('invalid_client')
    }
    expect((await post('/token', client.id, client.secret, {}, GRANT)).status).toBe(200)
  })

  it('off with the limits', async () => {
    await start({ enabled: false })
    const client = await newClient()
    for (let failure = 0; failure < 6; failure++)
      expect((await post('/token', client.id, 'wrong', {}, GRANT)).status).toBe(401)
    expect((await post('/token', client.id, client.secret, {}, GRANT)).status).toBe(200)
  })
})

describe('at the admin API', () => {
  it('the operator token cannot be guessed at leisure', async () => {
    await start()
    const guess = (from = HERE, token = 'cl_op_guess') =>
      ask(`${server!.url}/admin/v1/initial-access-tokens`, {
        method: 'POST',
        from,
        body: {},
        headers: { authorization: `Bearer ${token}` },
      })
    for (let failure = 0; failure < 3; failure++) expect((await guess()).status).toBe(401)
    expectSlowDown(await guess())
    expect((await guess(ELSEWHERE)).status).toBe(401)
    // The operator behind the same address is not locked out.
    const operatorToken = readFileSync(join(server!.data, 'operator.token'), 'utf8').trim()
    expect((await guess(HERE, operatorToken)).status).toBe(201)
    // What is not the admin API is not closed with it.
    expect((await ask(`${server!.url}/readyz`)).status).toBe(200)
  })
})

describe('user codes (RFC 8628 §5.1)', () => {
  const type = (from = HERE) =>
    ask(`${server!.url}/device`, { method: 'POST', from, body: 'user_code=BBBB-BBBB&xsrf=none' })

  it('cannot be guessed at leisure on the page that asks for one', async () => {
    await start()
    const seen: number[] = []
    for (let attempt = 0; attempt < 40; attempt++) seen.push((await type()).status)
    expect(seen.slice(0, 30)).not.toContain(429)
    expect(seen.slice(30)).toEqual(Array.from({ length: 10 }, () => 429))
    const refused = await type()
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await type(ELSEWHERE)).status).not.toBe(429)
  })

  it('off with the limits', async () => {
    await start({ enabled: false })
    for (let attempt = 0; attempt < 35; attempt++) expect((await type()).status).not.toBe(429)
  })
})
