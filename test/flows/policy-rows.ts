/** One row or more for each key of the policy language: what it does to a request that would get something else without it. */
import type { ClientRecord, Vouched } from '../../clientele/src/clients/client.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { LIFETIME_MEMBERS } from '../../clientele/src/oauth/lifetimes.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import type { Answer, SentRequest } from '../harness/registration.ts'

export interface Row {
  readonly key: string
  /** With the key. */
  readonly policy: PolicyDefinition
  /** The request on which it acts, at a creation and at an update. */
  readonly asked: JsonObject
  /** What comes of it. */
  readonly seen: Seen
  /** At an update; `no part`: an update goes through, whatever the key says. */
  readonly updated?: Seen | 'no part'
  /** At a creation, where the key acts at updates alone. */
  readonly created?: 'no part'
  /** What the client is before the update; a web client unless said otherwise. */
  readonly before?: JsonObject
  /** Another client that is there already. */
  readonly other?: JsonObject
  readonly request?: SentRequest
  /** The terms of the initial access token that is shown. */
  readonly token?: object
  /** Without it there is no policy, so that what it does is seen in the answer alone. */
  readonly isNeeded?: true
  /** What is not in one answer: this is to be true of the answer, the record, and the answer before it at an update. */
  readonly look?: (answer: Answer, record: ClientRecord, before: Answer | undefined) => boolean
}

/**
 * Reasons of a refusal, sorted; members of the answer (`undefined`: not there); a status; or whatever a pattern finds in the
 * whole answer.
 */
export type Seen = readonly string[] | JsonObject | Readonly<Record<string, unknown>> | number | RegExp

export const WEB = { redirect_uris: ['https://client.example/cb'] }
const MACHINE = { grant_types: ['client_credentials'] }
const REFRESH = { ...WEB, grant_types: ['authorization_code', 'refresh_token'] }
const RSA = {
  kty: 'RSA',
  e: 'AQAB',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
}
const ENCRYPTED = { ...WEB, jwks: { keys: [RSA] }, id_token_encrypted_response_alg: 'RSA-OAEP' }

/** The key is the one of the policy: most rows need no more than four words. */
function row(
  key: string,
  policy: PolicyDefinition,
  asked: JsonObject,
  seen: Seen,
  more: Partial<Row> = {},
): Row {
  return { key, policy, asked, seen, ...more }
}
const web = (asked: JsonObject = {}) => ({ ...WEB, ...asked })

const both = (...uris: string[]) => ['https://client.example/cb', ...uris]

const MEMBERS: readonly Row[] = [
  row('members.allow', { members: { allow: ['redirect_uris'] } }, web({ client_name: 'A' }), {
    client_name: undefined,
  }),
  row('members.deny', { members: { deny: ['client_name'] } }, web({ client_name: 'A' }), {
    client_name: undefined,
  }),
  row(
    'members.outside',
    { members: { deny: ['client_name'], outside: 'reject' } },
    web({ client_name: 'A' }),
    ['client_name.not_allowed'],
  ),
]

const name = (rules: object) => ({ member: { client_name: rules } })
const age = (rules: object) => ({ member: { default_max_age: rules } })
const SINGLE_MEMBERS: readonly Row[] = [
  row('member.<name>.required', name({ required: true }), WEB, ['client_name.required'], {
    before: web({ client_name: 'A' }),
  }),
  row('member.<name>.default', name({ default: 'Default' }), WEB, { client_name: 'Default' }),
  row('member.<name>.force', name({ force: 'Forced' }), web({ client_name: 'A', 'client_name#de': 'B' }), {
    client_name: 'Forced',
    'client_name#de': undefined,
  }),
  row('member.<name>.pattern', name({ pattern: 'A+' }), web({ client_name: 'AB' }), ['client_name.pattern']),
  row('member.<name>.allowed', name({ allowed: ['A'] }), web({ 'client_name#de': 'B' }), [
    'client_name.allowed',
  ]),
  row('member.<name>.min_length', name({ min_length: 2 }), web({ client_name: 'A' }), [
    'client_name.too_short',
  ]),
  row('member.<name>.max_length', name({ max_length: 1 }), web({ client_name: 'AB' }), [
    'client_name.too_long',
  ]),
  row('member.<name>.min', age({ min: 60 }), web({ default_max_age: 59 }), ['default_max_age.too_small']),
  row('member.<name>.max', age({ max: 60 }), web({ default_max_age: 61 }), ['default_max_age.too_large']),
  row('member.<name>.max_count', { member: { contacts: { max_count: 1 } } }, web({ contacts: ['a', 'b'] }), [
    'contacts.too_many',
  ]),
  row('member.<name>.privileged', name({ privileged: true }), web({ client_name: 'A' }), [
    'client_name.privileged',
  ]),
  row('member.<name>.on_bad', name({ pattern: 'A+', on_bad: 'drop' }), web({ client_name: 'B' }), {
    client_name: undefined,
  }),
]

