/** Every real client of `test/fixtures` does what it does elsewhere, over real HTTP: register, log in, refresh, leave. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonValue } from '../../clientele/src/oauth/json.ts'
import { ALL_CLIENTS } from '../fixtures/all-clients.ts'
import type { ClientFixture, Login } from '../fixtures/client-fixture.ts'
import { REFUSED } from '../fixtures/clients/refused.ts'
import { logIn, type Registered, type Session, tokenRequest } from '../harness/client-login.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

let server: RealServer
beforeAll(async () => {
  server = await startRealServer()
})
afterAll(() => server.close())

async function register(fixture: ClientFixture): Promise<Registered> {
  const response = await server.register(fixture.sends.body, fixture.sends.headers)
  return (await response.json()) as Registered
}

describe.each(ALL_CLIENTS)('$name', (fixture) => {
  test('registers and gets back what it needs (RFC 7591 §3.2.1)', async () => {
    const response = await server.register(fixture.sends.body, fixture.sends.headers)
    const answer = (await response.json()) as Registered
    expect(answer).toMatchObject({ ...fixture.gets.members, client_id: expect.any(String) })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    for (const member of fixture.gets.without ?? []) expect(answer).not.toHaveProperty([member])
    expect(String(answer.scope).split(' ')).toEqual(expect.arrayContaining([...(fixture.gets.scopes ?? [])]))
    expect(Object.entries(answer).filter(([, value]) => value === null || value === '')).toEqual([])
    if (answer.client_secret !== undefined) expect(answer.client_secret_expires_at).toBe(0)
  })

  for (const login of fixture.logins) {
    test(`logs in at ${login.redirectUri} with ${login.scope ?? 'no scope'}`, async () => {
      const client = await register(fixture)
      const session = await logIn(server, client, login)
      expect(session.returned.location.startsWith(login.redirectUri)).toBe(true)
      expect(session.returned.answer.get('iss')).toBe(server.issuer)
      expect(session.tokens.status, JSON.stringify(session.tokens.body)).toBe(200)
      await checkTokens(client, login, session)
      if (login.refresh) await refreshTwiceAtOnce(login, session)
      else expect(session.tokens.body).not.toHaveProperty('refresh_token')
    })
  }

  if (grantsOf(fixture).includes(DEVICE_CODE)) {
    test('logs in by device code (RFC 8628 §3)', async () => {
      const client = await register(fixture)
      const body = new URLSearchParams({ client_id: client.client_id, scope: 'openid' })
      const asked = await fetch(server.metadata.device_authorization_endpoint!, { method: 'POST', body })
      const { device_code, user_code, verification_uri } = (await asked.json()) as Record<string, string>
      expect(await server.person().connectDevice(verification_uri!, user_code!)).toBe('Device connected')
      const parameters = { grant_type: DEVICE_CODE, device_code: device_code! }
      const tokens = await tokenRequest(server, client, { method: 'none' }, parameters)
      expect(tokens.body).toMatchObject({
        token_type: 'Bearer',
        scope: 'openid',
        refresh_token: expect.any(String),
      })
    })
  }

  if (grantsOf(fixture).includes('client_credentials')) {
    test('gets a token for itself (RFC 6749 §4.4)', async () => {
      const parameters = { grant_type: 'client_credentials' }
      const tokens = await tokenRequest(
        server,
        await register(fixture),
        { method: 'client_secret_basic' },
        parameters,
      )
      expect(tokens.body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
      expect(tokens.body).not.toHaveProperty('refresh_token')
    })
  }

  if (fixture.deletes) {
    test('deletes its registration (RFC 7592 §2.3)', async () => {
      const client = await register(fixture)
      const authorization = `Bearer ${client.registration_access_token}`
      const url = String(client.registration_client_uri)
      expect((await fetch(url, { method: 'DELETE', headers: { authorization } })).status).toBe(204)
      expect((await fetch(url, { headers: { authorization } })).status).toBe(401)
    })
  }
})

function grantsOf({ gets }: ClientFixture): readonly JsonValue[] {
  return Array.isArray(gets.members.grant_types) ? gets.members.grant_types : []
}

async function checkTokens(client: Registered, login: Login, session: Session): Promise<void> {
  const {
    access_token: accessToken = '',
    scope = '',
    id_token: idToken = '',
    token_type,
  } = session.tokens.body
  expect(token_type).toBe(login.dpop ? 'DPoP' : 'Bearer')
  if (login.grantedScopes) expect(scope.split(' ')).toEqual(expect.arrayContaining([...login.grantedScopes]))
  // What the server does not know is not granted.
  for (const value of scope.split(' ').filter(Boolean))
    expect(server.metadata.scopes_supported).toContain(value)
  if (login.resource)
    expect(decodeJwt(accessToken)).toMatchObject({ aud: login.resource, iss: server.issuer })
  if (login.idToken) {
    const keys = createRemoteJWKSet(new URL(server.metadata.jwks_uri!))
    const algorithms = [login.idToken]
    const options = { issuer: server.issuer, audience: client.client_id, algorithms }
    const { payload } = await jwtVerify(idToken, keys, options)
    expect(payload.nonce).toBe(login.parameters?.nonce)
  }
  if (login.userinfo) {
    const { status, body } = await session.userinfo(accessToken)
    expect(status).toBe(200)
    expect(body.sub).toBe(decodeJwt(idToken).sub)
    if (scope.split(' ').includes('email')) expect(body.email).toBe('ada@example.org')
  }
}

/** Two requests met a 401 at once, and each refreshes: the client must not lose its session (real client rule 28). */
async function refreshTwiceAtOnce(login: Login, session: Session): Promise<void> {
  const first = session.tokens.body.refresh_token!
  expect(first).toBeTypeOf('string')
  const answers = await Promise.all([session.refresh(first), session.refresh(first)])
  for (const { status, body } of answers) {
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.access_token).not.toBe(session.tokens.body.access_token)
    if (login.resource) expect(decodeJwt(body.access_token!).aud).toBe(login.resource)
  }
  const successors = new Set(answers.map(({ body }) => body.refresh_token ?? first))
  expect(successors.size).toBe(1)
  const [successor] = [...successors]
  if (login.method === 'none') expect(successor).not.toBe(first)
  expect((await session.refresh(successor!)).status).toBe(200)
}

describe.each(REFUSED)('$name', ({ sends, refused }) => {
  test('is told in JSON that it cannot be served (RFC 7591 §3.2.2)', async () => {
    const response = await server.register(sends.body, sends.headers)
    const answer = (await response.json()) as { error: string; problems?: { member: string }[] }
    expect(response.status).toBe(refused.status)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.error).toBe(refused.error)
    const members = (answer.problems ?? []).map(({ member }) => member)
    expect(members).toEqual(expect.arrayContaining([...(refused.members ?? [])]))
    expect(answer).not.toHaveProperty('client_id')
  })
})
