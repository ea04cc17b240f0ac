import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { createBrowser, exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'
import { type Answer, answerOf, type Form } from './token-request.ts'

/** Access token types, PKCE, browser origins and sessions, as each client is registered for them. */
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ capabilities: { scopes: [...BUILT_IN.scopes, 'api:read'] } })
})
afterAll(async () => {
  await server.close()
  expect(server.failures).toEqual([])
})

const BOTH = { grant_types: ['authorization_code', 'refresh_token'] }
const PUBLIC = { ...BOTH, token_endpoint_auth_method: 'none' }
const MACHINE = { grant_types: ['client_credentials'], scope: 'api:read' }
const API = 'https://api.example/'

async function signedIn(metadata: ClientMetadata, params: Form = {}) {
  const client = await server.register(metadata)
  const { body } = await exchange(server, client, await login(server, client, params))
  return { client, body }
}

async function userinfo(token: string, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(
    await fetch(`${server.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}`, ...headers } }),
  )
}

describe('access_token_type', () => {
  it('Jwt: an end-user’s token is a JWT for the default resource where none is named (RFC 9068 §2.2, §3)', async () => {
    const { client, body } = await signedIn({ ...BOTH, access_token_type: 'Jwt' })
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: server.issuer,
      aud: `${server.issuer}/resources`,
      client_id: client.id,
      scope: body.scope,
    })
    const again = await refresh(server, client, body.refresh_token)
    expect(decodeJwt(again.body.access_token)).toMatchObject({ aud: `${server.issuer}/resources` })
  })

  it('Jwt: such a token is for resource servers; what userinfo would say stands in the ID Token (OpenID Connect Core 1.0 §5.4)', async () => {
    const { body } = await signedIn({ ...BOTH, access_token_type: 'Jwt' })
    expect((await userinfo(body.access_token)).status).toBe(401)
    expect(decodeJwt(body.id_token)).toMatchObject({ email: 'ada@people.example' })
  })

  it('Jwt: a client’s own token is one too', async () => {
    const client = await server.register({ ...MACHINE, access_token_type: 'Jwt' })
    const { body } = await postWith(server, client, '/token', { grant_type: 'client_credentials' })
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: client.id,
      aud: `${server.issuer}/resources`,
      scope: 'api:read',
    })
  })

  it('Jwt: a named resource is the audience (RFC 8707 §2)', async () => {
    const client = await server.register({ ...MACHINE, access_token_type: 'Jwt' })
    const { body } = await postWith(server, client, '/token', {
      grant_type: 'client_credentials',
      resource: API,
    })
    expect(decodeJwt(body.access_token).aud).toBe(API)
  })

  it('Reference: a token for a resource is opaque, and introspection says for whom (RFC 7662 §2.2)', async () => {
    const { client, body } = await signedIn({ ...BOTH, access_token_type: 'Reference' }, { resource: API })
    expect(body.access_token).toMatch(/^cl_/)
    const { body: found } = await postWith(server, client, '/introspect', { token: body.access_token })
    expect(found).toMatchObject({ active: true, aud: API, client_id: client.id })
    expect((await userinfo(body.access_token)).status).toBe(401)
  })

  it('Reference: it can be taken back, as a JWT cannot', async () => {
    const { client, body } = await signedIn({ ...BOTH, access_token_type: 'Reference' }, { resource: API })
    const token = body.access_token
    await postWith(server, client, '/revoke', { token })
    expect((await postWith(server, client, '/introspect', { token })).body).toEqual({ active: false })
  })

  it('left out: opaque where no resource is named, a JWT where one is', async () => {
    const opaque = await signedIn(BOTH)
    expect(opaque.body.access_token).toMatch(/^cl_/)
    const jwt = await signedIn(BOTH, { resource: API })
    expect(decodeJwt(jwt.body.access_token).aud).toBe(API)
  })

  it('an update takes effect on the next token (RFC 7592 §2.2)', async () => {
    const { client, body } = await signedIn({ ...BOTH, access_token_type: 'Jwt' })
    await server.update(client.record, { access_token_type: 'Reference' })
    expect((await refresh(server, client, body.refresh_token)).body.access_token).toMatch(/^cl_/)
  })
})

