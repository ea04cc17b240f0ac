/** `[registration] require = false`: ids that nobody registered may be used, and what that does and does not open. */
import { createHash, randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Login } from '../fixtures/client-fixture.ts'
import { logIn, type Registered, tokenRequest } from '../harness/client-login.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

const REDIRECT_URI = 'https://app.example.org/cb?x=%2F'
const UNKNOWN = { client_id: 'notes-for-everyone' }
const NEVER_SEEN = 'Never seen before.'

let server: RealServer
beforeAll(async () => {
  server = await startRealServer({ registration: { require: false } })
})
afterAll(() => server.close())

function login(more: Partial<Login> = {}): Login {
  return {
    redirectUri: REDIRECT_URI,
    scope: 'openid email',
    pkce: true,
    method: 'none',
    refresh: false,
    ...more,
  }
}

/** The address of a good authorization request, changed by `more`; an empty text leaves a parameter out. */
function request(more: Readonly<Record<string, string>> = {}, at: RealServer = server): string {
  const query = new URLSearchParams({
    client_id: UNKNOWN.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid email',
    state: 'state-1',
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })
  for (const [name, value] of Object.entries(more)) if (value === '') query.delete(name)
  return `${at.metadata.authorization_endpoint}?${query}`
}

/** Opens the request, signs in where asked to, and answers with the first page after that. */
async function reachConsent(at: RealServer, url = request({}, at)) {
  const person = at.person()
  const signIn = await person.browser.open(url)
  const page = await person.browser.submit(signIn, {
    email: 'ada@example.org',
    password: 'correct horse battery staple',
  })
  return { person, page }
}

describe('a client id that nobody registered', () => {
  test('is used by a public client with PKCE: code, ID Token, userinfo (RFC 6749 §2.4)', async () => {
    const { tokens, userinfo, returned } = await logIn(server, UNKNOWN, login())
    expect(returned.location.startsWith(`${REDIRECT_URI}&code=`)).toBe(true)
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', scope: 'openid email' })
    expect(decodeJwt(tokens.body.id_token!).aud).toBe(UNKNOWN.client_id)
    const user = await userinfo(tokens.body.access_token!)
    expect(user.body.email).toBe('ada@example.org')
  })

  test.each(['http://127.0.0.1:50123/cb', 'http://localhost:3000/', 'http://[::1]:9/x'])(
    'returns to a program on the same device: %s (RFC 8252 §7.3)',
    async (redirectUri) => {
      const { tokens } = await logIn(server, UNKNOWN, login({ redirectUri }))
      expect(tokens.status).toBe(200)
    },
  )

  test.each([
    'http://app.example.org/cb',
    'com.example.app:/cb',
    'cursor://host/cb',
    'javascript://app.example.org/%0aalert(1)',
    'https://app.example.org/cb#x',
    'https://user@app.example.org/cb',
    'http://localhost.evil.example/',
    '/cb',
  ])('never returns to %s (RFC 9700 §2.1)', async (redirect_uri) => {
    const page = await server.person().browser.open(request({ redirect_uri }))
    expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
    expect(page.body).toContain('invalid_redirect_uri')
  })

  test('names its redirect URI in every request', async () => {
    const page = await server.person().browser.open(request({ redirect_uri: '' }))
    expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
  })

  test('gets its code for the very redirect URI of the request, and with the verifier (RFC 6749 §4.1.3)', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const code_challenge = createHash('sha256').update(verifier).digest('base64url')
    const returned = await server.person().authorize(request({ code_challenge }))
    const code = returned.answer.get('code')!
    for (const wrong of [
      { redirect_uri: 'https://app.example.org/cb', code_verifier: verifier },
      { redirect_uri: REDIRECT_URI, code_verifier: 'x'.repeat(43) },
    ]) {
      const { status, body } = await tokenRequest(
        server,
        UNKNOWN,
        { method: 'none' },
        {
          grant_type: 'authorization_code',
          code,
          ...wrong,
        },
      )
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' })
    }
  })

  test('is shown as never seen before at every login, also to somebody who allowed it a minute ago', async () => {
    const { person, page } = await reachConsent(server)
    expect(page.body).toContain(NEVER_SEEN)
    expect(page.body).toContain(UNKNOWN.client_id)
    expect(page.body).toContain('app.example.org')
    await person.browser.submit(page, { decision: 'allow' })
    const again = await person.browser.open(request())
    expect(again.left).toBeUndefined()
    expect(again.body).toContain(NEVER_SEEN)
    expect(again.body).not.toContain('You allowed before')
  })

  test('gets no refresh token, whatever it asks for', async () => {
    const { tokens } = await logIn(
      server,
      UNKNOWN,
      login({ scope: 'openid offline_access', parameters: { prompt: 'consent' } }),
    )
    expect(tokens.body).not.toHaveProperty('refresh_token')
    expect(tokens.body.scope).toBe('openid')
  })

  test.each(['client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'])(
    'has no grant %s (RFC 6749 §5.2)',
    async (grant_type) => {
      const parameters = { grant_type, refresh_token: 'x', device_code: 'x' }
      const { status, body } = await tokenRequest(server, UNKNOWN, { method: 'none' }, parameters)
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'unauthorized_client' })
    },
  )

  test.each(['client_secret_basic', 'client_secret_post'] as const)(
    'has no secret: by %s it is invalid_client (RFC 6749 §5.2)',
    async (method) => {
      const client = { ...UNKNOWN, client_secret: 'x'.repeat(43) }
      const parameters = { grant_type: 'authorization_code', code: 'x', redirect_uri: REDIRECT_URI }
      const { status, body } = await tokenRequest(server, client, { method }, parameters)
      expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' })
    },
  )

  test('may push its request (RFC 9126), and it is read as any other', async () => {
    const body = new URLSearchParams(new URL(request()).search)
    const pushed = await fetch(server.metadata.pushed_authorization_request_endpoint!, {
      method: 'POST',
      body,
    })
    const { request_uri } = (await pushed.json()) as { request_uri: string }
    const query = new URLSearchParams({ client_id: UNKNOWN.client_id, request_uri })
    const { page } = await reachConsent(server, `${server.metadata.authorization_endpoint}?${query}`)
    expect(page.body).toContain(NEVER_SEEN)
  })
})