const grants = (table: object): PolicyDefinition => ({ grant_types: table })
const ALL = ['authorization_code', 'refresh_token', 'client_credentials']
const types = (table: object): PolicyDefinition => ({ response_types: table })
const LISTS: readonly Row[] = [
  row('grant_types.allowed', grants({ allowed: ['authorization_code'] }), REFRESH, {
    grant_types: ['authorization_code'],
  }),
  row('grant_types.required', grants({ required: ['refresh_token'] }), WEB, ['grant_types.required'], {
    before: REFRESH,
  }),
  row('grant_types.default', grants({ default: REFRESH.grant_types }), WEB, {
    grant_types: REFRESH.grant_types,
  }),
  row('grant_types.outside', grants({ allowed: ['authorization_code'], outside: 'reject' }), REFRESH, [
    'grant_types.allowed',
  ]),
  row('grant_types.requires', grants({ requires: { refresh_token: ['client_credentials'] } }), REFRESH, {
    grant_types: ['authorization_code'],
  }),
  row(
    'grant_types.not_together',
    grants({ not_together: [['client_credentials', 'refresh_token']] }),
    web({ grant_types: ALL }),
    ['grant_types.not_together'],
  ),
  row('grant_types.force', grants({ force: ['authorization_code'] }), REFRESH, {
    grant_types: ['authorization_code'],
  }),
  row('response_types.allowed', types({ allowed: [] }), WEB, ['response_types.nothing_left'], {
    before: MACHINE,
  }),
  row('response_types.required', types({ required: ['code'] }), MACHINE, ['response_types.required']),
  // There is one response type, and it is the standard's default too: that the policy put it in is all that can be seen.
  row(
    'response_types.default',
    types({ default: ['code'] }),
    WEB,
    /"member":"response_types","effect":"default"/,
  ),
  row('response_types.outside', types({ allowed: [], outside: 'reject' }), WEB, ['response_types.allowed'], {
    before: MACHINE,
  }),
  row(
    'response_types.requires',
    types({ requires: { code: ['token'] } }),
    WEB,
    ['response_types.nothing_left'],
    {
      before: MACHINE,
    },
  ),
  row('response_types.not_together', types({ not_together: [['code', 'code']] }), WEB, [
    'response_types.not_together',
  ]),
]

const methods = (table: object): PolicyDefinition => ({ token_endpoint_auth_methods: table })
const PUBLIC = web({ token_endpoint_auth_method: 'none' })
const offered = (member: string, value: string, policy: object): Row =>
  row(`algorithms.${Object.keys(policy)[0]}`, { algorithms: policy }, { ...ENCRYPTED, [member]: value }, [
    `${member}.allowed`,
  ])