describe('require_pkce', () => {
  const WITHOUT_PKCE = { code_challenge: '', code_challenge_method: '', scope: 'openid', nonce: 'n-1' }

  async function authorize(client: TestClient, params: Form): Promise<URLSearchParams> {
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: client.record.granted.redirect_uris![0]!,
      ...params,
    })
    for (const [name, value] of [...query]) if (value === '') query.delete(name)
    const { location } = await createBrowser(server).go(`${server.issuer}/authorize?${query}`)
    return new URL(location!).searchParams
  }

  it('true: a confidential client cannot send a nonce instead (RFC 9700 §2.1.1)', async () => {
    const client = await server.register({ require_pkce: true })
    expect((await authorize(client, WITHOUT_PKCE)).get('error')).toBe('invalid_request')
  })

  it('left out: it can', async () => {
    const client = await server.register({})
    expect((await authorize(client, WITHOUT_PKCE)).get('code')).toBeTruthy()
  })
})

describe('allowed_cors_origins', () => {
  const APP = 'https://app.example'
  const EVIL = 'https://evil.example'
  const CORS = { ...PUBLIC, allowed_cors_origins: [APP] }
  const ALLOWED = 'access-control-allow-origin'

  async function token(client: TestClient, origin: string, form: Form): Promise<Answer> {
    const body = new URLSearchParams({ client_id: client.id, ...form })
    return answerOf(await fetch(`${server.issuer}/token`, { method: 'POST', headers: { origin }, body }))
  }

  it('the token endpoint answers those origins only, and does nothing for another', async () => {
    const { client, body } = await signedIn(CORS)
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    const refused = await token(client, EVIL, form)
    expect([refused.status, refused.body.error, refused.headers.get(ALLOWED)]).toEqual([
      400,
      'invalid_request',
      null,
    ])
    const { status, headers } = await token(client, APP, form)
    expect([status, headers.get(ALLOWED)]).toEqual([200, APP])
  })

  it.each(['null', 'https://app.example.evil.example', 'http://app.example', 'https://app.example:8443'])(
    'the origin %s is not one of them: compared whole (RFC 6454 §5)',
    async (origin) => {
      const { client, body } = await signedIn(CORS)
      const { status } = await token(client, origin, {
        grant_type: 'refresh_token',
        refresh_token: body.refresh_token,
      })
      expect(status).toBe(400)
    },
  )

  it('so does the userinfo endpoint', async () => {
    const { body } = await signedIn(CORS)
    const refused = await userinfo(body.access_token, { origin: EVIL })
    expect([refused.status, refused.headers.get(ALLOWED)]).toEqual([400, null])
    const { status, headers } = await userinfo(body.access_token, { origin: APP })
    expect([status, headers.get(ALLOWED)]).toEqual([200, APP])
  })

  it('so does the revocation endpoint: a page elsewhere signs nobody out', async () => {
    const { client, body } = await signedIn(CORS)
    const response = await fetch(`${server.issuer}/revoke`, {
      method: 'POST',
      headers: { origin: EVIL },
      body: new URLSearchParams({ client_id: client.id, token: body.refresh_token }),
    })
    expect(response.status).toBe(400)
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })

  it('a program that is no browser sends no origin and is served', async () => {
    const { client, body } = await signedIn(CORS)
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })

  it('an empty list, which a policy writes, is no browser at all', async () => {
    const { client, body } = await signedIn({ ...PUBLIC, allowed_cors_origins: [] })
    const { status } = await token(client, APP, {
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token,
    })
    expect(status).toBe(400)
  })

  it('left out, any origin may call: nothing here reads a cookie', async () => {
    const { client, body } = await signedIn(PUBLIC)
    const { status, headers } = await token(client, EVIL, {
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token,
    })
    expect([status, headers.get(ALLOWED)]).toEqual([200, EVIL])
  })
})

describe('coordinate_lifetime_with_user_session', () => {
  async function signedOut(metadata: ClientMetadata) {
    const client = await server.register(metadata)
    const browser = createBrowser(server)
    const { body } = await exchange(server, client, await login(server, client, {}, browser))
    const { answer } = await browser.go(`${server.issuer}/end-session`)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(String(answer.body))![1]!
    await browser.go(`${server.issuer}/end-session/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    })
    return { client, body }
  }

  it('true: what a client has ends when the end-user signs out here, refresh tokens included', async () => {
    const { client, body } = await signedOut({ ...BOTH, coordinate_lifetime_with_user_session: true })
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
    expect((await userinfo(body.access_token)).status).toBe(401)
  })

  it('left out: a client that may refresh keeps what it has', async () => {
    const { client, body } = await signedOut(BOTH)
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })

  it('false: a client that may not keeps it too; left out, it does not', async () => {
    const kept = await signedOut({ coordinate_lifetime_with_user_session: false })
    expect((await userinfo(kept.body.access_token)).status).toBe(200)
    const ended = await signedOut({})
    expect((await userinfo(ended.body.access_token)).status).toBe(401)
  })
})
