import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine } from '../../clientele/src/authorization/engine.ts'
import { DEFAULT_SETTINGS } from '../../clientele/src/authorization/settings.ts'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import { systemClock } from '../../clientele/src/runtime/clock.ts'
import { createMemoryStore } from '../../clientele/src/stores/memory.ts'
import { createBrowser, exchange, login } from './authorization-code.ts'
import { ACCOUNT, startTestServer, type TestServer } from './authorization-fixture.ts'
import { basic } from './token-request.ts'

describe('what discovery announces works:', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })
  const jwks = () => createRemoteJWKSet(new URL(`${server.issuer}/jwks`))

  it.each(['RSA-OAEP-256', 'ECDH-ES'])(
    'an ID Token encrypted with %s (OpenID Connect Core 1.0 §10.2)',
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg)
      const client = await server.register({
        id_token_encrypted_response_alg: alg,
        id_token_encrypted_response_enc: 'A256GCM',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), use: 'enc' } as never] },
      })
      const { body } = await exchange(server, client, await login(server, client, { scope: 'openid' }))
      const { plaintext } = await compactDecrypt(body.id_token, privateKey)
      const { payload } = await jwtVerify(plaintext, jwks(), { audience: client.id })
      expect(payload.sub).toBe(ACCOUNT)
    },
  )

  it.each(['ES256', 'RS256'])(
    'a userinfo answer signed with %s (OpenID Connect Core 1.0 §5.3.2)',
    async (alg) => {
      const client = await server.register({ userinfo_signed_response_alg: alg })
      const { body } = await exchange(server, client, await login(server, client, { scope: 'openid email' }))
      const answer = await fetch(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      })
      const { payload, protectedHeader } = await jwtVerify(await answer.text(), jwks(), {
        issuer: server.issuer,
        audience: client.id,
      })
      expect([protectedHeader.alg, payload.email]).toEqual([alg, 'ada@people.example'])
    },
  )

  it('an introspection answer as a JWT for those who ask for one (RFC 9701 §4)', async () => {
    const client = await server.register({ introspection_signed_response_alg: 'ES256' })
    const { body } = await exchange(server, client, await login(server, client))
    const answer = await fetch(`${server.issuer}/introspect`, {
      method: 'POST',
      headers: { ...basic(client.id, client.secret), accept: 'application/token-introspection+jwt' },
      body: new URLSearchParams({ token: body.access_token }),
    })
    const { payload } = await jwtVerify(await answer.text(), jwks(), { issuer: server.issuer })
    expect(payload.token_introspection).toMatchObject({ active: true, client_id: client.id })
  })

  it('the response modes query, fragment and form_post', async () => {
    const client = await server.register({})
    const inFragment = await login(server, client, { response_mode: 'fragment' })
    expect(new URLSearchParams(inFragment.location.hash.slice(1)).get('code')).toBeTruthy()
    const browser = createBrowser(server)
    await expect(login(server, client, { response_mode: 'form_post' }, browser)).rejects.toThrow(
      /name="code" value="cl_code_/,
    )
  })

  it('back-channel logout, through the guarded fetch (Back-Channel Logout 1.0 §2.5)', async () => {
    const received: string[] = []
    const receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        received.push(body)
        response.end()
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    const client = await server.register({
      backchannel_logout_uri: `http://127.0.0.1:${port}/bye`,
      backchannel_logout_session_required: true,
    })
    const internal = await server.register({ backchannel_logout_uri: 'https://10.0.0.1/bye' })
    const browser = createBrowser(server)
    await login(server, internal, {}, browser)
    await login(server, client, { scope: 'openid' }, browser)
    const page = (await browser.go(`${server.issuer}/end-session`)).answer.body
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    await browser.go(`${server.issuer}/end-session/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    })
    const logoutToken = new URLSearchParams(received[0]).get('logout_token')!
    const { payload } = await jwtVerify(logoutToken, jwks(), {
      issuer: server.issuer,
      audience: client.id,
      typ: 'logout+jwt',
    })
    expect(payload).toMatchObject({ sub: ACCOUNT, sid: expect.any(String) })
    receiver.closeAllConnections()
    receiver.close()
  })

  it('one set of signing keys, also when two instances start at once', async () => {
    const store = createMemoryStore()
    const deps = {
      issuer: 'https://id.example',
      capabilities: BUILT_IN,
      settings: DEFAULT_SETTINGS,
      store,
      clients: store,
      clock: systemClock,
      sealer: server.sealer,
      fetch: async () => new Response(),
      pages: {} as never,
      findEndUser: async () => undefined,
      onError: () => {},
    }
    await Promise.all([createEngine(deps), createEngine(deps)])
    await createEngine(deps)
    const keys = await store.listSigningKeys()
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
    for (const key of keys) expect(key.publicJwk).not.toHaveProperty('d')
  })
})