const METHODS: readonly Row[] = [
  row(
    'token_endpoint_auth_methods.allowed',
    methods({ allowed: ['none'] }),
    WEB,
    ['token_endpoint_auth_method.allowed'],
    {
      before: PUBLIC,
    },
  ),
  row('token_endpoint_auth_methods.default', methods({ default: 'none' }), WEB, {
    token_endpoint_auth_method: 'none',
  }),
  row(
    'token_endpoint_auth_methods.force',
    methods({ force: 'none' }),
    web({ token_endpoint_auth_method: 'client_secret_post' }),
    {
      token_endpoint_auth_method: 'none',
      client_secret: undefined,
    },
  ),
  row('token_endpoint_auth_methods.choose', methods({ allowed: ['none'], choose: 'any' }), WEB, {
    token_endpoint_auth_method: 'none',
  }),
  offered('id_token_signed_response_alg', 'RS256', { signing: ['ES256'] }),
  offered('id_token_encrypted_response_alg', 'RSA-OAEP', { encryption: ['ECDH-ES'] }),
  offered('id_token_encrypted_response_enc', 'A128GCM', { content_encryption: ['A256GCM'] }),
  offered('id_token_signed_response_alg', 'RS256', { never: ['RS256'] }),
  row(
    'algorithms.choose',
    { algorithms: { signing: ['ES256'], choose: 'any' } },
    web({ id_token_signed_response_alg: 'RS256' }),
    { id_token_signed_response_alg: 'ES256' },
  ),
]

function redirectRows(member: 'redirect_uris' | 'post_logout_redirect_uris'): readonly Row[] {
  const isMain = member === 'redirect_uris'
  const of = (uris: readonly string[], more: JsonObject = {}) =>
    isMain ? { ...more, redirect_uris: uris } : { ...WEB, ...more, [member]: uris }
  const refused = (key: string, terms: object, asked: JsonObject, reason: string, more: Partial<Row> = {}) =>
    row(`${member}.${key}`, { [member]: terms }, asked, [`${member}.${reason}`], more)
  const native = isMain ? {} : { redirect_uris: ['com.example.app:/cb'] }
  const none = isMain ? MACHINE : WEB
  return [
    refused(
      'classes',
      { classes: ['https', 'claimed-https'] },
      { ...WEB, ...of(['http://127.0.0.1/cb']) },
      'class',
    ),
    refused('hosts', { hosts: ['client.example'] }, of(['https://other.example/cb']), 'host'),
    refused('schemes', { schemes: ['com.example.*'] }, of(['org.example.app:/cb'], native), 'scheme', {
      before: none,
    }),
    refused('paths', { paths: ['/cb'] }, of(['https://client.example/cb/x']), 'path'),
    refused('ports', { ports: [443] }, of(['https://client.example:8443/cb']), 'port'),
    refused('min_count', { min_count: 2 }, of(both()), 'too_few', {
      before: of(both('https://client.example/2')),
    }),
    refused('max_count', { max_count: 1 }, of(both('https://client.example/2')), 'too_many'),
    refused(
      'same_domain_as_client_uri',
      { same_domain_as_client_uri: true },
      of(both(), { client_uri: 'https://other.example/' }),
      'domain',
      { before: of(both(), { client_uri: 'https://www.client.example/' }) },
    ),
    row(
      `${member}.outside`,
      { [member]: { hosts: ['client.example'], outside: 'drop' } },
      of(both('https://other.example/cb')),
      { [member]: both() },
    ),
  ]
}

