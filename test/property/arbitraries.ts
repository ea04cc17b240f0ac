import fc from 'fast-check'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import { METADATA_FIELDS, SERVER_MEMBERS } from '../../clientele/src/oauth/metadata-fields.ts'

/** What the property tests of registration throw at it: JSON as text, so that nothing is lost on the way; likely metadata; near-URIs. */
const HOSTILE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  'length',
  '',
  '0',
  '#',
  'keys',
  'kty',
]

/** Any 16-bit units, lone surrogates and NUL included. */
const units = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 20,
})
const text = fc.oneof(
  units,
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(...HOSTILE),
  fc.constant('x'.repeat(3000)),
)

const number = fc.oneof(
  fc.constantFrom('0', '-0', '-1', '1e400', '-1e400', '1e-400', '9007199254740993', '1'.repeat(400), '0.1'),
  fc.integer().map(String),
)
const leaf = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  number,
  fc.constantFrom('null', 'true', 'false'),
)
/** Nested as deep as a body allows. */
const abyss = fc
  .tuple(
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"keys":[', ']}'], ['{"__proto__":', '}']),
    fc.integer({ min: 1, max: 5000 }),
    leaf,
  )
  .map(([[open, close], levels, core]) => open!.repeat(levels) + core + close!.repeat(levels))

/** A JSON value, as text. */
export const anyJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: leaf, weight: 6 },
    { arbitrary: fc.array(tie('value'), { maxLength: 5 }).map((values) => `[${values}]`), weight: 2 },
    {
      arbitrary: fc
        .array(fc.tuple(text, tie('value')), { maxLength: 5 })
        .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`)}}`),
      weight: 2,
    },
    { arbitrary: abyss, weight: 1 },
  ),
})).value

const known = [...METADATA_FIELDS.keys()]
const member = fc.oneof(
  { arbitrary: fc.constantFrom(...known), weight: 5 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom(...known),
        fc.oneof(fc.constantFrom('fr', 'ja-Jpan-JP', '', 'x y', '__proto__'), text),
      )
      .map(([name, tag]) => `${name}#${tag}`),
    weight: 1,
  },
  { arbitrary: fc.constantFrom(...SERVER_MEMBERS, ...HOSTILE), weight: 1 },
  { arbitrary: text, weight: 1 },
)

/** A registration request's body: every known and unknown member with any value; a name may stand twice. */
export const anyBody: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.tuple(member, anyJson), { maxLength: 8 }), fc.boolean())
  .map(([entries, isPlausible]) => {
    const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    return `{${[...members, ...(isPlausible ? ['"redirect_uris":["https://client.example/"]'] : [])]}}`
  })

const mostly = <T>(good: readonly T[], bad: readonly T[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...good), weight: 60 },
    { arbitrary: fc.constantFrom(...bad), weight: 1 },
  )
const some = <T>(good: readonly T[], bad: readonly T[]) => fc.array(mostly(good, bad), { maxLength: 4 })

export const GOOD_URIS = [
  'https://client.example/callback',
  'https://client.example:8443/a?b=c',
  'https://CLIENT.example',
  'https://[2001:db8::1]/x',
  'http://127.0.0.1',
  'http://127.0.0.1:33418/callback',
  'http://[::1]:1/',
  'http://localhost:8080/x?y',
  'com.example.app:/callback',
  'com.example.app:///callback',
  'cursor://host/path',
  'oc://android.owncloud.com',
]
const url = mostly(
  ['https://client.example/page', 'https://client.example/x?y#z'],
  ['http://client.example/', 'nowhere', 'javascript:x'],
)
const name = mostly(['A client', 'クライアント', '<b>&"\'', 'e\u0301'], ['', 'a\nb', 'x'.repeat(300)])
const EC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

