import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealServer, startRealServer } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { createTestIssuer, serveDocuments, type TestIssuer } from './statement-issuer.ts'

/** Access tokens of other issuers that the operator trusts, over real HTTP (RFC 6750, RFC 9068). */

const WEB = { redirect_uris: ['https://app.example/callback'] }
const AUDIENCE = 'https://as.example/register'

let issuer: TestIssuer
let corporate: TestIssuer
let server: RealServer

beforeAll(async () => {
  issuer = await createTestIssuer('https://login.example', { typ: 'at+jwt' })
  corporate = await createTestIssuer('https://corp.example', { alg: 'RS256', typ: 'JWT' })
  server = await startRealServer({
    // Open as well, so that every refusal below also shows that nothing falls through to it.
    registration: { anonymous: true },
    bearer: {
      issuers: [
        { issuer: issuer.issuer, jwks: issuer.jwks, audience: [AUDIENCE], algorithms: ['ES256'] },
        {
          issuer: corporate.issuer,
          jwks: corporate.jwks,
          audience: [AUDIENCE],
          types: ['at+jwt', 'JWT'],
          register_scope: '',
          required_claims: [
            { claim: 'tenant', equals: 'acme' },
            { claim: 'groups', contains: 'developers' },
          ],
        },
      ],
    },
  })
})

afterAll(() => server.close())

async function register(token: string, metadata: object = WEB): Promise<Answer> {
  return readAnswer(await server.register(metadata as never, { authorization: `Bearer ${token}` }))
}

const good = (claims: object = {}, header: object = {}) =>
  issuer.sign({ aud: AUDIENCE, sub: 'ann', scope: 'openid register', ...claims }, header)

