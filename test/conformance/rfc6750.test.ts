import { describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clientele/src/clients/credential.ts'
import { type Answer, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** RFC 6750 at the client registration endpoint: initial access tokens (RFC 7591 §1.2, §3) and challenges. */
const closed = setUpRegistration({ anonymous: false })
const open = setUpRegistration()

const json = { 'content-type': 'application/json' }
const withHeader = (authorization: string, setup = closed) =>
  setup.send('POST', '/register', { headers: { ...json, authorization }, body: JSON.stringify(WEB_CLIENT) })

function expectInvalidToken(answer: Answer): void {
  expect(answer.status).toBe(401)
  expect(answer.body.error).toBe('invalid_token')
  const challenge = answer.headers.get('www-authenticate')!
  expect(challenge).toContain('error="invalid_token"')
}

/** The auth-params of a challenge; throws when its syntax is not RFC 9110's or a name stands twice. */
function paramsOf(challenge: string): Record<string, string> {
  const match = /^Bearer (.+)$/.exec(challenge)!
  const params: Record<string, string> = {}
  for (const part of match[1]!.split(', ')) {
    const [, name, value] = /^([a-z_]+)="([\x20\x21\x23-\x5b\x5d-\x7e]*)"$/.exec(part)!
    if (name! in params) throw new Error(`${name} stands twice`)
    params[name!] = value!
  }
  return params
}

describe('an initial access token', () => {
  it('in the Authorization header admits (RFC 6750 §2.1) [IAT-01]', async () => {
    expect((await closed.register(WEB_CLIENT, { token: await closed.initialAccessToken() })).status).toBe(201)
  })

  it('is recorded with the client by its id, never itself (RFC 7591 §3) [IAT-01]', async () => {
    const token = await closed.initialAccessToken()
    const record = (await closed.record(await closed.register(WEB_CLIENT, { token })))!
    expect(record.caller).toMatchObject({ gate: 'initial_access_token' })
    expect(record.caller.id).toBe(token.split('_')[2])
    expect(JSON.stringify(record)).not.toContain(token)
  })

  it('that is missing is answered with a bare challenge: no mistake was made (RFC 6750 §3.1) [IAT-02] [point 15]', async () => {
    const answer = await closed.register(WEB_CLIENT)
    expect(answer.status).toBe(401)
    expect(paramsOf(answer.headers.get('www-authenticate')!)).toStrictEqual({ realm: 'clientele' })
  })

  it('that is unknown is 401 invalid_token, with well-formed parameters that stand once (RFC 6750 §3) [IAT-03]', async () => {
    const answer = await closed.register(WEB_CLIENT, { token: 'unknown' })
    expectInvalidToken(answer)
    expect(Object.keys(paramsOf(answer.headers.get('www-authenticate')!))).toStrictEqual([
      'realm',
      'error',
      'error_description',
    ])
  })

  it('that has expired is refused from that second on (RFC 6750 §3.1) [IAT-03]', async () => {
    const setup = setUpRegistration({ anonymous: false })
    const token = await setup.initialAccessToken({ expiresAt: setup.clock.now + 10 })
    setup.clock.now += 9
    expect((await setup.register(WEB_CLIENT, { token })).status).toBe(201)
    setup.clock.now += 1
    expectInvalidToken(await setup.register(WEB_CLIENT, { token }))
  })

  it('with its uses spent is refused, and a refused request spends none (RFC 6750 §3.1) [IAT-03] [ERR-11]', async () => {
    const token = await closed.initialAccessToken({ usesLeft: 2 })
    expect((await closed.register({}, { token })).status).toBe(400)
    expect((await closed.register({ redirect_uris: ['x'] }, { token })).status).toBe(400)
    expect((await closed.register(WEB_CLIENT, { token })).status).toBe(201)
    expect((await closed.register(WEB_CLIENT, { token })).status).toBe(201)
    expectInvalidToken(await closed.register(WEB_CLIENT, { token }))
  })

  it('with one use lets exactly one of 50 parallel requests through (RFC 7591 §3) [SEC]', async () => {
    const token = await closed.initialAccessToken({ usesLeft: 1 })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => closed.register(WEB_CLIENT, { token })),
    )
    const created = answers.filter(({ status }) => status === 201)
    expect(created).toHaveLength(1)
    for (const answer of answers) if (answer !== created[0]) expectInvalidToken(answer)
    const registered = (await closed.store.listAudit({ limit: 10_000 })).filter(
      ({ actor }) => actor === `initial_access_token:${token.split('_')[2]}`,
    )
    expect(registered).toHaveLength(1)
  })

  it('expired, spent and unknown are told apart by nobody outside', async () => {
    const tokens = [
      await closed.initialAccessToken({ expiresAt: 1 }),
      await closed.initialAccessToken({ usesLeft: 0 }),
      makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, 12345),
      `${CREDENTIAL_PREFIXES.initialAccessToken}_noise`,
    ]
    const answers = await Promise.all(tokens.map((token) => closed.register(WEB_CLIENT, { token })))
    for (const answer of answers) {
      expectInvalidToken(answer)
      expect(answer.text).toBe(answers[0]!.text)
      expect([...answer.headers]).toStrictEqual([...answers[0]!.headers])
    }
  })

  it('is compared exactly: a token that carries another one’s key is unknown [IAT-04]', async () => {
    const token = await closed.initialAccessToken()
    const key = Number.parseInt(token.split('_')[2]!, 36)
    for (const wrong of [
      token.toUpperCase(),
      token.slice(0, -1),
      `${token}a`,
      makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, key),
    ]) {
      expectInvalidToken(await closed.register(WEB_CLIENT, { token: wrong }))
    }
    expect((await closed.register(WEB_CLIENT, { token })).status).toBe(201)
  })

  it.each(['bearer', 'BEARER', 'bEaReR'])(
    'may follow the scheme %s: schemes are compared without case (RFC 9110 §11.1) [IAT-05]',
    async (scheme) => {
      expect((await withHeader(`${scheme} ${await closed.initialAccessToken()}`)).status).toBe(201)
    },
  )

  it('in the query is no token at all (RFC 9700 §4.3.2) [IAT-07]', async () => {
    const token = await closed.initialAccessToken()
    const answer = await closed.send('POST', `/register?access_token=${token}`, { body: WEB_CLIENT })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="clientele"')
  })

  it('in the body is no token at all (RFC 6750 §2) [IAT-07]', async () => {
    expect(
      (await closed.register({ ...WEB_CLIENT, access_token: await closed.initialAccessToken() })).status,
    ).toBe(401)
  })

  it('in header and query at once is 400 invalid_request (RFC 6750 §3.1) [IAT-07]', async () => {
    const token = await closed.initialAccessToken()
    const answer = await closed.send('POST', `/register?access_token=${token}`, { token, body: WEB_CLIENT })
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ error: 'invalid_request', reason: 'credentials.twice' })
  })

  it('that is bad is 401 before the body is looked at [IAT-08]', async () => {
    for (const body of ['{', '', 'x'.repeat(60_000)]) {
      expect((await closed.send('POST', '/register', { headers: json, body })).status).toBe(401)
      expect(
        (await closed.send('POST', '/register', { headers: { 'content-type': 'text/plain' }, body })).status,
      ).toBe(401)
    }
    let asked = false
    const untouched = new ReadableStream(
      {
        pull() {
          asked = true
          return new Promise(() => {})
        },
      },
      { highWaterMark: 0 },
    )
    expect((await closed.send('POST', '/register', { headers: json, body: untouched })).status).toBe(401)
    expect(asked).toBe(false)
  })

  it('that is refused leaves a 401 with JSON that no cache stores [IAT-09]', async () => {
    for (const answer of [
      await closed.register(WEB_CLIENT),
      await closed.register(WEB_CLIENT, { token: 'x' }),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(answer.body.error).toBe('invalid_token')
    }
  })
})