/** Metadata as clients send it, good for the most part, so that much of it is registered. */
export const likelyMetadata = fc.record(
  {
    redirect_uris: fc.array(mostly(GOOD_URIS, ['http://client.example/', 'https://client.example/#', 'x']), {
      minLength: 1,
      maxLength: 3,
    }),
    token_endpoint_auth_method: mostly([...BUILT_IN.authMethods], ['magic', '']),
    grant_types: some(
      [...BUILT_IN.grantTypes, 'authorization_code', 'refresh_token'],
      ['implicit', 'password'],
    ),
    response_types: some(['code'], ['token', 'id_token', 'code id_token']),
    application_type: mostly(['web', 'native'], ['mobile']),
    client_name: name,
    'client_name#fr': name,
    'tos_uri#ja-Jpan-JP': url,
    client_uri: url,
    logo_uri: url,
    scope: mostly(['openid', 'openid email', ' email  openid ', 'openid urn:other', ''], ['root', 'a"b']),
    contacts: some(['ada@client.example'], ['']),
    jwks: mostly(
      [{ keys: [EC_KEY] }, { keys: [{ ...EC_KEY, kid: 'a', use: 'sig' }, { kty: 'future' }] }],
      [{ keys: [] }],
    ),
    software_id: name,
    subject_type: mostly(['public', 'pairwise'], ['other']),
    id_token_signed_response_alg: mostly(['RS256', 'ES256'], ['none']),
    id_token_encrypted_response_alg: fc.constantFrom('ECDH-ES', 'RSA-OAEP'),
    token_endpoint_auth_signing_alg: mostly(['ES256', 'RS256'], ['none', 'HS256']),
    request_object_signing_alg: fc.constantFrom(...BUILT_IN.requestObjectSigningAlgs),
    require_signed_request_object: fc.boolean(),
    require_pushed_authorization_requests: fc.boolean(),
    userinfo_encrypted_response_alg: fc.constantFrom(...BUILT_IN.encryptionAlgs),
    userinfo_signed_response_alg: fc.constantFrom(...BUILT_IN.userinfoSigningAlgs),
    introspection_encrypted_response_alg: fc.constantFrom(...BUILT_IN.encryptionAlgs),
    introspection_encrypted_response_enc: fc.constantFrom(...BUILT_IN.encryptionEncs),
    backchannel_logout_uri: mostly(['https://client.example/out'], ['http://client.example/out']),
    backchannel_logout_session_required: fc.boolean(),
    default_max_age: fc.nat(),
    require_auth_time: fc.boolean(),
    dpop_bound_access_tokens: fc.boolean(),
    post_logout_redirect_uris: some(GOOD_URIS, ['javascript:x']),
    frontchannel_logout_uri: url,
    request_uris: fc.constant(['https://client.example/request.jwt']),
    default_acr_values: fc.constant(['urn:acr']),
    use_mtls_endpoint_aliases: fc.boolean(),
    vp_formats_supported: fc.constantFrom({ 'dc+sd-jwt': { alg: ['ES256'] } }, {}),
    made_up: fc.constant('unknown'),
  },
  { requiredKeys: ['redirect_uris'] },
)

/** One of `usual` three times in four, else one of `odd`. */
const part = (usual: readonly string[], odd: readonly string[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...usual), weight: 3 },
    { arbitrary: fc.constantFrom(...odd), weight: 1 },
  )

/** Text that is, or nearly is, a URI. */
export const nearUri: fc.Arbitrary<string> = fc
  .tuple(
    part(
      ['https', 'http', 'com.example.app', 'cursor'],
      ['HTTP', 'javascript', 'data', 'file', 'x.y', ' https', 'ht\ttps', ''],
    ),
    part(['://'], [':', ':///', ':/', ':\\\\', '']),
    part([''], ['user@', 'user:pw@', '@', 'good.example%40']),
    part(
      [
        'client.example',
        'localhost',
        '127.0.0.1',
        '[::1]',
        'CLIENT.Example',
        'a_b.example',
        'xn--bcher-kva.example',
      ],
      [
        '[::ffff:127.0.0.1]',
        '[1::2::3]',
        '2130706433',
        '0x7f.1',
        '0177.0.0.1',
        'a.0x7',
        '1.2.3',
        '127.0.0.1.evil.example',
        'xn--a',
        'bücher.example',
        'client。example',
        'a%2eb',
        '*.example',
        'client.example.',
        '',
      ],
    ),
    part(['', ':80', ':443', ':8443'], [':', ':0', ':65536', ':08', ':x']),
    fc.oneof(
      part(
        ['', '/', '/a/b', '/a;b=c', "/'()!*", '//evil.example/'],
        ['/a/../b', '/%2e%2e/b', '/\\evil', '/[x]', '/%zz', '/é'],
      ),
      units.map((value) => `/${value}`),
    ),
    part(['', '?a=b', '?', "?a='b'", '?a/../b'], ['#', '#x', '?x#y']),
  )
  .map((parts) => parts.join(''))