const scope = (table: object): PolicyDefinition => ({ scope: table })
const page = (table: object): PolicyDefinition => ({ uris: { logo_uri: table } })
const logo = (logo_uri: string) => web({ logo_uri })
const called = (table: object): PolicyDefinition => ({ names: table })
const software = (table: object): PolicyDefinition => ({ software: table })
const BANK = web({ client_name: 'Bаnk' }) // The second letter is Cyrillic.
const WORDS: readonly Row[] = [
  row('scope.allowed', scope({ allowed: ['openid'] }), web({ scope: 'openid email' }), { scope: 'openid' }),
  row('scope.patterns', scope({ patterns: ['open.*'] }), web({ scope: 'openid email' }), { scope: 'openid' }),
  row('scope.default', scope({ default: ['openid'] }), WEB, { scope: 'openid' }),
  row('scope.required', scope({ required: ['email'] }), web({ scope: 'openid' }), ['scope.required']),
  row('scope.outside', scope({ allowed: ['openid'], outside: 'reject' }), web({ scope: 'openid email' }), [
    'scope.outside',
  ]),
  row('uris.<name>.https', page({ https: true }), logo('http://client.example/'), ['logo_uri.not_https']),
  row('uris.<name>.pattern', page({ pattern: 'https://.*\\.png' }), logo('https://client.example/'), [
    'logo_uri.pattern',
  ]),
  row('uris.<name>.hosts', page({ hosts: ['client.example'] }), logo('https://other.example/'), [
    'logo_uri.host',
  ]),
  row('uris.<name>.required', page({ required: true }), WEB, ['logo_uri.required'], {
    before: logo('https://client.example/'),
  }),
  row('uris.<name>.same_host', page({ same_host: true }), logo('https://www.client.example/'), [
    'logo_uri.other_host',
  ]),
  row('uris.<name>.same_domain', page({ same_domain: true }), logo('https://other.example/'), [
    'logo_uri.other_domain',
  ]),
  row('uris.<name>.on_bad', page({ https: true, on_bad: 'drop' }), logo('http://client.example/'), {
    logo_uri: undefined,
  }),
  row('names.members', called({ members: ['description'], max_length: 3 }), web({ description: 'long' }), [
    'description.too_long',
  ]),
  row('names.min_length', called({ min_length: 2 }), web({ client_name: 'A' }), ['client_name.too_short']),
  row('names.max_length', called({ max_length: 2 }), web({ 'client_name#de': 'ABC' }), [
    'client_name.too_long',
  ]),
  row('names.characters', called({ characters: 'ascii' }), web({ client_name: 'Ä' }), [
    'client_name.characters',
  ]),
  row('names.single_script', called({ single_script: true }), BANK, ['client_name.mixed_scripts']),
  row('names.reserved', called({ reserved: ['Bank'] }), BANK, ['client_name.reserved']),
  row('names.protected', called({ protected: ['Bank'] }), web({ client_name: 'Your Bank' }), [
    'client_name.protected',
  ]),
  row('names.unique', called({ unique: 'policy' }), BANK, ['client_name.taken'], {
    other: web({ client_name: 'Bank' }),
  }),
  row('software.id_pattern', software({ id_pattern: 'a-.*' }), web({ software_id: 'b-1' }), [
    'software_id.pattern',
  ]),
  row(
    'software.version_pattern',
    software({ version_pattern: '[0-9.]+' }),
    web({ software_version: 'one' }),
    ['software_version.pattern'],
  ),
  row(
    'software.required',
    software({ required: true }),
    web({ software_id: 'a' }),
    ['software_version.required'],
    {
      before: web({ software_id: 'a', software_version: '1' }),
    },
  ),
  row('software.statement', software({ statement: 'required' }), WEB, ['software_statement.required']),
  row('software.issuers', software({ issuers: ['https://a.example'] }), web({ software_statement: 'b' }), [
    'software_statement.issuer',
  ]),
]

const behaviour = (member: string, table: object): PolicyDefinition => ({ tokens: { [member]: table } })

/** The four keys of a member with a few values, of which `bad` is not allowed; what is left when it was dropped. */
function choiceRows(
  member: string,
  good: string | boolean,
  bad: string | boolean,
  dropped: string | boolean | undefined,
): readonly Row[] {
  const of = (value: string | boolean) => ({ ...REFRESH, [member]: value })
  return [
    row(`tokens.${member}.allowed`, behaviour(member, { allowed: [good] }), of(bad), [
      `${member}.not_allowed`,
    ]),
    row(`tokens.${member}.default`, behaviour(member, { default: bad }), REFRESH, { [member]: bad }),
    row(`tokens.${member}.force`, behaviour(member, { force: bad }), of(good), { [member]: bad }),
    row(`tokens.${member}.on_bad`, behaviour(member, { allowed: [good], on_bad: 'drop' }), of(bad), {
      [member]: dropped,
    }),
  ]
}

