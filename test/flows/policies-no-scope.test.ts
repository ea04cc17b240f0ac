import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import { exchange, login, refresh } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'
import { postAs } from './token-request.ts'

/** A policy may give a client no scope at all: the empty text, which must not come to mean the default or everything. */
describe('a client to which a policy gave no scope', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  it('gets a token without one for itself, and none with one (RFC 6749 §3.3)', async () => {
    const service = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: '' }
    const client = await server.register(service)
    const { status, body } = await postAs(server, client, '/token', { grant_type: 'client_credentials' })
    expect([status, body.scope ?? '']).toEqual([200, ''])
    const refused = await postAs(server, client, '/token', {
      grant_type: 'client_credentials',
      scope: 'email',
    })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope'])
  })

  it('can ask nobody for one', async () => {
    const client = await server.register({ grant_types: ['authorization_code', DEVICE_CODE], scope: '' })
    const { location } = await login(server, client, { scope: 'openid email' })
    expect(location.searchParams.get('error')).toBe('invalid_scope')
    const device = await postAs(server, client, '/device-authorization', { scope: 'openid' })
    expect(device.body.error).toBe('invalid_scope')
  })

  it('gets nothing for naming none: there is nothing to consent to', async () => {
    const client = await server.register({ grant_types: ['authorization_code'], scope: '' })
    for (const params of [{}, { scope: '' }]) {
      const { location } = await login(server, client, params)
      expect(location.searchParams.get('error')).toBe('access_denied')
      expect(location.searchParams.has('code')).toBe(false)
    }
  })

  it('loses at its next refresh what it had before (RFC 6749 §6)', async () => {
    const metadata = { grant_types: ['authorization_code', 'refresh_token'] }
    const client = await server.register({ ...metadata, scope: 'openid email offline_access' })
    const tokens = await exchange(
      server,
      client,
      await login(server, client, { scope: 'openid email offline_access' }),
    )
    expect(tokens.body.refresh_token).toBeDefined()
    await server.update(client.record, { ...metadata, scope: '' })
    const refreshed = await refresh(server, client, tokens.body.refresh_token)
    expect(refreshed.body.error).toBe('invalid_scope')
  })
})
