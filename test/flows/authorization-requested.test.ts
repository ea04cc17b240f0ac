import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { createBrowser, exchange, login } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'
import { post, postAs } from './token-request.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = {
  code_challenge: sha256(VERIFIER),
  code_challenge_method: 'S256',
}
const REQUEST = { response_type: 'code', redirect_uri: 'https://client.example/callback', ...CHALLENGE }

describe('a scope that nobody can grant', () => {
  const UNKNOWN = { scope: 'mcp:read mcp:write' }

  it('is invalid_scope at the client, with the values, and opens no interaction (RFC 6749 §4.1.2.1)', async () => {
    const client = await server.register(PUBLIC)
    const browser = createBrowser(server)
    const { location } = await login(server, client, UNKNOWN, browser)
    expect(location.searchParams.get('error')).toBe('invalid_scope')
    expect(location.searchParams.get('error_description')).toContain('mcp:read mcp:write')
    expect(browser.jar.has('clientele_interaction')).toBe(false)
  })

  it('is invalid_scope for a pushed, a device and a client credentials request too', async () => {
    const grant_types = ['authorization_code', 'client_credentials', DEVICE_CODE]
    const client = await server.register({ token_endpoint_auth_method: 'client_secret_basic', grant_types })
    const answers = await Promise.all([
      postAs(server, client, '/par', { ...REQUEST, ...UNKNOWN, client_id: client.id }),
      postAs(server, client, '/device-authorization', UNKNOWN),
      postAs(server, client, '/token', { grant_type: 'client_credentials', ...UNKNOWN }),
    ])
    for (const { status, body } of answers)
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_scope' })
  })

  it('is all that is left of offline_access for a client without the refresh token grant', async () => {
    const client = await server.register({ ...PUBLIC, grant_types: ['authorization_code'] })
    const { location } = await login(server, client, { scope: 'mcp:read offline_access' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })
})

describe('offline_access without prompt=consent (OpenID Connect Core 1.0 §11)', () => {
  it('is granted to a client with the refresh token grant, also alone and also pushed', async () => {
    const client = await server.register(PUBLIC)
    const direct = await exchange(
      server,
      client,
      await login(server, client, { scope: 'mcp:read offline_access' }),
    )
    expect(direct.body).toMatchObject({ scope: 'offline_access', refresh_token: expect.any(String) })

    const pushed = await post(server, '/par', {
      ...REQUEST,
      client_id: client.id,
      scope: 'openid offline_access',
    })
    const query = new URLSearchParams({ client_id: client.id, request_uri: pushed.body.request_uri })
    const { location } = await createBrowser(server).go(`${server.issuer}/authorize?${query}`)
    const code = new URL(location!).searchParams.get('code')!
    const tokens = await post(server, '/token', {
      grant_type: 'authorization_code',
      client_id: client.id,
      redirect_uri: REQUEST.redirect_uri,
      code,
      code_verifier: VERIFIER,
    })
    expect(tokens.body).toMatchObject({ scope: 'openid offline_access' })
  })
})

describe('offline_access that a client has not registered (RFC 7591 §2)', () => {
  it('is left out beside what it has, and invalid_scope alone', async () => {
    const client = await server.register({ ...PUBLIC, scope: 'openid email' })
    const beside = await exchange(
      server,
      client,
      await login(server, client, { scope: 'openid offline_access' }),
    )
    expect(beside.body.scope).toBe('openid')
    const { location } = await login(server, client, { scope: 'mcp:read offline_access' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })
})

describe('prompt (OpenID Connect Core 1.0 §3.1.2.1)', () => {
  it('asks whoever is signed in to sign in again for select_account, and goes on without one', async () => {
    const client = await server.register(PUBLIC)
    const browser = createBrowser(server)
    await login(server, client, {}, browser)
    const before = browser.jar.get('clientele_session')
    const { location } = await login(server, client, { prompt: 'select_account consent' }, browser)
    expect(location.searchParams.get('code')).toBeTruthy()
    // Signing in gives the session another value.
    expect(browser.jar.get('clientele_session')).not.toBe(before)
  })

  it('refuses values that nobody defined, and none beside another', async () => {
    const client = await server.register(PUBLIC)
    for (const prompt of ['select_accounts', 'none select_account']) {
      const { location } = await login(server, client, { prompt })
      expect(location.searchParams.get('error')).toBe('invalid_request')
    }
  })
})

describe('the place of a client secret (RFC 6749 §2.3.1)', () => {
  const SERVICE = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }
  const inBody = (client: { id: string; secret: string }) =>
    post(server, '/token', {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    })

  it('is either one for a client that named no method', async () => {
    const client = await server.register(SERVICE)
    expect((await postAs(server, client, '/token', { grant_type: 'client_credentials' })).status).toBe(200)
    expect((await inBody(client)).status).toBe(200)
  })

  it('is the header where the gate or a software statement fixed client_secret_basic', async () => {
    const fixed = { token_endpoint_auth_method: 'client_secret_basic' }
    const client = await server.register(SERVICE)
    for (const source of [
      { fixed },
      { vouched: { issuer: 'https://trust.example', statement: 'a.b.c', metadata: fixed } },
    ]) {
      const record = (await server.store.findClient(client.id))!
      const bound = { ...client.record, ...source, revision: record.revision + 1 }
      await server.update({ ...bound, revision: record.revision }, {})
      expect((await inBody(client)).body.error).toBe('invalid_client')
      expect((await postAs(server, client, '/token', { grant_type: 'client_credentials' })).status).toBe(200)
    }
  })
})