const origins = (...allowed_cors_origins: string[]) => web({ allowed_cors_origins })
const cors = (table: object) => behaviour('allowed_cors_origins', table)
const TOKENS: readonly Row[] = [
  ...choiceRows('refresh_token_expiration', 'Sliding', 'Absolute', undefined),
  ...choiceRows('refresh_token_usage', 'OneTimeOnly', 'ReUse', 'OneTimeOnly'),
  ...choiceRows('access_token_type', 'Jwt', 'Reference', 'Jwt'),
  ...choiceRows('allow_remember_consent', false, true, false),
  ...choiceRows('coordinate_lifetime_with_user_session', false, true, undefined),
  // These two are never less than the standard wants unless a policy says so.
  row(
    'tokens.require_consent.allowed',
    behaviour('require_consent', { allowed: [true, false] }),
    web({ require_consent: false }),
    {
      require_consent: false,
    },
  ),
  row('tokens.require_consent.default', behaviour('require_consent', { default: false }), WEB, {
    require_consent: false,
  }),
  row(
    'tokens.require_consent.force',
    behaviour('require_consent', { force: false }),
    web({ require_consent: true }),
    {
      require_consent: false,
    },
  ),
  row(
    'tokens.require_consent.on_bad',
    behaviour('require_consent', { on_bad: 'drop' }),
    web({ require_consent: false }),
    {
      require_consent: undefined,
    },
  ),
  row('tokens.require_pkce.allowed', behaviour('require_pkce', { allowed: [true] }), WEB, {
    require_pkce: true,
  }),
  row('tokens.require_pkce.default', behaviour('require_pkce', { default: true }), WEB, {
    require_pkce: true,
  }),
  row('tokens.require_pkce.force', behaviour('require_pkce', { force: true }), WEB, { require_pkce: true }),
  row(
    'tokens.require_pkce.on_bad',
    behaviour('require_pkce', { allowed: [true], on_bad: 'drop' }),
    web({ require_pkce: false }),
    {
      require_pkce: true,
    },
  ),
  row(
    'tokens.allowed_cors_origins.allowed',
    cors({ allowed: ['https://*.client.example'] }),
    origins('https://x.example'),
    ['allowed_cors_origins.not_allowed'],
  ),
  row('tokens.allowed_cors_origins.default', cors({ default: ['https://client.example'] }), WEB, {
    allowed_cors_origins: ['https://client.example'],
  }),
  row(
    'tokens.allowed_cors_origins.force',
    cors({ force: ['https://client.example'] }),
    origins('https://x.example'),
    {
      allowed_cors_origins: ['https://client.example'],
    },
  ),
  row(
    'tokens.allowed_cors_origins.max_count',
    cors({ max_count: 1 }),
    origins('https://x.example', 'https://y.example'),
    ['allowed_cors_origins.too_many'],
  ),
  row(
    'tokens.allowed_cors_origins.on_bad',
    cors({ allowed: ['https://x.example'], on_bad: 'drop' }),
    origins('https://x.example', 'https://y.example'),
    { allowed_cors_origins: ['https://x.example'] },
  ),
]

const LIFETIMES: readonly Row[] = LIFETIME_MEMBERS.flatMap((member) => {
  const of = (value: number) => ({ ...REFRESH, [member]: value })
  const key = `lifetimes.${member}`
  const lives = (table: object): PolicyDefinition => ({ lifetimes: { [member]: table } })
  return [
    row(`${key}.min`, lives({ min: 30 }), of(20), [`${member}.below_minimum`]),
    row(`${key}.max`, lives({ max: 40 }), of(50), [`${member}.above_maximum`]),
    row(`${key}.default`, lives({ default: 40 }), REFRESH, { [member]: 40 }),
    row(`${key}.force`, lives({ force: 40 }), of(50), { [member]: 40 }),
    row(`${key}.on_bad`, lives({ max: 40, on_bad: 'clamp' }), of(50), { [member]: 40 }),
  ]
})

