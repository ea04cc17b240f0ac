import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN, DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { createBrowser, exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'
import { basic, type Form, post, postAs } from './token-request.ts'

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const FOR_ITSELF = { grant_type: 'client_credentials' }
const DEVICE = { grant_types: [DEVICE_CODE], response_types: [], redirect_uris: [] }
const TOO_LONG = `email ${'x'.repeat(4096)}`

/** RFC 6749 §3.3: what is granted is asked for, registered and supported, all three; the answer says what that is. */
describe('the scope of a token', () => {
  let server: TestServer
  beforeAll(async () => {
    // `reports` was supported once: there are clients that registered it.
    server = await startTestServer({ capabilities: { scopes: [...BUILT_IN.scopes, 'read', 'write'] } })
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  async function introspected(client: TestClient, token: string): Promise<string | undefined> {
    return (await postWith(server, client, '/introspect', { token })).body.scope
  }
  const forItself = (client: TestClient, form: Form) =>
    postAs(server, client, '/token', { ...FOR_ITSELF, ...form })

  it('that a client gets for itself holds no value that this server does not know (RFC 6749 §4.4)', async () => {
    const client = await server.register({ ...SERVICE, scope: 'email' })
    const { status, body } = await forItself(client, { scope: 'email admin payments:write' })
    expect([status, body.scope]).toEqual([200, 'email'])
    expect(await introspected(client, body.access_token)).toBe('email')
    expect((await forItself(client, { scope: 'admin payments:write' })).body.error).toBe('invalid_scope')
  })

  it('holds none that is registered and was withdrawn by the operator, asked for or not', async () => {
    const client = await server.register({ ...SERVICE, scope: 'read reports' })
    for (const form of [{ scope: 'read reports' }, {}] as Form[]) {
      const { body } = await forItself(client, form)
      expect(body.scope).toBe('read')
      expect(await introspected(client, body.access_token)).toBe('read')
    }
    expect((await forItself(client, { scope: 'reports' })).body.error).toBe('invalid_scope')
    const { body } = await forItself(client, { scope: 'read reports', resource: 'https://api.example/' })
    expect(JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).scope).toBe(
      'read',
    )
  })

  it('of a login is narrowed to what is registered, also of a pushed request (RFC 9126 §2)', async () => {
    const client = await server.register({ scope: 'openid read reports' })
    const scope = 'openid read write admin reports'
    const direct = await exchange(server, client, await login(server, client, { scope }))
    expect(direct.body.scope).toBe('openid read')
    const verifier = 'v'.repeat(43)
    const redirect_uri = 'https://client.example/callback'
    const pushed = await postAs(server, client, '/par', {
      client_id: client.id,
      response_type: 'code',
      redirect_uri,
      scope,
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
    })
    const query = new URLSearchParams({ client_id: client.id, request_uri: pushed.body.request_uri })
    const { location } = await createBrowser(server).go(`${server.issuer}/authorize?${query}`)
    const form = { grant_type: 'authorization_code', redirect_uri, code_verifier: verifier }
    const code = new URL(location!).searchParams.get('code')!
    expect((await postAs(server, client, '/token', { ...form, code })).body.scope).toBe('openid read')
  })

  it('of a login of which nothing is registered is invalid_scope (RFC 6749 §4.1.2.1)', async () => {
    const client = await server.register({ scope: 'openid read' })
    const { location } = await login(server, client, { scope: 'write admin' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })

  it('of a device is narrowed, or invalid_scope when nothing is left (RFC 8628 §3.1)', async () => {
    const client = await server.register({ ...DEVICE, scope: 'openid read reports' })
    const ask = (scope: string) => postAs(server, client, '/device-authorization', { scope })
    const { body: device } = await ask('openid write admin reports')
    const browser = createBrowser(server)
    const send = async (page: string, more: Form) => {
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
      const body = new URLSearchParams({ xsrf, user_code: device.user_code, ...more })
      return (await browser.go(`${server.issuer}/device`, { method: 'POST', body })).answer.body
    }
    const confirm = await send((await browser.go(`${server.issuer}/device`)).answer.body, {})
    expect(await send(confirm, { confirm: 'yes' })).toContain('success')
    const form = { grant_type: DEVICE_CODE, device_code: device.device_code }
    const { body } = await postAs(server, client, '/token', form)
    expect(body.scope).toBe('openid')
    expect(await introspected(client, body.access_token)).toBe('openid')
    for (const scope of ['write', 'reports', 'admin'])
      expect((await ask(scope)).body.error, scope).toBe('invalid_scope')
  })

  it('of a code is invalid_scope when the client lost all of it meanwhile (RFC 7592 §2.2)', async () => {
    const client = await server.register({ scope: 'openid email' })
    const ended = await login(server, client, { scope: 'email' })
    await server.update(client.record, { scope: 'openid' })
    const { status, body } = await exchange(server, client, ended)
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  it('has a bound wherever it is asked for, and the error does not repeat it', async () => {
    const client = await server.register({
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE],
    })
    const { body } = await exchange(server, client, await login(server, client))
    const code = { response_type: 'code', redirect_uri: 'https://client.example/callback' }
    const answers = [
      await forItself(client, { scope: TOO_LONG }),
      await postAs(server, client, '/device-authorization', { scope: TOO_LONG }),
      await postAs(server, client, '/par', { ...code, scope: TOO_LONG }),
      await refresh(server, client, body.refresh_token, { scope: TOO_LONG }),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_scope'])
      expect(answer.body.error_description).toContain('4096')
      expect(JSON.stringify(answer.body).length).toBeLessThan(500)
    }
    const { location } = await login(server, client, { scope: TOO_LONG })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
  })

  it('is told to a client that proved itself, and to nobody who guesses (RFC 6749 §5.2)', async () => {
    const client = await server.register({ ...SERVICE, scope: 'read' })
    for (const scope of ['read', 'write', 'unknown']) {
      const answer = await post(server, '/token', { ...FOR_ITSELF, scope }, basic(client.id, 'wrong'))
      expect([answer.status, answer.body.error], scope).toEqual([401, 'invalid_client'])
    }
  })
})