describe('an Authorization header', () => {
  it.each(['Bearer', 'Bearer  ', 'Bearer a b', 'Bearer a,b', 'Bearer "a"', ',', '=x'])(
    '%j is malformed: 400, never taken for absent (RFC 6750 §3.1) [IAT-06]',
    async (header) => {
      for (const setup of [closed, open]) {
        const answer = await withHeader(header, setup)
        expect(answer.status).toBe(400)
        expect(answer.body.error).toBe('invalid_request')
      }
    },
  )

  it.each(['Basic dXNlcjpwYXNz', 'Digest username="x"', 'DPoP abc', 'Negotiate'])(
    'of another scheme is 401: %j (RFC 6750 §3) [IAT-06]',
    async (header) => {
      for (const setup of [closed, open]) expectInvalidToken(await withHeader(header, setup))
    },
  )

  it('is never repeated in an answer', async () => {
    for (const header of ['Bearer SECRETSECRET', 'Bearer SECRET SECRET', 'Basic SECRETSECRET']) {
      const answer = await withHeader(header)
      expect(answer.text + JSON.stringify([...answer.headers])).not.toContain('SECRET')
    }
  })
})

describe('open registration', () => {
  it('needs no token (RFC 7591 §3) [IAT-12]', async () => {
    expect((await open.register(WEB_CLIENT)).status).toBe(201)
    expect((await open.record(await open.register(WEB_CLIENT)))!.caller).toStrictEqual({ gate: 'open' })
  })

  it('does not excuse a bad token: 401, never taken for nobody (RFC 6750 §3.1) [IAT-12]', async () => {
    const spent = await open.initialAccessToken({ usesLeft: 0 })
    for (const token of ['unknown', spent]) expectInvalidToken(await open.register(WEB_CLIENT, { token }))
    expect((await open.register(WEB_CLIENT, { token: await open.initialAccessToken() })).status).toBe(201)
  })
})

it('none of all this was a fault of the server', () => {
  expect([...closed.faults, ...open.faults]).toStrictEqual([])
})