const id = (client_id: object): PolicyDefinition => ({ credentials: { client_id } })
const secret = (client_secret: object): PolicyDefinition => ({ credentials: { client_secret } })
const SECRET = { before: PUBLIC }
const keep = { updated: 'no part' } as const
const CREDENTIALS: readonly Row[] = [
  row(
    'credentials.caller_may_choose',
    { credentials: { caller_may_choose: false } },
    web({ client_id: 'mine' }),
    /"client_id":"(?!mine)/,
    {
      token: { permissions: ['oauth-client-override'] },
      ...keep,
    },
  ),
  row(
    'credentials.client_id.generator',
    id({ generator: 'random' }),
    WEB,
    /"client_id":"[0-9a-z]{22}"/,
    keep,
  ),
  row(
    'credentials.client_id.length',
    id({ generator: 'random', length: 30 }),
    WEB,
    /"client_id":"[0-9a-z]{30}"/,
    keep,
  ),
  row(
    'credentials.client_id.alphabet',
    id({ generator: 'random', length: 80, alphabet: 'ab' }),
    WEB,
    /"client_id":"[ab]{80}"/,
    keep,
  ),
  row(
    'credentials.client_id.prefix',
    id({ generator: 'uuid-v4', prefix: 'a-' }),
    WEB,
    /"client_id":"a-/,
    keep,
  ),
  row(
    'credentials.client_secret.length',
    secret({ prefix: 's-', length: 60 }),
    WEB,
    /"client_secret":"s-\w{60}"/,
    SECRET,
  ),
  row(
    'credentials.client_secret.alphabet',
    secret({ length: 200, alphabet: 'ab' }),
    WEB,
    /"client_secret":"[ab]{200}"/,
    SECRET,
  ),
  row('credentials.client_secret.prefix', secret({ prefix: 's-' }), WEB, /"client_secret":"s-/, SECRET),
  row(
    'credentials.registration_access_token.lifetime',
    { credentials: { registration_access_token: { lifetime: 60, rotation: 'update' } } },
    WEB,
    {},
    {
      look: ({ status }, { registrationAccessTokenExpiresAt: end, updatedAt }) =>
        status < 300 && end === updatedAt + 60,
    },
  ),
  row(
    'credentials.registration_access_token.rotation',
    { credentials: { registration_access_token: { rotation: 'update' } } },
    WEB,
    {},
    {
      created: 'no part',
      look: ({ body }, _, before) =>
        body.registration_access_token !== undefined &&
        body.registration_access_token !== before?.body.registration_access_token,
    },
  ),
  row(
    'credentials.client_secret.lifetime',
    secret({ lifetime: 60 }),
    WEB,
    /"client_secret_expires_at":[1-9]/,
    SECRET,
  ),
]

const WAY_IN = { from: { address: '192.0.2.7' } }
const limited = (limits: object): PolicyDefinition => ({ limits })
const counted = (key: string, status: number, more: Partial<Row> = {}): Row =>
  row(`limits.${key}`, limited({ [key]: 1 }), web({ software_id: 'a' }), status, {
    other: web({ software_id: 'a' }),
    request: WAY_IN,
    ...keep,
    ...more,
  })
const LIMITS: readonly Row[] = [
  counted('clients', 403),
  counted('clients_per_day', 429),
  counted('clients_per_caller', 403),
  counted('clients_per_caller_per_day', 429),
  counted('clients_per_initial_access_token', 403, { token: {} }),
  counted('clients_per_initial_access_token_per_day', 429, { token: {} }),
  // Only another piece of software a client can become by an update.
  counted('clients_per_software', 403, { updated: 403, before: web({ software_id: 'b' }) }),
  counted('clients_per_software_per_day', 429),
  counted('clients_per_network', 403),
  counted('clients_per_network_per_day', 429),
]

/** Requests that meet a condition, and that a condition of the other value does not mean. */
const CONDITIONS: Readonly<Record<string, readonly [meant: unknown, other: unknown, request: Partial<Row>]>> =
  {
    gates: [['host'], ['api_key'], {}],
    callers: [['host:an*'], ['host:bo*'], {}],
    permissions: [['oauth-client-override'], ['oauth-client-get'], {}],
    claims: [[{ claim: 'tenant', equals: 'a' }], [{ claim: 'tenant', equals: 'b' }], {}],
    certificate_subjects: [['*O=A*'], ['*O=B*'], {}],
    software_ids: [['v-*'], ['w-*'], {}],
    claimed_software_ids: [['c-*'], ['d-*'], {}],
    statement_issuers: [['https://a.example'], ['https://b.example'], {}],
    networks: [['192.0.2.0/24'], ['198.51.100.0/24'], {}],
  }

const SOMEBODY = web({ software_id: 'c-1', software_statement: 'a' })
const CONDITION_ROWS: readonly Row[] = Object.entries(CONDITIONS).flatMap(([key, [meant, other]]) => {
  const chosen = (value: unknown): PolicyDefinition => ({
    name: 'chosen',
    when: { [key]: value },
    member: { client_name: { force: 'Chosen' } },
  })
  const denied = (value: unknown): PolicyDefinition => ({
    deny: [{ when: { [key]: value } as never, because: 'No.' }],
  })
  const request = { headers: { 'x-caller': 'ann' }, ...WAY_IN }
  return [
    row(
      `when.${key}`,
      chosen(meant),
      SOMEBODY,
      { client_name: 'Chosen' },
      { request, isNeeded: true, before: SOMEBODY },
    ),
    row(`when.${key}`, chosen(other), SOMEBODY, { client_name: undefined }, { request, before: SOMEBODY }),
    row(`deny.when.${key}`, denied(meant), SOMEBODY, 403, {
      request,
      isNeeded: true,
      // The holder of the registration access token has no permissions, whoever registered the client.
      ...(key === 'permissions' ? keep : {}),
    }),
    row(`deny.when.${key}`, denied(other), SOMEBODY, 201, { request, updated: 200 }),
  ]
})

const deny = (when: object, because = 'No such clients.'): PolicyDefinition => ({ deny: [{ when, because }] })
const HEAD: readonly Row[] = [
  row(
    'name',
    { name: 'chosen', member: { client_name: { force: 'Chosen' } } },
    WEB,
    { client_name: 'Chosen' },
    {
      token: { policy: 'chosen' },
      isNeeded: true,
    },
  ),
  row('extends', { extends: 'machine' }, WEB, 400),
  // It is the operator's: no client sees it.
  row(
    'description',
    { description: 'Ours.', member: { contacts: { required: true } } },
    WEB,
    /^(?!.*Ours)/s,
    { isNeeded: true },
  ),
  row(
    'explain',
    { explain: 'public', member: { contacts: { required: true } } },
    WEB,
    /policy default \([0-9a-f]{12}\): member/,
  ),
  row('deny.when.members', deny({ members: { grant_types: 'client_*' } }), WEB, 201, { updated: 200 }),
  row('deny.when.members', deny({ members: { grant_types: ['client_*', 'x'] } }), MACHINE, 403, {
    isNeeded: true,
  }),
  row(
    'deny.because',
    deny({ members: { grant_types: 'client_*' } }, 'Ask the desk.'),
    MACHINE,
    /Ask the desk\./,
    { isNeeded: true },
  ),
]

/** Every row. */
export const ROWS: readonly Row[] = [
  ...HEAD,
  ...CONDITION_ROWS,
  ...MEMBERS,
  ...SINGLE_MEMBERS,
  ...LISTS,
  ...METHODS,
  ...redirectRows('redirect_uris'),
  ...redirectRows('post_logout_redirect_uris'),
  ...WORDS,
  ...TOKENS,
  ...LIFETIMES,
  ...CREDENTIALS,
  ...LIMITS,
]

/** What the issuers of the rows say: the statement is the issuer's first letter. */
export const vouch = (statement: string): Vouched => ({
  issuer: `https://${statement}.example`,
  statement,
  metadata: { software_id: 'v-1' },
})