describe('no browser is sent to an unregistered client before its user agreed (RFC 9700 §4.11.2)', () => {
  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['with PKCE plain', { code_challenge_method: 'plain' }],
    ['without response_type', { response_type: '' }],
    ['with prompt=none', { prompt: 'none' }],
    ['with an unknown scope', { scope: 'mcp:read' }],
    ['as a fragment', { prompt: 'none', response_mode: 'fragment' }],
    ['as a form', { prompt: 'none', response_mode: 'form_post' }],
  ])('an error ends at our page: %s', async (_, more) => {
    const page = await server.person().browser.open(request(more))
    expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
    expect(page.body).not.toContain('<form')
  })

  test('saying no ends at our page too', async () => {
    const { person, page } = await reachConsent(server)
    const end = await person.browser.submit(page, { decision: 'deny' })
    expect(end.left).toBeUndefined()
    expect(end.body).toContain('Nothing was allowed')
  })
})

describe('what stays closed', () => {
  test('an id of the server’s own form is registered or dead (RFC 7592 §2.3)', async () => {
    const registered = (await (
      await server.register({ token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT_URI] })
    ).json()) as Registered & { registration_client_uri: string; registration_access_token: string }
    const { tokens, userinfo } = await logIn(server, registered, login())
    const authorization = `Bearer ${registered.registration_access_token}`
    await fetch(registered.registration_client_uri, { method: 'DELETE', headers: { authorization } })
    for (const client_id of [registered.client_id, registered.client_id.toUpperCase()]) {
      const page = await server.person().browser.open(request({ client_id }))
      expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
    }
    expect((await userinfo(tokens.body.access_token!)).status).toBe(401)
    const { status, body } = await tokenRequest(
      server,
      registered,
      { method: 'none' },
      {
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: REDIRECT_URI,
      },
    )
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' })
  })

  test.each([
    ['a secret of ours', `cl_sec_${'x'.repeat(49)}`],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
    ['the address of a metadata document', 'https://claude.ai/client.json'],
    ['something unprintable', 'notes\u202e'],
  ])('%s is no client id', async (_, client_id) => {
    const page = await server.person().browser.open(request({ client_id }))
    expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
    expect(page.body).not.toContain(client_id)
  })

  test('a registered client is held to its registration as ever', async () => {
    const body = { token_endpoint_auth_method: 'none', redirect_uris: ['https://registered.example/cb'] }
    const { client_id } = (await (await server.register(body)).json()) as Registered
    const page = await server.person().browser.open(request({ client_id }))
    expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined })
  })

  test('nobody manages what nobody registered (RFC 7592 §2)', async () => {
    const answer = await fetch(`${server.issuer}/register/${UNKNOWN.client_id}`, {
      headers: { authorization: 'Bearer x' },
    })
    expect(answer.status).toBe(401)
  })

  test('by default such an id is no client at all (RFC 6749 §2.4)', async () => {
    const closed = await startRealServer()
    try {
      const page = await closed.person().browser.open(request({}, closed))
      expect(page.status).toBe(400)
      expect(page.body).toContain('not known here')
    } finally {
      await closed.close()
    }
  })
})

test('refresh tokens, where the operator gives them, rotate as for any public client (RFC 9700 §2.2.2)', async () => {
  const generous = await startRealServer({
    registration: { require: false },
    unregistered: { refresh_tokens: true },
  })
  try {
    const { tokens, refresh } = await logIn(generous, UNKNOWN, login({ scope: 'openid offline_access' }))
    const again = await refresh(tokens.body.refresh_token!)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).not.toBe(tokens.body.refresh_token)
  } finally {
    await generous.close()
  }
})
