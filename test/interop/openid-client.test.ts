/** openid-client, the reference relying party in JavaScript, against the running server: it checks every answer itself. */
import { exportJWK, generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealServer } from '../harness/real-server.ts'
import { libraryVersion } from './library-version.ts'
import { startSeparateServer } from './separate-server.ts'

let server: RealServer
beforeAll(async () => {
  // Beside the default scopes one that a program may have for itself.
  server = await startSeparateServer({
    scopes: { supported: ['openid', 'offline_access', 'profile', 'email', 'reports:read'] },
  })
})
afterAll(() => server.close())

const REDIRECT_URI = 'https://rp.example.org/cb'
const CODE = { redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code', 'refresh_token'] }
const SERVICE = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }

type Metadata = Partial<oidc.ClientMetadata>

/** Registers as a program would. The server listens on loopback without TLS, which this library must be told. */
function registerClient(metadata: Metadata, authentication?: oidc.ClientAuth): Promise<oidc.Configuration> {
  return oidc.dynamicClientRegistration(new URL(server.issuer), metadata, authentication, {
    execute: [oidc.allowInsecureRequests],
  })
}

interface Flow {
  readonly parameters?: Record<string, string>
  readonly build?: (config: oidc.Configuration, parameters: Record<string, string>) => Promise<URL> | URL
  readonly dpop?: oidc.DPoPHandle
}

/** The authorization code flow with PKCE, state and nonce, by the library on one side and a person on the other. */
async function logIn(config: oidc.Configuration, flow: Flow = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const build = flow.build ?? oidc.buildAuthorizationUrl
  const url = await build(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...flow.parameters,
  })
  const { location } = await server.person().authorize(url.href)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const options = flow.dpop ? { DPoP: flow.dpop } : {}
  return oidc.authorizationCodeGrant(config, new URL(location), checks, undefined, options)
}

