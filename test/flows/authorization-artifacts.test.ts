import { describe, expect, it } from 'vitest'
import { isCredential, keyOfCredential, makeCredential } from '../../clientele/src/clients/credential.ts'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { StoreUnavailable } from '../../clientele/src/stores/store.ts'
import { createBrowser, exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer } from './authorization-fixture.ts'
import { post } from './token-request.ts'

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const PUBLIC = {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', DEVICE],
}

describe('what the store keeps of the authorization server', () => {
  it('holds nothing that could be presented (RFC 6819 §5.1.4.1)', async () => {
    const written: string[] = []
    const server = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        saveArtifact(artifact) {
          written.push(JSON.stringify(artifact))
          return store.saveArtifact(artifact)
        },
        consumeArtifact(kind, id, at, payload) {
          written.push(JSON.stringify([kind, id, at, payload]))
          return store.consumeArtifact(kind, id, at, payload)
        },
      }),
    })
    const client = await server.register(PUBLIC)
    const service = await server.register({ grant_types: ['client_credentials'], response_types: [] })
    const browser = createBrowser(server)
    const presented = new Map<string, string>()
    const note = (name: string, value: unknown) => presented.set(name, String(value))

    const pushed = await post(server, '/par', {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      code_challenge: sha256('v'),
      code_challenge_method: 'S256',
    })
    note('request_uri', pushed.body.request_uri.split(':').at(-1))
    const started = await fetch(
      `${server.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request_uri: pushed.body.request_uri })}`,
      { redirect: 'manual' },
    )
    note('interaction', started.headers.get('location')!.split('/').at(-1))
    const ended = await login(server, client, { scope: 'openid' }, browser)
    note('code', ended.location.searchParams.get('code'))
    const { body } = await exchange(server, client, ended)
    note('access token', body.access_token)
    note('refresh token', body.refresh_token)
    note('second refresh token', (await refresh(server, client, body.refresh_token)).body.refresh_token)
    note(
      'own token',
      (await postWith(server, service, '/token', { grant_type: 'client_credentials' })).body.access_token,
    )
    const device = (await post(server, '/device-authorization', { client_id: client.id })).body
    note('device code', device.device_code)
    note('user code', device.user_code.replace('-', ''))
    note('session', browser.jar.get('clientele_session'))

    expect(written.length).toBeGreaterThan(10)
    const all = written.join('\n')
    for (const [name, value] of presented) {
      expect(value.length, name).toBeGreaterThanOrEqual(8)
      expect(all.includes(value), name).toBe(false)
    }
    expect(isCredential(presented.get('code')!, 'cl_code')).toBe(true)
    expect(isCredential(presented.get('session')!, 'cl_ses')).toBe(true)
    expect(server.failures).toEqual([])
    await server.close()
  })

  it('is not asked about noise: a malformed token costs no look-up', async () => {
    const asked: string[] = []
    const server = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        findArtifact(kind, id) {
          asked.push(kind)
          return store.findArtifact(kind, id)
        },
      }),
    })
    const client = await server.register({}, { gate: 'initial_access_token' })
    const real = (
      await postWith(
        server,
        await server.register({ grant_types: ['client_credentials'], response_types: [] }),
        '/token',
        { grant_type: 'client_credentials' },
      )
    ).body.access_token
    for (const token of ['x', 'cl_at_', `${real}x`, real.slice(0, -1), real.replace('cl_ct_', 'cl_at_')]) {
      expect((await postWith(server, client, '/introspect', { token })).body).toEqual({ active: false })
    }
    expect(asked).toEqual([])
    // Well-formed, of the right key, and not the one that was issued.
    expect((await postWith(server, client, '/introspect', { token: real })).body.active).toBe(true)
    const forged = makeCredential('cl_ct', keyOfCredential(real, 'cl_ct'))
    expect((await postWith(server, client, '/introspect', { token: forged })).body).toEqual({ active: false })
    expect(asked).toEqual(['ClientCredentials', 'ClientCredentials'])
    await server.close()
  })

  it('finishes a device flow: code, confirmation, sign-in, token, once (RFC 8628 §3)', async () => {
    const server = await startTestServer()
    const client = await server.register({
      ...PUBLIC,
      grant_types: [DEVICE, 'refresh_token'],
      response_types: [],
      redirect_uris: [],
    })
    const device = (await post(server, '/device-authorization', { client_id: client.id, scope: 'openid' }))
      .body
    const poll = () =>
      postWith(server, client, '/token', { grant_type: DEVICE, device_code: device.device_code })
    expect((await poll()).body.error).toBe('authorization_pending')

    const browser = createBrowser(server)
    const form = async (page: string, more: Record<string, string>) => {
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
      return (
        await browser.go(`${server.issuer}/device`, {
          method: 'POST',
          body: new URLSearchParams({ xsrf, ...more }),
        })
      ).answer.body
    }
    const input = (await browser.go(`${server.issuer}/device`)).answer.body
    const confirm = await form(input, { user_code: device.user_code })
    const done = await form(confirm, { user_code: device.user_code, confirm: 'yes' })
    expect(done).toContain('success')

    const first = await poll()
    expect(first.status).toBe(200)
    expect(first.body.access_token).toMatch(/^cl_at_/)
    expect((await poll()).body.error).toBe('invalid_grant')
    expect(server.failures).toEqual([])
    await server.close()
  })

  it('is asked again when it was away, and the engine calls it that and no fault of its own', async () => {
    const state = { away: false }
    const server = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        async findArtifact(kind, id) {
          if (state.away) throw new StoreUnavailable('gone fishing')
          return store.findArtifact(kind, id)
        },
      }),
    })
    const client = await server.register(PUBLIC)
    const { body } = await exchange(server, client, await login(server, client))
    state.away = true
    const answer = await refresh(server, client, body.refresh_token)
    expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable'])
    state.away = false
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
    expect(server.failures).toEqual([])
    await server.close()
  })
})
