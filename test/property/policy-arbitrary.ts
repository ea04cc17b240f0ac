import fc from 'fast-check'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import { LIFETIME_MEMBERS } from '../../clientele/src/oauth/lifetimes.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'

/**
 * Arbitrary policies over every section of the language, of few words, so that rules meet the requests of
 * `policy-requests.ts` and each other. Not all of them make sense: those with errors are left out where they are used.
 */

/** Some of these, in any order. */
const some = <T>(values: readonly T[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: values.length })
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values)
/** A few of the keys: with all of them at once nearly nobody could register. */
function table<T extends object>(
  keys: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  most = 2,
): fc.Arbitrary<Partial<T>> {
  return fc
    .subarray(Object.keys(keys) as (keyof T)[], {
      minLength: 1,
      maxLength: Math.min(most, Object.keys(keys).length),
    })
    .chain((kept) => fc.record(Object.fromEntries(kept.map((key) => [key, keys[key]])))) as fc.Arbitrary<
    Partial<T>
  >
}

const onBad = one('reject', 'drop')
const outside = one('drop', 'reject')

const textRules = table({
  required: fc.boolean(),
  default: one('A client', 'B'),
  pattern: one('[A-Za-z ]+', '.{2,20}', '[^a]*'),
  allowed: some(['A client', 'B', 'Bank'], 1),
  min_length: one(0, 1, 2),
  max_length: one(1, 4, 20),
  on_bad: onBad,
})
const forced = fc.record({ force: one('A client', 'B') })
const listRules = table({
  required: fc.boolean(),
  default: one(['ops']),
  allowed: some(['ops', 'a@client.example', 'b@client.example'], 1),
  pattern: one('[a-z]+@client\\.example', '.*'),
  max_count: one(1, 2),
  on_bad: onBad,
})
const member = table({
  client_name: fc.oneof(textRules, forced),
  contacts: fc.oneof(listRules, fc.record({ force: one(['ops']) })),
  software_version: textRules,
  application_type: fc.oneof(
    table({ allowed: some(['web', 'native'], 1), on_bad: onBad }),
    fc.record({ force: one('web', 'native') }),
  ),
  subject_type: fc.oneof(
    table({ default: one('public'), allowed: some(['public', 'pairwise'], 1), on_bad: onBad }),
    fc.record({ force: one('public', 'pairwise') }),
  ),
  default_max_age: table({ min: one(0, 60), max: one(60, 3600), default: one(60), on_bad: onBad }),
  scope: table({ allowed: some(['openid', 'email', 'orders:read'], 1), max_count: one(1, 2), on_bad: onBad }),
  grant_types: table({ allowed: some(BUILT_IN.grantTypes, 1), max_count: one(1, 2), on_bad: onBad }),
  token_endpoint_auth_method: table({ allowed: some(BUILT_IN.authMethods, 1), on_bad: onBad }),
  require_pushed_authorization_requests: fc.record({ force: fc.boolean() }),
  dpop_bound_access_tokens: table({ default: fc.boolean(), privileged: fc.boolean(), on_bad: onBad }),
  policy_uri: table({ privileged: fc.constant(true), on_bad: onBad }),
  redirect_uris: table({ max_count: one(1, 2), pattern: one('https://.*'), on_bad: onBad }),
})

const grants = ['authorization_code', 'refresh_token', 'client_credentials'] as const
const grantTypes = table({
  allowed: some(grants, 1),
  required: some(['authorization_code', 'refresh_token']),
  default: some(['authorization_code', 'refresh_token'], 1),
  force: one(['authorization_code'], ['authorization_code', 'refresh_token']),
  outside,
  requires: one({ refresh_token: ['authorization_code'] }, { client_credentials: ['refresh_token'] }),
  not_together: one([['client_credentials', 'refresh_token']]),
})
const responseTypes = table({ allowed: fc.constant(['code']), required: some(['code']), outside })

const methods = table({
  allowed: some(BUILT_IN.authMethods, 1),
  default: one(...BUILT_IN.authMethods),
  choose: one('offered', 'any'),
})
const forcedMethod = fc.record({ force: one(...BUILT_IN.authMethods) })

const algorithms = table({
  signing: some(['ES256', 'RS256', 'PS256', 'HS256', 'EdDSA'], 1),
  encryption: some(['ECDH-ES', 'RSA-OAEP'], 1),
  content_encryption: some(['A128CBC-HS256', 'A256GCM'], 1),
  never: some(['RS256', 'HS256', 'A128CBC-HS256']),
  choose: one('offered', 'any'),
})

const uriList = <Class extends string>(classes: readonly Class[]) =>
  table({
    classes: some(classes),
    hosts: some(['client.example', '*.client.example', '**.client.example', 'other.example', '127.0.0.1']),
    schemes: some(['com.example.*', 'cursor']),
    paths: some(['/cb', '/a/*', '/']),
    ports: some([443, 8443]),
    min_count: one(0, 1, 2),
    max_count: one(1, 2, 3),
    same_domain_as_client_uri: fc.boolean(),
    outside,
  })
const CLASSES = ['https', 'claimed-https', 'loopback', 'private-use'] as const

