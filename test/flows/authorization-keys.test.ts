import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { secretContext } from '../../clientele/src/clients/secrets.ts'
import { createBrowser, exchange, login, postWith } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'
import { basic, post } from './token-request.ts'

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
type Key = Parameters<SignJWT['sign']>[0]

describe('keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  function assertion(client: TestClient, key: Key, alg: string, claims: Record<string, unknown> = {}) {
    const payload = {
      iss: client.id,
      sub: client.id,
      aud: server.issuer,
      jti: crypto.randomUUID(),
      ...claims,
    }
    const jwt = new SignJWT(payload).setProtectedHeader({ alg }).setIssuedAt()
    return (claims.exp === undefined ? jwt.setExpirationTime('1m') : jwt).sign(key)
  }
  const tokenWith = async (client_assertion: string) =>
    post(server, '/token', {
      grant_type: 'client_credentials',
      client_assertion,
      client_assertion_type: ASSERTION_TYPE,
    })

  it('of clients authenticate them with private_key_jwt, an assertion once (RFC 7523 §3, TOK-20..25)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const client = await server.register({
      ...SERVICE,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...(await exportJWK(publicKey)) } as never] },
    })
    const jwt = await assertion(client, privateKey, 'ES256')
    const [first, twin] = await Promise.all([tokenWith(jwt), tokenWith(jwt)])
    expect([first.status, twin.status].sort()).toEqual([200, 401])
    expect((await tokenWith(jwt)).body.error).toBe('invalid_client')
    expect(
      (await tokenWith(await assertion(client, privateKey, 'ES256', { aud: `${server.issuer}/token` })))
        .status,
    ).toBe(200)
    const now = Math.floor(Date.now() / 1000)
    for (const claims of [
      { aud: 'https://other.example' },
      { iss: 'other' },
      { exp: now - 60 },
      { exp: now + 10 * 365 * 86_400 },
    ]) {
      expect(
        (await tokenWith(await assertion(client, privateKey, 'ES256', claims))).body.error,
        JSON.stringify(claims),
      ).toBe('invalid_client')
    }
    const stranger = await generateKeyPair('ES256')
    expect((await tokenWith(await assertion(client, stranger.privateKey, 'ES256'))).status).toBe(401)
    const rsa = await generateKeyPair('RS256')
    expect((await tokenWith(await assertion(client, rsa.privateKey, 'RS256'))).status).toBe(401)
  })

  it('of clients are fetched from jwks_uri through the guard (NC-10)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const keys = { keys: [await exportJWK(publicKey)] }
    let asked = 0
    const elsewhere: Server = createServer((_request, response) => {
      asked++
      response.setHeader('content-type', 'application/json').end(JSON.stringify(keys))
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const { port } = elsewhere.address() as AddressInfo
    const method = { ...SERVICE, token_endpoint_auth_method: 'private_key_jwt' }
    const near = await server.register({ ...method, jwks_uri: `http://127.0.0.1:${port}/jwks` })
    expect((await tokenWith(await assertion(near, privateKey, 'ES256'))).status).toBe(200)
    expect(asked).toBe(1)
    const inside = await server.register({ ...method, jwks_uri: 'https://10.0.0.1/jwks' })
    const refused = await tokenWith(await assertion(inside, privateKey, 'ES256'))
    expect([refused.status, refused.body]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'client authentication failed' },
    ])
    elsewhere.closeAllConnections()
    elsewhere.close()
  })

  it('made of a secret authenticate client_secret_jwt, and the plain secret does not (RFC 7591 §2)', async () => {
    const client = await server.register({
      ...SERVICE,
      token_endpoint_auth_method: 'client_secret_jwt',
      token_endpoint_auth_signing_alg: 'HS256',
    })
    const key = new TextEncoder().encode(client.secret)
    expect((await tokenWith(await assertion(client, key, 'HS256'))).status).toBe(200)
    for (const wrong of [client.record.secrets[0]!.hash, 'x'.repeat(64)]) {
      expect(
        (await tokenWith(await assertion(client, new TextEncoder().encode(wrong), 'HS256'))).status,
      ).toBe(401)
    }
    expect(
      (
        await post(server, '/token', {
          grant_type: 'client_credentials',
          client_id: client.id,
          client_secret: client.secret,
        })
      ).status,
    ).toBe(401)
    const expired = await server.register({ ...client.record.granted }, { secretExpiresAt: 1 })
    expect(
      (await tokenWith(await assertion(expired, new TextEncoder().encode(expired.secret), 'HS256'))).status,
    ).toBe(401)
  })

  it('made of a secret end with it, also for a client that was served a moment ago', async () => {
    const secretExpiresAt = Math.floor(Date.now() / 1000) + 60
    const jwtClient = await server.register(
      { ...SERVICE, token_endpoint_auth_method: 'client_secret_jwt' },
      { secretExpiresAt },
    )
    const basicClient = await server.register(SERVICE, { secretExpiresAt })
    const both = async () => [
      (await tokenWith(await assertion(jwtClient, new TextEncoder().encode(jwtClient.secret), 'HS256')))
        .status,
      (await postWith(server, basicClient, '/token', { grant_type: 'client_credentials' })).status,
    ]
    expect(await both()).toEqual([200, 200])
    vi.useFakeTimers({ toFake: ['Date'], now: (secretExpiresAt + 1) * 1000 })
    expect(await both()).toEqual([401, 401])
    vi.useRealTimers()
  })

  it('made of a secret that has expired are no keys, also while another secret lives on', async () => {
    const now = Math.floor(Date.now() / 1000)
    const method = { ...SERVICE, token_endpoint_auth_method: 'client_secret_jwt' }
    const [client, lender] = [await server.register(method), await server.register(SERVICE)]
    const newest = {
      hash: 'unused',
      sealed: server.sealer.seal('s'.repeat(43), secretContext(client.id)),
      createdAt: now,
      expiresAt: now + 60,
    }
    const audit = { action: 'client.updated', at: now, subject: client.id, actor: 'test' } as const
    await server.store.replaceClient(
      { ...client.record, revision: 2, secrets: [newest, ...client.record.secrets] },
      { audit },
    )
    const signed = async (secret: string) =>
      (await tokenWith(await assertion(client, new TextEncoder().encode(secret), 'HS256'))).status
    expect(await signed('s'.repeat(43))).toBe(200)
    // The same of secrets that are compared.
    const expired = { ...client.record.secrets[0]!, expiresAt: now - 1 }
    await server.store.replaceClient(
      { ...lender.record, revision: 2, secrets: [expired, ...lender.record.secrets] },
      { audit },
    )
    expect(
      (await post(server, '/token', { grant_type: 'client_credentials' }, basic(lender.id, client.secret)))
        .status,
    ).toBe(401)
    expect(
      (await post(server, '/token', { grant_type: 'client_credentials' }, basic(lender.id, lender.secret)))
        .status,
    ).toBe(200)

    vi.useFakeTimers({ toFake: ['Date'], now: (now + 61) * 1000 })
    expect([await signed('s'.repeat(43)), await signed(client.secret)]).toEqual([401, 200])
    vi.useRealTimers()
  })

  it('are not asked twice about one jti, whoever comes first (RFC 7523 §3, RFC 9449 §11.1)', async () => {
    const { ReplayDetection } = server.engine.provider as unknown as {
      ReplayDetection: { unique(issuer: string, jti: string, exp: number): Promise<boolean> }
    }
    const exp = Math.floor(Date.now() / 1000) + 60
    const ask = (jti: string) => ReplayDetection.unique('client', jti, exp)
    expect((await Promise.all([ask('a'), ask('a'), ask('a')])).filter(Boolean)).toEqual([true])
    expect(await Promise.all([ask('b'), ask('c'), ask('a')])).toEqual([true, true, false])
  })

  it('are never made of what stands in for a hashed secret', async () => {
    for (const token_endpoint_auth_method of ['client_secret_basic', 'client_secret_post']) {
      const client = await server.register({ token_endpoint_auth_method })
      const engineClient = (await server.engine.provider.Client.find(client.id))!
      const { symmetricKeyStore, clientSecret } = engineClient as unknown as {
        symmetricKeyStore: Iterable<unknown>
        clientSecret: string
      }
      expect([...symmetricKeyStore]).toEqual([])
      expect([client.secret, client.record.secrets[0]!.hash]).not.toContain(clientSecret)
      for (const secret of [client.secret, client.record.secrets[0]!.hash, clientSecret]) {
        const request = await new SignJWT({
          iss: client.id,
          aud: server.issuer,
          client_id: client.id,
          response_type: 'code',
        })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(secret))
        const { location } = await createBrowser(server).go(
          `${server.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request, redirect_uri: 'https://client.example/callback', response_type: 'code' })}`,
        )
        expect(new URL(location!).searchParams.get('error')).toBe('invalid_request_object')
      }
    }
  })

  it('of clients sign the requests of those that require it (RFC 9101 §10.5, AZ-10)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const client = await server.register({
      require_signed_request_object: true,
      request_object_signing_alg: 'ES256',
      jwks: { keys: [(await exportJWK(publicKey)) as never] },
    })
    expect((await login(server, client)).location.searchParams.get('error')).toBe('invalid_request')
    const claims = {
      iss: client.id,
      aud: server.issuer,
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      nonce: 'n',
      scope: 'openid',
    }
    const sign = (key: Key) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).setIssuedAt().sign(key)
    const go = async (request: string) =>
      new URL(
        (
          await createBrowser(server).go(
            `${server.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request })}`,
          )
        ).location ?? 'x:none',
      )
    expect((await go(await sign(privateKey))).searchParams.get('code')).toBeTruthy()
    const stranger = await generateKeyPair('ES256')
    expect((await go(await sign(stranger.privateKey))).searchParams.has('code')).toBe(false)
  })

  it('of ours sign ID Tokens with the algorithm that the client registered, ES256 or RS256', async () => {
    const jwks = createRemoteJWKSet(new URL(`${server.issuer}/jwks`))
    for (const alg of ['ES256', 'RS256']) {
      const client = await server.register({ id_token_signed_response_alg: alg })
      const { body } = await exchange(server, client, await login(server, client, { scope: 'openid' }))
      const { protectedHeader, payload } = await jwtVerify(body.id_token, jwks, {
        issuer: server.issuer,
        audience: client.id,
      })
      expect(protectedHeader.alg).toBe(alg)
      // Claims of a scope are fetched with the access token (OpenID Connect Core 1.0 §5.4).
      expect(payload).not.toHaveProperty('email')
    }
  })

  it('of ours are published without their private half (MD-15)', async () => {
    const { keys } = (await (await fetch(`${server.issuer}/jwks`)).json()) as {
      keys: Record<string, string>[]
    }
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
    for (const key of keys) {
      expect(key.use).toBe('sig')
      expect(key.kid).toMatch(/^[\w-]{43}$/)
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(member)
    }
  })

  it('of ours change without a dropped request, and old signatures stay verifiable (OpenID Connect Core 1.0 §10.1.1)', async () => {
    const own = await startTestServer()
    const client = await own.register({ id_token_signed_response_alg: 'ES256' })
    const service = await own.register(SERVICE)
    const browser = createBrowser(own)
    const before = (await exchange(own, client, await login(own, client, { scope: 'openid' }, browser))).body
      .id_token
    const ended = await login(own, client, { scope: 'openid' }, browser)

    const load = Promise.all(
      Array.from({ length: 100 }, () =>
        postWith(own, service, '/token', { grant_type: 'client_credentials' }),
      ),
    )
    const added = await own.engine.makeSigningKey('ES256')
    const now = Math.floor(Date.now() / 1000)
    await own.store.rotateSigningKey(
      added,
      { at: now, deleteAfter: now + 3600 },
      { action: 'signing_key.rotated', at: now, subject: added.kid, actor: 'test' },
    )
    await own.engine.reload()
    expect((await load).filter(({ status }) => status !== 200)).toEqual([])

    // A sign-in that began before goes on after it.
    const after = (await exchange(own, client, ended)).body.id_token
    const jwks = createRemoteJWKSet(new URL(`${own.issuer}/jwks`))
    expect((await jwtVerify(before, jwks)).protectedHeader.kid).not.toBe(added.kid)
    expect((await jwtVerify(after, jwks)).protectedHeader.kid).toBe(added.kid)
    expect(own.failures).toEqual([])
    await own.close()
  })
})
