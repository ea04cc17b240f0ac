import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { login, postWith } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'
import { basic, post, postAs } from './token-request.ts'

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const FOR_ITSELF = { grant_type: 'client_credentials' }

describe('the token endpoint', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      capabilities: { scopes: ['openid', 'offline_access', 'profile', 'email', 'read', 'write'] },
    })
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  it.each(['client_secret_basic', 'client_secret_post'])(
    'issues a token to a client of %s (TOK-01, TOK-04)',
    async (method) => {
      const client = await server.register({ ...SERVICE, token_endpoint_auth_method: method })
      const answer = await postWith(server, client, '/token', FOR_ITSELF)
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
      expect(answer.body.access_token).toMatch(/^cl_ct_/)
      expect(answer.body).not.toHaveProperty('refresh_token')
      expect(answer.headers.get('cache-control')).toBe('no-store')
    },
  )

  it('binds a client to the method that it registered (TOK-03, TOK-06)', async () => {
    const byHeader = await server.register({ ...SERVICE, token_endpoint_auth_method: 'client_secret_basic' })
    const byForm = await server.register({ ...SERVICE, token_endpoint_auth_method: 'client_secret_post' })
    const inForm = { ...FOR_ITSELF, client_id: byHeader.id, client_secret: byHeader.secret }
    expect((await post(server, '/token', inForm)).body.error).toBe('invalid_client')
    expect((await postAs(server, byForm, '/token', FOR_ITSELF)).body.error).toBe('invalid_client')
    expect((await post(server, '/token', { ...FOR_ITSELF, client_id: byForm.id })).body.error).toBe(
      'invalid_client',
    )
  })

  it('answers failed HTTP Basic with 401 and a Basic challenge (RFC 6749 §5.2)', async () => {
    const client = await server.register(SERVICE)
    for (const headers of [basic(client.id, 'wrong'), basic('nobody', client.secret)]) {
      const answer = await post(server, '/token', FOR_ITSELF, headers)
      expect(answer.status).toBe(401)
      expect(answer.body.error).toBe('invalid_client')
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    }
  })

  it('takes no other secret, not even the stored hash (TOK-07)', async () => {
    const client = await server.register(SERVICE)
    const other = await server.register(SERVICE)
    for (const secret of [
      other.secret,
      client.record.secrets[0]!.hash,
      client.record.secrets[0]!.sealed,
      '',
    ]) {
      const answer = await post(server, '/token', FOR_ITSELF, basic(client.id, secret))
      expect(answer.body.error, secret).toMatch(/^invalid_(client|request)$/)
      expect(answer.body).not.toHaveProperty('access_token')
    }
  })

  it('refuses a secret after client_secret_expires_at (RFC 7591 §3.2.1)', async () => {
    const now = Math.floor(Date.now() / 1000)
    const expired = await server.register(SERVICE, { secretExpiresAt: now - 1 })
    const valid = await server.register(SERVICE, { secretExpiresAt: now + 60 })
    const answer = await postAs(server, expired, '/token', FOR_ITSELF)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    expect((await postAs(server, valid, '/token', FOR_ITSELF)).status).toBe(200)
  })

  it('takes every secret of a client that has not expired', async () => {
    const client = await server.register(SERVICE)
    const other = await server.register(SERVICE)
    await server.store.replaceClient(
      { ...client.record, revision: 2, secrets: [...other.record.secrets, ...client.record.secrets] },
      { audit: { action: 'client.updated', at: 0, subject: client.id, actor: 'test' } },
    )
    for (const secret of [client.secret, other.secret]) {
      expect((await post(server, '/token', FOR_ITSELF, basic(client.id, secret))).status).toBe(200)
    }
  })

  it('gives a public client nothing for itself, whatever it registered (RFC 6749 §4.4)', async () => {
    const client = await server.register({ ...SERVICE, token_endpoint_auth_method: 'none' })
    const answer = await post(server, '/token', { ...FOR_ITSELF, client_id: client.id })
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
  })

  it('answers an unregistered grant with unauthorized_client (TOK-40)', async () => {
    const client = await server.register({ grant_types: ['authorization_code'] })
    for (const form of [FOR_ITSELF, { grant_type: 'refresh_token', refresh_token: 'x' }]) {
      const answer = await postAs(server, client, '/token', form)
      expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
    }
  })

  it.each(['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'nonsense'])(
    'does not know the grant %s (TOK-41)',
    async (grant_type) => {
      const client = await server.register(SERVICE)
      const answer = await postAs(server, client, '/token', { grant_type })
      expect([answer.status, answer.body.error]).toEqual([400, 'unsupported_grant_type'])
    },
  )

  it('holds a client to its registered scope (TOK-44)', async () => {
    const client = await server.register({ ...SERVICE, scope: 'openid read' })
    const scoped = (scope: string) => postAs(server, client, '/token', { ...FOR_ITSELF, scope })
    expect((await scoped('read')).body.scope).toBe('read')
    expect((await scoped('write')).body.error).toBe('invalid_scope')
    expect((await scoped('read write')).body.error).toBe('invalid_scope')
    // RFC 6749 §3.3: without a scope, what is registered, as far as it makes sense without an end-user.
    expect((await postAs(server, client, '/token', FOR_ITSELF)).body.scope).toBe('read')
  })

  it('takes a client with an empty scope for one that may have none', async () => {
    const client = await server.register({ ...SERVICE, scope: '' })
    expect((await postAs(server, client, '/token', { ...FOR_ITSELF, scope: 'write' })).body.error).toBe(
      'invalid_scope',
    )
  })

  it('obeys a change and a deletion at the very next request (TOK-48, DL-04)', async () => {
    const client = await server.register({ ...SERVICE, scope: 'read write' })
    const scoped = { ...FOR_ITSELF, scope: 'write' }
    expect((await postAs(server, client, '/token', scoped)).status).toBe(200)
    const changed = await server.update(client.record, { scope: 'read' })
    expect((await postAs(server, client, '/token', scoped)).body.error).toBe('invalid_scope')
    await server.update(changed, { grant_types: ['authorization_code'] })
    expect((await postAs(server, client, '/token', scoped)).body.error).toBe('unauthorized_client')
    await server.remove(client.id)
    const answer = await postAs(server, client, '/token', scoped)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })

  it('demands a DPoP proof of a client with dpop_bound_access_tokens (RFC 9449 §5.2)', async () => {
    const client = await server.register({ ...SERVICE, dpop_bound_access_tokens: true })
    const answer = await postAs(server, client, '/token', FOR_ITSELF)
    expect(answer.status).toBe(400)
    expect(answer.body).not.toHaveProperty('access_token')
  })

  it('answers other methods with 405 and Allow (RFC 9110 §15.5.6)', async () => {
    for (const [path, method, allow] of [
      ['/token', 'GET', 'POST, OPTIONS'],
      ['/jwks', 'POST', 'GET, HEAD, OPTIONS'],
      ['/authorize', 'OPTIONS', 'GET, HEAD, POST'],
      ['/introspect', 'DELETE', 'POST, OPTIONS'],
    ] as const) {
      const response = await fetch(server.issuer + path, { method })
      expect([response.status, response.headers.get('allow')], path).toEqual([405, allow])
    }
    expect((await fetch(`${server.issuer}/nowhere`)).status).toBe(404)
  })

  it('speaks JSON to programs, also to those that prefer a page (TOK-50)', async () => {
    for (const path of ['/token', '/par', '/introspect', '/revoke', '/device-authorization', '/userinfo']) {
      const answer = await post(server, path, { client_id: 'nobody' }, { accept: 'text/html,*/*;q=0.1' })
      expect(answer.headers.get('content-type'), path).toContain('application/json')
      expect(answer.body.error, path).toBeTypeOf('string')
    }
  })

  it('lets browsers of any origin call what takes no cookie, preflight included (CORS-01)', async () => {
    const origin = 'https://app.example'
    for (const [path, method] of [
      ['/token', 'POST'],
      ['/par', 'POST'],
      ['/revoke', 'POST'],
      ['/introspect', 'POST'],
      ['/userinfo', 'GET'],
      ['/jwks', 'GET'],
      ['/device-authorization', 'POST'],
    ] as const) {
      const preflight = await fetch(server.issuer + path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization',
        },
      })
      expect(preflight.status, path).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
      expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization')
      expect(preflight.headers.has('access-control-allow-credentials')).toBe(false)
    }
    const client = await server.register(SERVICE)
    const answer = await post(server, '/token', FOR_ITSELF, { ...basic(client.id, client.secret), origin })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin])
  })

  it('tells the log which client a request was about, also when it is refused', async () => {
    const client = await server.register(SERVICE)
    await postAs(server, client, '/token', FOR_ITSELF)
    expect(server.facts.at(-1)?.clientId).toBe(client.id)
    await post(server, '/token', FOR_ITSELF, basic(client.id, 'wrong'))
    expect(server.facts.at(-1)?.clientId).toBe(client.id)
    await post(server, '/token', FOR_ITSELF, basic('nobody', 'x'))
    expect(server.facts.at(-1)).not.toHaveProperty('clientId')
  })

  it('never supports CORS at the authorization endpoint (AZ-11)', async () => {
    const client = await server.register({})
    const response = await fetch(`${server.issuer}/authorize?client_id=${client.id}`, {
      redirect: 'manual',
      headers: { origin: 'https://app.example' },
    })
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('answers 503 and not 500 while the store is away', async () => {
    const away = await startTestServer()
    const client = await away.register(SERVICE)
    await away.store.close()
    const answer = await postAs(away, client, '/token', FOR_ITSELF)
    expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable'])
    await away.close()
  })

  it('issues a JWT for one resource, and none for something that is no resource (RFC 8707 §2, RFC 9068)', async () => {
    const client = await server.register({ ...SERVICE, scope: 'read' })
    const resource = 'https://mcp.example/tools'
    const { body } = await postAs(server, client, '/token', { ...FOR_ITSELF, resource })
    const [header, claims] = body.access_token
      .split('.')
      .map((part: string) => Buffer.from(part, 'base64url').toString())
    expect(JSON.parse(header)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(JSON.parse(claims)).toMatchObject({
      iss: server.issuer,
      aud: resource,
      client_id: client.id,
      scope: 'read',
    })
    for (const wrong of ['not a url', 'https://mcp.example/#x', 'javascript:alert(1)']) {
      expect((await postAs(server, client, '/token', { ...FOR_ITSELF, resource: wrong })).body.error).toBe(
        'invalid_target',
      )
    }
  })

  it('forgets nothing that it needs: a code of another client is worth nothing (AZ-20)', async () => {
    const [mine, other] = [await server.register({}), await server.register({})]
    const { location, verifier, redirectUri } = await login(server, mine)
    const code = location.searchParams.get('code')!
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }
    expect((await postAs(server, other, '/token', form)).body.error).toBe('invalid_grant')
  })
})