const scope = table({
  allowed: some(['openid', 'email', 'orders:*', 'orders:**', 'offline_access']),
  patterns: some(['o[a-z]+', 'orders:.*']),
  default: some(['openid', 'email']),
  required: some(['openid']),
  outside: one('narrow', 'reject'),
})

const uri = table({
  https: fc.boolean(),
  pattern: one('https://[a-z./]+', '.*'),
  hosts: some(['client.example', '*.client.example']),
  required: fc.boolean(),
  same_host: fc.boolean(),
  same_domain: fc.boolean(),
  on_bad: onBad,
})
const uris = table({ client_uri: uri, logo_uri: uri, policy_uri: uri, tos_uri: uri })

const names = table({
  members: some(['client_name', 'organization_name', 'description'], 1),
  min_length: one(0, 2),
  max_length: one(2, 8, 40),
  characters: one('ascii', 'latin', 'any-letters', '[A-Za-z ]'),
  single_script: fc.boolean(),
  reserved: some(['Admin', 'B']),
  protected: some(['Bank']),
  unique: one('policy', 'registry'),
})

const software = table({
  id_pattern: one('app-[0-9]', '.+'),
  version_pattern: one('[0-9.]+'),
  required: fc.boolean(),
  statement: one('required', 'optional'),
  issuers: some(['https://vouches.example', 'https://else.example'], 1),
})

const choice = <T>(values: readonly T[]) =>
  fc.oneof(
    table({ allowed: some(values, 1), default: one(...values), on_bad: onBad }),
    fc.record({ force: one(...values) }),
  )
const tokens = table({
  refresh_token_expiration: choice(['Absolute', 'Sliding']),
  refresh_token_usage: choice(['OneTimeOnly', 'ReUse']),
  access_token_type: choice(['Jwt', 'Reference']),
  require_consent: choice([true, false]),
  allow_remember_consent: choice([true, false]),
  coordinate_lifetime_with_user_session: choice([true, false]),
  require_pkce: choice([true as const]),
  allowed_cors_origins: table({
    allowed: some(['https://*.client.example', 'https://client.example']),
    default: some(['https://client.example']),
    max_count: one(1, 2),
    on_bad: onBad,
  }),
})

const SECONDS = [60, 300, 600]
const lifetime = fc.oneof(
  table({
    min: one(...SECONDS),
    default: one(...SECONDS),
    max: one(...SECONDS),
    on_bad: one('reject', 'clamp'),
  }),
  fc.record({ force: one(...SECONDS) }),
)
const lifetimes = table(
  Object.fromEntries(LIFETIME_MEMBERS.map((each) => [each, lifetime])) as Record<
    (typeof LIFETIME_MEMBERS)[number],
    typeof lifetime
  >,
)

const credentials = table({
  caller_may_choose: fc.boolean(),
  client_id: one({ generator: 'random', prefix: 'app-' }, { generator: 'uuid-v4' }, { generator: 'uuid-v7' }),
  client_secret: table({ length: one(30), prefix: one('s-'), lifetime: one(0, 60) }),
  registration_access_token: table({ lifetime: one(0, 60), rotation: one('never', 'update', 'use') }),
})

const limits = table({
  clients: one(1, 2),
  clients_per_day: one(1),
  clients_per_caller: one(1),
  clients_per_software: one(1),
  clients_per_network: one(1),
})

const denied = fc.record({
  when: table({
    gates: one(['test'], ['other']),
    claimed_software_ids: one(['app-*'], ['*-2']),
    networks: one(['192.0.2.0/24'], ['10.0.0.0/8']),
    members: table({
      client_name: one('B', 'A*'),
      application_type: one('native'),
      scope: one('email'),
      grant_types: one(['client_credentials', 'refresh_token']),
    }),
  }),
  because: fc.constant('this is not registered here'),
})

/** A policy as an operator could write it, of a few tables; `extends` is a preset's name. */
export const anyPolicy: fc.Arbitrary<PolicyDefinition> = table<PolicyDefinition>(
  {
    extends: one('airlock-like', 'mcp', 'web-confidential', 'native-public', 'fapi2', 'machine'),
    explain: one('words', 'public'),
    members: fc.oneof(
      fc.record({
        allow: some(['client_name', 'scope', 'grant_types', 'jwks']).map((more) => [
          'redirect_uris',
          ...more,
        ]),
        outside,
      }),
      fc.record({
        deny: some(['client_uri', 'contacts', 'scope', 'grant_types', 'redirect_uris'], 1),
        outside,
      }),
    ),
    member,
    grant_types: grantTypes,
    response_types: responseTypes,
    token_endpoint_auth_methods: fc.oneof(methods, forcedMethod),
    algorithms,
    redirect_uris: uriList(CLASSES),
    post_logout_redirect_uris: uriList([...CLASSES, 'http']),
    scope,
    uris,
    names,
    software,
    tokens,
    lifetimes,
    credentials,
    limits,
    deny: fc.array(denied, { minLength: 1, maxLength: 2 }),
  } as never,
  4,
).map((policy) => ({ name: 'default', ...policy }))
