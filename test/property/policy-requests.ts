import fc from 'fast-check'
import { BUILT_IN, type Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'

/** What clients ask for in the property tests of policies: of the words of `policy-arbitrary.ts`, good for the most part. */
export const CAPABILITIES: Capabilities = {
  ...BUILT_IN,
  scopes: [...BUILT_IN.scopes, 'orders:read', 'orders:eu:write', 'admin'],
}

const some = <T>(values: readonly T[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 3 })
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values)

const REDIRECTS = [
  'https://client.example/cb',
  'https://app.client.example/cb',
  'https://a.b.client.example:8443/a/b',
  'https://other.example/cb',
  'http://127.0.0.1:4711/cb',
  'http://127.0.0.1/cb',
  'com.example.app:/cb',
  'cursor://host/cb',
]
const BAD_REDIRECTS = ['https://client.example/#x', 'http://client.example/', 'https://*.client.example/cb']
const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
/** The key of RFC 7517 appendix A.1. */
const RSA = {
  kty: 'RSA',
  e: 'AQAB',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
}
const page = one(
  'https://client.example/page',
  'https://app.client.example/x',
  'http://client.example/',
  'https://other.example/',
)
const name = one('A client', 'B', 'Bank', 'Другой', 'Bаnk', 'A very long name of a client', 'x')
const seconds = one(30, 60, 120, 300, 600, 600, 300, 4000)

/** What most policies have something to say about. */
const USUAL = ['client_name', 'scope', 'grant_types', 'client_uri', 'logo_uri', 'contacts', 'software_id']

/** A registration request of a client. */
export const anyRequest: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      redirect_uris: fc.oneof(
        { arbitrary: some(REDIRECTS, 1), weight: 9 },
        { arbitrary: some([...REDIRECTS, ...BAD_REDIRECTS], 1), weight: 1 },
      ),
      token_endpoint_auth_method: one(...BUILT_IN.authMethods),
      grant_types: some(['authorization_code', 'refresh_token', 'client_credentials'], 1),
      response_types: one(['code']),
      application_type: one('web', 'native'),
      client_name: name,
      'client_name#ru': name,
      organization_name: name,
      contacts: some(['ops', 'a@client.example', 'b@client.example'], 1),
      scope: some(['openid', 'email', 'offline_access', 'orders:read', 'orders:eu:write', 'admin'], 1).map(
        (values) => values.join(' '),
      ),
      client_uri: page,
      logo_uri: page,
      policy_uri: page,
      'tos_uri#fr': page,
      jwks: one({ keys: [EC] }, { keys: [RSA] }),
      software_id: one('app-1', 'app-2', 'else'),
      software_version: one('1.0', 'one'),
      subject_type: one('public', 'pairwise'),
      default_max_age: one(0, 60, 100, 5000),
      post_logout_redirect_uris: some(REDIRECTS, 1),
      id_token_signed_response_alg: one('RS256', 'ES256'),
      id_token_signing_alg_values_supported: some(['RS256', 'ES256', 'PS256'], 1),
      id_token_encrypted_response_alg: one('ECDH-ES', 'RSA-OAEP'),
      id_token_encrypted_response_enc: one('A256GCM', 'A128CBC-HS256'),
      userinfo_signed_response_alg: one('RS256', 'ES256'),
      token_endpoint_auth_signing_alg: one('ES256', 'HS256', 'RS256'),
      request_object_signing_alg: one('ES256', 'RS256'),
      token_endpoint_auth_methods_supported: some(BUILT_IN.authMethods, 1),
      require_pushed_authorization_requests: fc.boolean(),
      dpop_bound_access_tokens: fc.boolean(),
      access_token_lifetime: seconds,
      identity_token_lifetime: seconds,
      authorization_code_lifetime: one(20, 30, 60, 60, 300),
      absolute_refresh_token_lifetime: fc.oneof(seconds, fc.constant(0)),
      sliding_refresh_token_lifetime: seconds,
      consent_lifetime: seconds,
      refresh_token_expiration: one('Absolute', 'Sliding'),
      refresh_token_usage: one('OneTimeOnly', 'ReUse'),
      access_token_type: one('Jwt', 'Reference'),
      require_consent: one(true, true, false),
      allow_remember_consent: fc.boolean(),
      coordinate_lifetime_with_user_session: fc.boolean(),
      require_pkce: fc.constant(true),
      allowed_cors_origins: some(
        ['https://client.example', 'https://app.client.example', 'https://x.org'],
        1,
      ),
    },
    { requiredKeys: [] },
  )
  .chain((whole) =>
    // With forty members at once nearly everything is refused: most requests name a few.
    fc.tuple(
      fc.constant(whole),
      fc.subarray(Object.keys(whole), { maxLength: Math.min(9, Object.keys(whole).length) }),
      fc.subarray(USUAL.filter((key) => key in whole)),
      fc.integer({ min: 0, max: 9 }),
    ),
  )
  .map(([whole, some, usual, luck]) => {
    const kept = [...some, ...usual]
    const named = Object.fromEntries(
      kept.map((key) => [key, whole[key as keyof typeof whole]!]),
    ) as JsonObject
    const { id_token_encrypted_response_enc: _, ...others } = named
    return {
      ...(luck === 0 ? {} : { redirect_uris: whole.redirect_uris ?? ['https://client.example/cb'] }),
      ...(luck === 1 ? {} : { jwks: { keys: [EC, RSA] } }),
      ...(named.id_token_encrypted_response_alg === undefined && luck > 2 ? others : named),
    }
  })

/** What a credential fixes, such that it can be fixed (`admin/find-fixed-problems.ts`). */
export const anyFixed: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      scope: one('openid', 'openid email', 'orders:read'),
      client_name: one('A client', 'Bank'),
      grant_types: one(
        ['authorization_code'],
        ['client_credentials'],
        ['authorization_code', 'refresh_token'],
      ),
      token_endpoint_auth_method: one('client_secret_basic', 'none', 'private_key_jwt'),
      redirect_uris: one(['https://client.example/cb'], ['http://127.0.0.1/cb']),
      software_id: one('app-1'),
      application_type: one('web', 'native'),
      access_token_lifetime: one(60, 300),
      require_pkce: fc.constant(true),
      contacts: one(['ops']),
    },
    { requiredKeys: [] },
  )
  .map((fixed) => fixed as JsonObject)