/** RFC 6750 §3.1: 401, invalid_token, one sentence for every reason, and nothing of the token in it. */
function expectInvalid(answer: Answer, token: string): void {
  expect(answer.body).toEqual({
    error: 'invalid_token',
    error_description: expect.stringMatching(
      /^(The access token is not valid|These credentials are not accepted here)\.$/,
    ),
  })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="clientele", error="invalid_token", error_description="${answer.body.error_description}"`,
  )
  if (token !== '') expect(answer.text).not.toContain(token)
}

function expectInsufficient(answer: Answer, scope?: string): void {
  expect(answer.status).toBe(403)
  expect(answer.body.error).toBe('insufficient_scope')
  const challenge = answer.headers.get('www-authenticate')
  expect(challenge).toMatch(
    /^Bearer realm="clientele", error="insufficient_scope", error_description="[^"]+"/,
  )
  if (scope !== undefined) expect(challenge).toMatch(new RegExp(`, scope="${scope}"$`))
}

describe('an access token of a trusted issuer', () => {
  it('with the scope registers a client', async () => {
    expect((await register(await good())).status).toBe(201)
    expect((await register(await good({ aud: ['https://other.example', AUDIENCE] }))).status).toBe(201)
  })

  it('may have its scope as scp, or as an array, as several issuers write it', async () => {
    for (const claims of [
      { scope: undefined, scp: ['register'] },
      { scope: undefined, scp: 'register' },
      { scope: ['register'] },
    ]) {
      expect((await register(await good(claims))).status).toBe(201)
    }
  })

  it('without the scope is answered 403 with the scope that is missing', async () => {
    for (const scope of ['openid', 'register:read', 'registers', 'REGISTER', '', undefined, 7]) {
      expectInsufficient(await register(await good({ scope })), 'register')
    }
  })

  it('passes the tests on its claims, each of them, or is answered 403', async () => {
    const claims = { aud: AUDIENCE, sub: 'ann', tenant: 'acme', groups: ['staff', 'developers'] }
    expect((await register(await corporate.sign(claims))).status).toBe(201)
    for (const change of [
      { tenant: 'other' },
      { tenant: undefined },
      { tenant: ['acme'] },
      { groups: ['staff'] },
      { groups: 'developers' },
      { groups: undefined },
    ]) {
      expectInsufficient(await register(await corporate.sign({ ...claims, ...change })))
    }
  })

  it('gives no privilege: no id and no secret of one’s own choice', async () => {
    const made = await register(await good(), { ...WEB, client_id: 'chosen', client_secret: 'x'.repeat(60) })
    expect(made.status).toBe(201)
    expect(made.body.client_id).not.toBe('chosen')
    expect(made.body.client_secret).toMatch(/^cl_sec_/)
  })
})

describe('a token that proves nothing is refused, and never let through the open gate', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const refuse = async (token: string) => expectInvalid(await register(token), token)

  it('unsigned', async () => {
    const [, payload, signature] = (await good()).split('.') as [string, string, string]
    for (const alg of ['none', 'None', 'nONE']) {
      await refuse(`${part({ alg, typ: 'at+jwt' })}.${payload}.${signature}`)
    }
  })

  it('signed with the public key as a secret (RFC 8725 §2.1)', async () => {
    const [, payload] = (await good()).split('.') as [string, string, string]
    const head = part({ alg: 'HS256', typ: 'at+jwt', kid: `key of ${issuer.issuer}` })
    for (const secret of [JSON.stringify(issuer.jwks), JSON.stringify((issuer.jwks.keys as object[])[0])]) {
      const mac = createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url')
      await refuse(`${head}.${payload}.${mac}`)
    }
  })

  it('altered, cut, or signed by somebody else', async () => {
    const token = await good()
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    await refuse(`${header}.${part({ ...claims, scope: 'register admin' })}.${signature}`)
    await refuse(`${header}.${payload}.${signature.slice(0, -2)}`)
    await refuse(`${header}.${payload}`)
    const thief = await createTestIssuer(issuer.issuer, { typ: 'at+jwt' })
    const [jwk] = thief.jwks.keys as object[]
    const claimsOfThief = { aud: AUDIENCE, sub: 'ann', scope: 'register' }
    for (const extra of [
      {},
      { jwk },
      { jku: 'https://thief.example/k' },
      { x5u: 'https://thief.example/x' },
    ]) {
      await refuse(await thief.sign(claimsOfThief, extra))
    }
  })

  it('of an issuer that is not trusted, or in the name of another one that is', async () => {
    const stranger = await createTestIssuer('https://stranger.example', { typ: 'at+jwt' })
    await refuse(await stranger.sign({ aud: AUDIENCE, sub: 'ann', scope: 'register' }))
    await refuse(await good({ iss: corporate.issuer }))
    await refuse(await good({ iss: `${issuer.issuer}/` }))
    await refuse(await good({ iss: undefined }))
  })

  it('for somebody else (RFC 9068 §4)', async () => {
    for (const aud of [undefined, 'https://other.example', ['https://other.example'], `${AUDIENCE}/`, '']) {
      await refuse(await good({ aud }))
    }
  })

  it('expired, not valid yet, or without an end', async () => {
    const now = Math.floor(Date.now() / 1000)
    for (const times of [{ exp: now - 70 }, { nbf: now + 70 }, { iat: now + 70 }, { exp: undefined }]) {
      await refuse(await good(times))
    }
    expect((await register(await good({ exp: now - 30 }))).status).toBe(201)
  })

  it('that is an ID Token, or any other JWT than an access token (RFC 9068 §2.1)', async () => {
    for (const typ of ['JWT', 'id_token+jwt', undefined]) await refuse(await good({}, { typ }))
    expect((await register(await good({}, { typ: 'application/at+jwt' }))).status).toBe(201)
  })

  it('bound to a key that nobody showed (RFC 9449 §7.1, RFC 8705 §3)', async () => {
    await refuse(await good({ cnf: { jkt: 'x' } }))
    await refuse(await good({ cnf: { 'x5t#S256': 'x' } }))
  })

  it.each(['../../etc/passwd', "' OR 1=1", '__proto__', ''])('with the kid %j', async (kid) => {
    await refuse(await good({}, { kid }))
  })

  it('of nobody, or longer than any token', async () => {
    await refuse(await good({ sub: undefined }))
    await refuse(await good({ x: 'a'.repeat(8_000) }))
  })

  it.each(['x', 'a.b.c', '..', 'a.b.c.d.e'])('%j', refuse)

  it('in the query beside a header is two tokens: 400 invalid_request (RFC 6750 §3.1)', async () => {
    const response = await fetch(`${server.metadata.registration_endpoint}?access_token=${await good()}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await good()}`, 'content-type': 'application/json' },
      body: JSON.stringify(WEB),
    })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { error: string }).error).toBe('invalid_request')
  })
})

describe('keys by discovery', () => {
  it('are found, and unavailable keys let nobody in: 503 (RFC 8414 §3)', async () => {
    const site = await serveDocuments()
    const remote = await createTestIssuer(site.url, { typ: 'at+jwt' })
    const guarded = await startRealServer({
      bearer: { issuers: [{ issuer: site.url, discovery: true, audience: [AUDIENCE] }] },
    })
    try {
      const token = await remote.sign({ aud: AUDIENCE, sub: 'ann', scope: 'register' })
      const ask = () => guarded.register(WEB, { authorization: `Bearer ${token}` }).then(readAnswer)
      const refused = await ask()
      expect(refused.status).toBe(503)
      expect(refused.body.error).toBe('temporarily_unavailable')
      expect(refused.headers.get('retry-after')).toBe('5')
      expect(refused.text).not.toContain(site.url)
      site.documents.set('/.well-known/openid-configuration', {
        issuer: site.url,
        jwks_uri: `${site.url}/keys`,
      })
      site.documents.set('/keys', remote.jwks)
      const second = await startRealServer({
        bearer: { issuers: [{ issuer: site.url, discovery: true, audience: [AUDIENCE] }] },
      })
      try {
        const made = await second.register(WEB, { authorization: `Bearer ${token}` })
        expect(made.status).toBe(201)
      } finally {
        await second.close()
      }
    } finally {
      await guarded.close()
      await site.close()
    }
  })
})
