import * as openid from 'openid-client'
import { describe, expect, it } from 'vitest'
import { createBrowser } from './authorization-code.ts'
import { ACCOUNT, startTestServer } from './authorization-fixture.ts'

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials']
const METHODS = {
  client_secret_basic: openid.ClientSecretBasic,
  client_secret_post: openid.ClientSecretPost,
  none: () => openid.None(),
} as const

describe('openid-client', () => {
  it.each(['', '/desk'])(
    'discovers, signs in, refreshes, asks and revokes at an issuer with the path "%s"',
    async (path) => {
      const server = await startTestServer({ path })
      for (const [method, authenticate] of Object.entries(METHODS)) {
        for (const algorithm of ['oidc', 'oauth2'] as const) {
          const client = await server.register({
            token_endpoint_auth_method: method,
            grant_types: GRANTS,
            scope: 'openid email',
            id_token_signed_response_alg: 'ES256',
          })
          const config = await openid.discovery(
            new URL(server.issuer),
            client.id,
            { id_token_signed_response_alg: 'ES256' },
            authenticate(client.secret),
            { execute: [openid.allowInsecureRequests], algorithm },
          )
          const verifier = openid.randomPKCECodeVerifier()
          const url = openid.buildAuthorizationUrl(config, {
            redirect_uri: 'https://client.example/callback',
            scope: 'openid email',
            state: 's',
            nonce: 'n',
            code_challenge: await openid.calculatePKCECodeChallenge(verifier),
            code_challenge_method: 'S256',
          })
          const { location } = await createBrowser(server).go(url.href)
          const tokens = await openid.authorizationCodeGrant(config, new URL(location!), {
            pkceCodeVerifier: verifier,
            expectedState: 's',
            expectedNonce: 'n',
            idTokenExpected: true,
          })
          expect(tokens.claims()?.sub).toBe(ACCOUNT)
          const user = await openid.fetchUserInfo(config, tokens.access_token, ACCOUNT)
          expect(user.email).toBe('ada@people.example')
          const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token!)
          // A public client proves nothing, so it may not ask (RFC 7662 §2.1).
          const { active } = await openid.tokenIntrospection(config, fresh.access_token)
          expect(active).toBe(method !== 'none')
          await openid.tokenRevocation(config, fresh.refresh_token!)
          expect((await openid.tokenIntrospection(config, fresh.access_token)).active).toBe(false)
          if (method !== 'none')
            expect((await openid.clientCredentialsGrant(config)).access_token).toBeTruthy()
        }
      }
      expect(server.failures).toEqual([])
      await server.close()
    },
  )

  it('pushes its authorization request and proves possession (RFC 9126, RFC 9449)', async () => {
    const server = await startTestServer()
    const client = await server.register({
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      grant_types: GRANTS,
    })
    const config = await openid.discovery(
      new URL(server.issuer),
      client.id,
      {},
      openid.ClientSecretBasic(client.secret),
      {
        execute: [openid.allowInsecureRequests],
      },
    )
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    const verifier = openid.randomPKCECodeVerifier()
    const params = {
      redirect_uri: 'https://client.example/callback',
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }
    const url = await openid.buildAuthorizationUrlWithPAR(config, params, { DPoP })
    const { location } = await createBrowser(server).go(url.href)
    const tokens = await openid.authorizationCodeGrant(
      config,
      new URL(location!),
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP },
    )
    expect(tokens.token_type).toBe('dpop')
    await openid.fetchUserInfo(config, tokens.access_token, ACCOUNT, { DPoP })
    const stolen = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(stolen.status).toBe(401)
    expect(
      (await openid.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP })).access_token,
    ).toBeTruthy()
    expect(server.failures).toEqual([])
    await server.close()
  })
})
