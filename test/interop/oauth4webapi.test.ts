/** oauth4webapi, the strict client of single requests: it refuses an answer for whatever a specification forbids in it. */
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealServer } from '../harness/real-server.ts'
import { libraryVersion } from './library-version.ts'
import { startSeparateServer } from './separate-server.ts'

let server: RealServer
let gated: RealServer
beforeAll(async () => {
  server = await startSeparateServer()
  gated = await startSeparateServer({ registration: { anonymous: false } })
})
afterAll(() => Promise.all([server.close(), gated.close()]))

const REDIRECT_URI = 'https://rp.example.org/cb'
const CODE = { redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code', 'refresh_token'] }
/** The server listens on loopback without TLS, which this library must be told. */
const insecure = { [oauth.allowInsecureRequests]: true }

async function discover(
  from: RealServer,
  algorithm: 'oidc' | 'oauth2' = 'oauth2',
): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(from.issuer)
  return oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...insecure, algorithm }),
  )
}

async function register(
  as: oauth.AuthorizationServer,
  metadata: Partial<oauth.Client>,
  initialAccessToken?: string,
) {
  const options = { ...insecure, ...(initialAccessToken ? { initialAccessToken } : {}) }
  const response = await oauth.dynamicClientRegistrationRequest(as, metadata, options)
  return oauth.processDynamicClientRegistrationResponse(response)
}

describe(libraryVersion('oauth4webapi'), () => {
  test.each(['oidc', 'oauth2'] as const)(
    'reads the %s discovery document (RFC 8414 §3, OpenID Connect Discovery §4)',
    async (kind) => {
      const as = await discover(server, kind)
      expect(as.issuer).toBe(server.issuer)
      expect(as.registration_endpoint).toBe(`${server.issuer}/register`)
      expect(as.code_challenge_methods_supported).toEqual(['S256'])
    },
  )

  test('accepts the answer to a registration (RFC 7591 §3.2.1)', async () => {
    const client = await register(await discover(server), CODE)
    expect(client).toMatchObject({
      ...CODE,
      client_id: expect.any(String),
      client_secret: expect.any(String),
    })
    expect(client.client_secret_expires_at).toBe(0)
  })

  test('reads an error in a registration as one (RFC 7591 §3.2.2)', async () => {
    const refused = register(await discover(server), { redirect_uris: ['http://client.example.org/cb'] })
    await expect(refused).rejects.toMatchObject({
      name: 'ResponseBodyError',
      error: 'invalid_redirect_uri',
      status: 400,
    })
  })

  test('parses the challenge of a server that wants an initial access token (RFC 6750 §3)', async () => {
    const as = await discover(gated)
    const refused = await register(as, CODE).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
    const [challenge] = (refused as oauth.WWWAuthenticateChallengeError).cause
    expect(challenge!.scheme).toBe('bearer')
    expect(challenge!.parameters.error).toBeUndefined()
    const wrong = await register(as, CODE, 'guessed').catch((error: unknown) => error)
    expect((wrong as oauth.WWWAuthenticateChallengeError).cause[0]!.parameters.error).toBe('invalid_token')
    const token = await gated.initialAccessToken()
    expect((await register(as, CODE, token)).client_id).toBeTypeOf('string')
  })

  test('checks iss in the answer, redeems the code, refreshes, and would refuse a mix-up (RFC 9207 §2.4)', async () => {
    const as = await discover(server)
    const client = await register(as, { ...CODE, token_endpoint_auth_method: 'client_secret_post' })
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const url = new URL(as.authorization_endpoint!)
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid email',
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString()
    const { location } = await server.person().authorize(url.href)

    const elsewhere = { ...as, issuer: 'https://attacker.example' }
    expect(() => oauth.validateAuthResponse(elsewhere, client, new URL(location), state)).toThrow(/"iss"/)
    const answer = oauth.validateAuthResponse(as, client, new URL(location), state)
    const authentication = oauth.ClientSecretPost(client.client_secret as string)
    const redeemed = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      answer,
      REDIRECT_URI,
      verifier,
      insecure,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, redeemed, {
      requireIdToken: true,
    })

    const { sub } = oauth.getValidatedIdTokenClaims(tokens)!
    const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    expect((await oauth.processUserInfoResponse(as, client, sub, userinfo)).email).toBe('ada@example.org')
    const refreshed = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      tokens.refresh_token!,
      insecure,
    )
    expect((await oauth.processRefreshTokenResponse(as, client, refreshed)).access_token).toBeTypeOf('string')
    const revoked = await oauth.revocationRequest(as, client, authentication, tokens.refresh_token!, insecure)
    expect(await oauth.processRevocationResponse(revoked)).toBeUndefined()
  })

  test('reads a refused authorization, with state and iss (RFC 6749 §4.1.2.1)', async () => {
    const as = await discover(server)
    const client = await register(as, CODE)
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: REDIRECT_URI,
      response_type: 'token',
      state: 's',
    })
    const { location } = await server.person().authorize(`${as.authorization_endpoint}?${query}`)
    const read = () => oauth.validateAuthResponse(as, client, new URL(location.replace('#', '?')), 's')
    expect(read).toThrow(oauth.AuthorizationResponseError)
  })

  test('validates a JWT access token for a resource as the resource would (RFC 9068 §4)', async () => {
    const as = await discover(server)
    const resource = 'https://mcp.example.com/mcp'
    const client = await register(as, { ...CODE, token_endpoint_auth_method: 'none' })
    const verifier = oauth.generateRandomCodeVerifier()
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'profile',
      resource,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const { location } = await server.person().authorize(`${as.authorization_endpoint}?${query}`)
    const answer = oauth.validateAuthResponse(as, client, new URL(location), oauth.expectNoState)
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.None(),
      answer,
      REDIRECT_URI,
      verifier,
      {
        ...insecure,
        additionalParameters: { resource },
      },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response)
    const request = new Request(resource, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(as, request, resource, insecure)
    expect(claims).toMatchObject({ client_id: client.client_id, scope: 'profile' })
    await expect(
      oauth.validateJwtAccessToken(as, request, 'https://other.example.com/', insecure),
    ).rejects.toThrow()
  })
})