describe(libraryVersion('openid-client'), () => {
  test.each([
    ['client_secret_basic', () => oidc.ClientSecretBasic()],
    ['client_secret_post', () => oidc.ClientSecretPost()],
    ['client_secret_jwt', () => oidc.ClientSecretJwt()],
    ['none', () => oidc.None()],
  ])('registers, logs in, reads userinfo and refreshes with %s', async (method, authentication) => {
    const config = await registerClient({ ...CODE, token_endpoint_auth_method: method }, authentication())
    const tokens = await logIn(config)
    const { sub } = tokens.claims()!
    const user = await oidc.fetchUserInfo(config, tokens.access_token, sub)
    expect(user.email).toBe('ada@example.org')
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    expect(refreshed.claims()!.sub).toBe(sub)
  })

  test('registers naming no method, and goes on with its own default, client_secret_post (RFC 6749 §2.3.1)', async () => {
    const config = await registerClient(CODE)
    expect((await logIn(config)).claims()!.sub).toBeTypeOf('string')
  })

  test.each(['ES256', 'RS256', 'Ed25519'])('authenticates with private_key_jwt and %s', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg)
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg }
    const jwks = { keys: [jwk] } as unknown as string
    const metadata = { ...CODE, token_endpoint_auth_method: 'private_key_jwt', jwks } as Metadata
    const authentication = oidc.PrivateKeyJwt({ key: privateKey, kid: 'k1' })
    const config = await registerClient(metadata, authentication)
    expect(config.clientMetadata().client_secret).toBeUndefined()
    const tokens = await logIn(config)
    expect((await oidc.refreshTokenGrant(config, tokens.refresh_token!)).access_token).toBeTypeOf('string')
  })

  test.each([
    ['client_secret_basic', () => oidc.ClientSecretBasic()],
    ['client_secret_post', () => oidc.ClientSecretPost()],
    ['client_secret_jwt', () => oidc.ClientSecretJwt()],
  ])(
    'gets a token for itself with client credentials and %s (RFC 6749 §4.4)',
    async (method, authentication) => {
      const metadata = { ...SERVICE, token_endpoint_auth_method: method, scope: 'reports:read' }
      const config = await registerClient(metadata, authentication())
      const tokens = await oidc.clientCredentialsGrant(config, { scope: 'reports:read' })
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'reports:read' })
      expect(tokens.refresh_token).toBeUndefined()
    },
  )

  test('introspects a token, revokes it, and finds it inactive (RFC 7662 §2, RFC 7009 §2)', async () => {
    const config = await registerClient(CODE, oidc.ClientSecretBasic())
    const tokens = await logIn(config)
    const before = await oidc.tokenIntrospection(config, tokens.access_token)
    const { client_id } = config.clientMetadata()
    expect(before).toMatchObject({
      active: true,
      client_id,
      scope: 'openid email',
      sub: tokens.claims()!.sub,
    })
    await oidc.tokenRevocation(config, tokens.access_token)
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false })
  })

  test('pushes its authorization request when registered to do so (RFC 9126 §2)', async () => {
    const metadata = { ...CODE, require_pushed_authorization_requests: true }
    const config = await registerClient(metadata, oidc.ClientSecretBasic())
    const tokens = await logIn(config, { build: oidc.buildAuthorizationUrlWithPAR })
    expect(tokens.claims()!.aud).toBe(config.clientMetadata().client_id)
    // And the same request in the open is refused.
    await expect(logIn(config)).rejects.toMatchObject({ error: 'invalid_request' })
  })

  test.each(['ES256', 'Ed25519'])('binds its tokens to a DPoP key of %s (RFC 9449 §5)', async (alg) => {
    const metadata = { ...CODE, token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true }
    const config = await registerClient(metadata, oidc.None())
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg))
    const tokens = await logIn(config, { dpop: DPoP })
    expect(tokens.token_type).toBe('dpop')
    const { sub } = tokens.claims()!
    expect((await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).sub).toBe(sub)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP })
    expect(refreshed.token_type).toBe('dpop')
    // The stolen token is worth nothing without the key.
    await expect(oidc.fetchUserInfo(config, refreshed.access_token, sub)).rejects.toThrow()
    const thief = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    await expect(
      oidc.refreshTokenGrant(config, refreshed.refresh_token!, undefined, { DPoP: thief }),
    ).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('logs in on a device without a browser (RFC 8628)', async () => {
    const grant_types = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']
    const config = await registerClient({ grant_types, token_endpoint_auth_method: 'none' }, oidc.None())
    const device = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email' })
    const polling = oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 })
    await server.person().connectDevice(device.verification_uri, device.user_code)
    const tokens = await polling
    expect(tokens.claims()!.sub).toBeTypeOf('string')
    expect((await oidc.refreshTokenGrant(config, tokens.refresh_token!)).access_token).toBeTypeOf('string')
  })

  test('sends a signed authorization request (RFC 9101 §4)', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', use: 'sig', alg: 'ES256' }
    const metadata = {
      ...CODE,
      jwks: { keys: [jwk] },
      require_signed_request_object: true,
    } as unknown as Metadata
    const config = await registerClient(metadata, oidc.ClientSecretBasic())
    const key = { key: privateKey, kid: 'k1' }
    const tokens = await logIn(config, {
      build: (configuration, parameters) => oidc.buildAuthorizationUrlWithJAR(configuration, parameters, key),
    })
    expect(tokens.claims()!.sub).toBeTypeOf('string')
  })

  test('gets the ID Token signed as registered, and checks the signature itself (OpenID Connect Core §10.1)', async () => {
    for (const alg of ['ES256', 'RS256']) {
      const config = await registerClient(
        { ...CODE, id_token_signed_response_alg: alg },
        oidc.ClientSecretBasic(),
      )
      oidc.enableNonRepudiationChecks(config)
      expect((await logIn(config)).claims()!.iss).toBe(server.issuer)
    }
  })

  test('signs the end-user out (RP-Initiated Logout §2)', async () => {
    const metadata = {
      ...CODE,
      post_logout_redirect_uris: ['https://rp.example.org/bye'],
    } as unknown as Metadata
    const config = await registerClient(metadata, oidc.ClientSecretBasic())
    const tokens = await logIn(config)
    const post_logout_redirect_uri = 'https://rp.example.org/bye'
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri,
      state: 's',
    })
    const { location } = await server.person().authorize(url.href)
    expect(location).toBe('https://rp.example.org/bye?state=s')
  })

  test('registers with an initial access token where one is needed, and fails without (RFC 7591 §3)', async () => {
    const gated = await startSeparateServer({ registration: { anonymous: false } })
    try {
      const execute = [oidc.allowInsecureRequests]
      const issuer = new URL(gated.issuer)
      await expect(oidc.dynamicClientRegistration(issuer, CODE, undefined, { execute })).rejects.toThrow()
      const token = await gated.initialAccessToken()
      const options = { execute, initialAccessToken: token }
      const config = await oidc.dynamicClientRegistration(issuer, CODE, undefined, options)
      expect(config.clientMetadata().client_secret).toBeTypeOf('string')
    } finally {
      await gated.close()
    }
  })
})
