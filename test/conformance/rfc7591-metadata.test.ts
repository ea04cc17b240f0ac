import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BUILT_IN, DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { type Answer, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** RFC 7591 §2: what the members of client metadata may hold, and what of it is registered. */
const setup = setUpRegistration()
const { register } = setup

const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const EC = ecKey.publicKey.export({ format: 'jwk' }) as JsonObject
const EC_PRIVATE = ecKey.privateKey.export({ format: 'jwk' }) as JsonObject
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  format: 'jwk',
}) as JsonObject
const RSA_1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
  format: 'jwk',
}) as JsonObject
const ED25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as JsonObject

function expectRefused(answer: Answer, error: string, member?: string): void {
  expect(answer.status).toBe(400)
  expect(answer.body.error).toBe(error)
  if (member) expect(answer.body.problems).toMatchObject([{ member }])
}
const refused = async (metadata: JsonObject, member?: string) =>
  expectRefused(await register({ ...WEB_CLIENT, ...metadata }), 'invalid_client_metadata', member)
const registered = async (metadata: JsonObject) => {
  const answer = await register({ ...WEB_CLIENT, ...metadata })
  expect(answer.status).toBe(201)
  return answer.body
}

describe('redirect URIs', () => {
  it.each([undefined, null, []])(
    'that are %j are refused for a redirect-based grant (RFC 7591 §2) [RU-01]',
    async (redirect_uris) => {
      expectRefused(await register({ redirect_uris }), 'invalid_redirect_uri', 'redirect_uris')
    },
  )

  it.each([
    'https://client.example/',
    {},
    1,
    true,
    [1],
    [null],
    [['https://client.example/']],
    ['https://client.example/', {}],
  ])('are an array of strings, not %j (RFC 7591 §2) [RU-02]', async (redirect_uris) => {
    expectRefused(await register({ redirect_uris }), 'invalid_redirect_uri', 'redirect_uris')
  })

  it.each([
    ['https://client.example/#', 'RU-03'],
    ['https://client.example/#x', 'RU-03'],
    ['/callback', 'RU-04'],
    ['https:cb', 'RU-04'],
    ['https:///cb', 'RU-04'],
    ['', 'RU-04'],
    ['javascript:alert(1)', 'RU-05'],
    ['javascript://client.example/%0aalert(1)', 'RU-05'],
    ['data:text/html,x', 'RU-05'],
    ['vbscript:x', 'RU-05'],
    ['file:///etc/passwd', 'RU-05'],
    ['blob:https://client.example/x', 'RU-06'],
    ['about:blank', 'RU-06'],
    ['view-source:https://client.example/', 'RU-06'],
    ['ftp://client.example/', 'RU-06'],
    ['mailto:ada@client.example', 'RU-06'],
    ['http://client.example/callback', 'RU-07'],
    ['http://localhost.evil/', 'RU-08'],
    ['http://127.0.0.1.evil/', 'RU-08'],
    ['http://127.0.0.1@evil/', 'RU-08'],
    ['http://[::1].evil/', 'RU-08'],
    ['http://0.0.0.0/', 'RU-08'],
    ['http://169.254.1.1/', 'RU-08'],
    ['http://192.168.0.1/', 'RU-08'],
    ['https://user@client.example/', 'RU-09'],
    ['https://client.example\\@evil/', 'RU-09'],
    ['https://client.example/ x', 'RU-09'],
    ['https://client.example/\r\nx', 'RU-09'],
    ['https://client.example/\0', 'RU-09'],
    ['https://*.client.example/', 'RU-09'],
    ['https://client.example:0/', 'RU-09'],
    ['https://client.example:65536/', 'RU-09'],
    ['myapp:/callback', 'RU-14'],
  ])('%j is refused (RFC 7591 §5, RFC 6749 §3.1.2, RFC 9700 §2.6) [%s]', async (uri) => {
    expectRefused(await register({ redirect_uris: [uri] }), 'invalid_redirect_uri', 'redirect_uris')
    expectRefused(
      await register({ redirect_uris: [uri], application_type: 'native' }),
      'invalid_redirect_uri',
    )
  })

  it('one bad URI fails the request, and its place is told (OIDC Registration §3.2) [RU-10]', async () => {
    const { status, body } = await register({
      redirect_uris: ['https://client.example/', 'http://127.0.0.1/', 'javascript:x'],
    })
    expect(status).toBe(400)
    expect(body.problems).toMatchObject([{ index: 2, reason: 'redirect_uri.forbidden_scheme' }])
  })

  it.each([
    ['https://client.example/callback?a=1&b=%2F'],
    ['https://CLIENT.example/Callback/'],
    ['https://client.example/oauth/clients/mcp:name/callback'],
    ['https://client.example', 'https://client.example/'],
    [
      'https://insiders.vscode.dev/redirect',
      'https://vscode.dev/redirect',
      'http://127.0.0.1/',
      'http://127.0.0.1:33418/',
    ],
    [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
    ],
    ['http://localhost:4242', 'http://localhost:8080', 'edu.kit.data.oidc-agent:/redirect'],
    ['io.element.android:/'],
    ['com.example.app:///callback'],
  ])('come back byte for byte: %s (RFC 7591 §3.2.1) [RU-11]', async (...redirect_uris) => {
    const { status, body } = await register({ redirect_uris })
    expect(status).toBe(201)
    expect(body.redirect_uris).toStrictEqual(redirect_uris)
  })

  it.each([
    'http://127.0.0.1',
    'http://127.0.0.1:8080/cb',
    'http://[::1]/',
    'http://[::1]:9/cb',
    'http://localhost:1/cb',
  ])('native clients may use the loopback URI %s (RFC 8252 §7.3) [RU-12]', async (uri) => {
    expect((await register({ redirect_uris: [uri], application_type: 'native' })).status).toBe(201)
  })

  it('native clients may use private-use schemes with a reverse domain name (RFC 8252 §7.1) [RU-13]', async () => {
    expect(
      (await register({ redirect_uris: ['com.example.app:/cb'], application_type: 'native' })).status,
    ).toBe(201)
  })

  it('loopback URIs are accepted without application_type, and the client is registered as native (RFC 8252 §7.3) [RU-15] [point 12]', async () => {
    const { status, body } = await register({ redirect_uris: ['http://localhost:3000/callback'] })
    expect(status).toBe(201)
    expect(body.application_type).toBe('native')
  })

  it('duplicates come back as sent [RU-16]', async () => {
    const redirect_uris = ['https://client.example/', 'https://client.example/']
    expect((await register({ redirect_uris })).body.redirect_uris).toStrictEqual(redirect_uris)
  })

  it('very long and very many ones are refused, those at the bound come back (docs/reference/bounds.md) [RU-17]', async () => {
    const long = (length: number) => 'https://client.example/'.padEnd(length, 'x')
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => `https://client.example/${index}`)
    expect((await register({ redirect_uris: [long(2048)] })).body.redirect_uris).toStrictEqual([long(2048)])
    expect((await register({ redirect_uris: many(100) })).body.redirect_uris).toStrictEqual(many(100))
    expectRefused(await register({ redirect_uris: [long(2049)] }), 'invalid_redirect_uri')
    expectRefused(await register({ redirect_uris: many(101) }), 'invalid_redirect_uri')
  })

  it.each(['https://bücher.example/', 'https://client.example/ü', 'com.example.app:/名'])(
    'non-ASCII ones are refused, never changed: %s (RFC 3986 §2) [RU-18]',
    async (uri) => {
      expectRefused(await register({ redirect_uris: [uri] }), 'invalid_redirect_uri')
    },
  )

  it('claimed https URIs are accepted for native clients (RFC 8252 §7.2) [NC-08]', async () => {
    expect((await register({ ...WEB_CLIENT, application_type: 'native' })).body.application_type).toBe(
      'native',
    )
  })
})

describe('grant types and response types (RFC 7591 §2.1)', () => {
  it.each(['authorization_code', {}, 1, [1], [null], [['authorization_code']]])(
    'grant_types is an array of strings, not %j [GT-01]',
    async (grant_types) => {
      await refused({ grant_types }, 'grant_types')
    },
  )

  it('unsupported grant types are dropped beside a supported one, and never echoed [GT-02] [GT-03] [point 4]', async () => {
    const { grant_types } = await registered({
      grant_types: ['implicit', 'authorization_code', 'password', 'urn:example:grant', 'refresh_token'],
    })
    expect(grant_types).toStrictEqual(['authorization_code', 'refresh_token'])
  })

  it.each([
    ['implicit'],
    ['password'],
    ['AUTHORIZATION_CODE'],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
  ])('grant types of which none is supported are refused: %s [GT-02]', async (...grant_types) => {
    const { body } = await register({ ...WEB_CLIENT, grant_types })
    expect(body).toMatchObject({
      error: 'invalid_client_metadata',
      problems: [{ member: 'grant_types', reason: 'grant_types.unsupported' }],
    })
  })

  it('the two lists are made to agree, towards less [GT-04] [point 11]', async () => {
    expect(await registered({ grant_types: ['client_credentials'], response_types: ['code'] })).toMatchObject(
      {
        grant_types: ['client_credentials'],
        response_types: [],
      },
    )
    expect(
      await registered({ grant_types: ['authorization_code'], response_types: ['code', 'token'] }),
    ).toMatchObject({ response_types: ['code'] })
  })

  it.each([
    ['client_credentials'],
    [DEVICE_CODE],
    [DEVICE_CODE, 'refresh_token'],
    ['client_credentials', DEVICE_CODE],
  ])(
    'a client of %s alone needs no redirect URI and has no response type [GT-05] [GT-06] [GT-12] [point 10]',
    async (...grant_types) => {
      for (const redirect_uris of [undefined, []]) {
        const { status, body } = await register({ grant_types, redirect_uris })
        expect(status).toBe(201)
        expect(body).toMatchObject({ grant_types, response_types: [], redirect_uris: [] })
      }
    },
  )

  it.each(['code', {}, 1, [1], [null]])(
    'response_types is an array of strings, not %j [GT-07]',
    async (response_types) => {
      await refused({ response_types }, 'response_types')
    },
  )

  it('unsupported response types are dropped beside a supported one, as mod_auth_openidc needs [GT-08]', async () => {
    const asked = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token']
    expect(
      (
        await registered({
          response_types: asked,
          grant_types: ['authorization_code', 'implicit', 'refresh_token'],
        })
      ).response_types,
    ).toStrictEqual(['code'])
  })

  it.each([['token'], ['id_token'], ['token id_token'], ['Code'], ['none']])(
    'response types of which none is supported are refused: %s [GT-08] [GT-09]',
    async (...response_types) => {
      await refused({ response_types }, 'response_types')
    },
  )

  it('duplicates are harmless [GT-10] [GT-14]', async () => {
    expect(
      await registered({
        grant_types: ['authorization_code', 'authorization_code'],
        response_types: ['code', 'code'],
      }),
    ).toMatchObject({
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })
  })

  it('a public client never gets client_credentials (RFC 6749 §4.4) [GT-11] [point 20]', async () => {
    const none = { token_endpoint_auth_method: 'none' }
    expect((await register({ ...none, grant_types: ['client_credentials'] })).body.error).toBe(
      'invalid_client_metadata',
    )
    expect(
      (await registered({ ...none, grant_types: ['authorization_code', 'client_credentials'] })).grant_types,
    ).toStrictEqual(['authorization_code'])
  })

  it.each(BUILT_IN.grantTypes.filter((grant) => grant !== 'refresh_token'))(
    'the announced grant %s can be registered [GT-13]',
    async (grant) => {
      expect((await registered({ grant_types: [grant] })).grant_types).toStrictEqual([grant])
      if (grant !== 'client_credentials')
        expect((await registered({ grant_types: [grant, 'refresh_token'] })).grant_types).toStrictEqual([
          grant,
          'refresh_token',
        ])
    },
  )

  it('refresh_token alone is refused, beside client_credentials it is dropped (RFC 6749 §4.4.3) [GT-04]', async () => {
    await refused({ grant_types: ['refresh_token'] }, 'grant_types')
    expect(
      (await registered({ grant_types: ['client_credentials', 'refresh_token'] })).grant_types,
    ).toStrictEqual(['client_credentials'])
  })
})

describe('client authentication (RFC 7591 §2)', () => {
  it.each(BUILT_IN.authMethods)(
    'the announced method %s can be registered and comes back [AM-01]',
    async (token_endpoint_auth_method) => {
      const body = await registered({ token_endpoint_auth_method, jwks: { keys: [EC] } })
      expect(body.token_endpoint_auth_method).toBe(token_endpoint_auth_method)
      expect('client_secret' in body).toBe(token_endpoint_auth_method.startsWith('client_secret_'))
      // HS256 needs 256 bits (OIDC Core §16.19).
      if (token_endpoint_auth_method === 'client_secret_jwt')
        expect(body.client_secret.length).toBeGreaterThanOrEqual(43)
    },
  )

  it.each([
    'magic',
    'Client_Secret_Basic',
    'client_secret_basic ',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'https://methods.example/own',
    1,
    true,
    ['none'],
    {},
  ])(
    'the method %j is refused, not replaced: silence would be a downgrade [AM-02] [AM-03] [AM-04] [AM-05]',
    async (token_endpoint_auth_method) => {
      await refused({ token_endpoint_auth_method }, 'token_endpoint_auth_method')
    },
  )

  it('an empty method counts as left out, as AppAuth for iOS sends it [AM-02]', async () => {
    expect((await registered({ token_endpoint_auth_method: '' })).token_endpoint_auth_method).toBe(
      'client_secret_basic',
    )
  })

  it.each([
    {},
    { jwks: { keys: [] } },
    { jwks: { keys: [{ ...EC, use: 'enc' }] } },
    { jwks: { keys: [{ kty: 'future' }] } },
  ])('private_key_jwt needs a key that can sign, which %j has not [AM-06] [AM-07]', async (keys) => {
    await refused({ token_endpoint_auth_method: 'private_key_jwt', ...keys }, 'jwks')
  })

  it.each(['none', 'HS512', 'ES999', 1])(
    'token_endpoint_auth_signing_alg is never %j (OIDC Registration §2) [AM-08]',
    async (alg) => {
      await refused(
        {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [EC] },
          token_endpoint_auth_signing_alg: alg,
        },
        'token_endpoint_auth_signing_alg',
      )
    },
  )

  it.each(BUILT_IN.authSigningAlgs)(
    'the announced assertion algorithm %s can be registered [AM-09]',
    async (alg) => {
      const token_endpoint_auth_method = alg.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt'
      const body = await registered({
        token_endpoint_auth_method,
        token_endpoint_auth_signing_alg: alg,
        jwks: { keys: [EC, RSA, ED25519] },
      })
      expect(body.token_endpoint_auth_signing_alg).toBe(alg)
    },
  )
})

describe('keys (RFC 7591 §2)', () => {
  it('jwks and jwks_uri together are refused [KEY-01]', async () => {
    await refused({ jwks: { keys: [EC] }, jwks_uri: 'https://client.example/jwks' }, 'jwks')
  })

  it.each([[JSON.stringify({ keys: [EC] })], [[EC]], [EC], [{}], [{ keys: {} }], [1]])(
    'jwks is a JWK Set object, not %j [KEY-02]',
    async (jwks) => {
      await refused({ jwks }, 'jwks')
    },
  )

  it('a point off its curve is refused (RFC 7518 §6.2.1) [KEY-02]', async () => {
    await refused({ jwks: { keys: [{ ...EC, y: EC.x! }] } }, 'jwks')
  })

  it.each([
    ['private EC', EC_PRIVATE],
    ['symmetric', { kty: 'oct', k: 'c2VjcmV0' }],
    ['RSA of 1024 bits', RSA_1024],
  ])(
    'a %s key is refused, and not repeated in the answer (OIDC Registration §2) [KEY-03]',
    async (_, key) => {
      const answer = await register({ ...WEB_CLIENT, jwks: { keys: [EC, key] } })
      expectRefused(answer, 'invalid_client_metadata', 'jwks')
      expect(answer.body.problems[0].index).toBe(1)
      for (const member of ['d', 'k'])
        if (member in key) expect(answer.text).not.toContain((key as JsonObject)[member])
    },
  )

  it.each([
    ['EC', EC],
    ['RSA', RSA],
    ['Ed25519', ED25519],
  ])('a public %s key comes back as sent [KEY-04]', async (_, key) => {
    const jwks = { keys: [{ ...key, kid: 'one', use: 'sig' }] }
    expect((await registered({ jwks })).jwks).toStrictEqual(jwks)
  })

  it('a key of an unknown type does no harm (RFC 7517 §5) [KEY-05]', async () => {
    const jwks = { keys: [{ kty: 'future', x: 'y' }, EC] }
    expect((await registered({ jwks, token_endpoint_auth_method: 'private_key_jwt' })).jwks).toStrictEqual(
      jwks,
    )
  })

  it.each([
    'http://client.example/jwks',
    'client.example/jwks',
    'file:///etc/passwd',
    'https:jwks',
    1,
    ['https://client.example/jwks'],
  ])(
    'jwks_uri is an https URL, not %j (OIDC Registration §2, errata 2) [KEY-06] [KEY-07] [point 14]',
    async (jwks_uri) => {
      await refused({ jwks_uri }, 'jwks_uri')
    },
  )

  it('a good jwks_uri comes back, and is not fetched at registration [KEY-08] [URI-13]', async () => {
    expect((await registered({ jwks_uri: 'https://client.example/jwks.json?v=1' })).jwks_uri).toBe(
      'https://client.example/jwks.json?v=1',
    )
  })

  it('signing and encryption keys side by side need their use [NC-10]', async () => {
    await refused({ jwks: { keys: [{ ...EC, use: 'sig' }, { ...RSA, use: 'enc' }, ED25519] } }, 'jwks')
  })
})

describe('pages (RFC 7591 §2)', () => {
  const members = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri']

  it.each(members)('%s comes back as sent [URI-01]', async (member) => {
    for (const url of [
      'https://client.example/page?x=1#top',
      'http://client.example/',
      'https://xn--bcher-kva.example/',
    ]) {
      expect((await registered({ [member]: url }))[member]).toBe(url)
    }
  })

  it.each(members)('%s is a URL of the web [URI-02] [URI-03] [URI-04] [URI-05]', async (member) => {
    for (const value of [
      'not a url',
      'client.example',
      'javascript:alert(1)',
      'data:image/png;base64,AA',
      'https:x',
      'https://u:p@client.example/',
      1,
      {},
      ['https://client.example/'],
    ]) {
      await refused({ [member]: value }, member)
      await refused({ [`${member}#fr`]: value }, `${member}#fr`)
    }
  })
})

describe('other members (RFC 7591 §2)', () => {
  it('client_name is text, returned as sent, and bounded [FLD-01] [FLD-02] [FLD-03]', async () => {
    expect((await registered({ client_name: '<b>Ünï</b> & "co"' })).client_name).toBe('<b>Ünï</b> & "co"')
    expect((await registered({ client_name: 'x'.repeat(256) })).client_name).toHaveLength(256)
    for (const client_name of [1, true, {}, ['x'], 'x'.repeat(257)])
      await refused({ client_name }, 'client_name')
  })

  it('contacts is an array of texts [FLD-04] [FLD-05] [FLD-06]', async () => {
    expect(
      (await registered({ contacts: ['ada@client.example', 'https://client.example/help'] })).contacts,
    ).toHaveLength(2)
    for (const contacts of ['ada@client.example', {}, [1], [''], [null]])
      await refused({ contacts }, 'contacts')
  })

  it('software_id and software_version are opaque texts, and the same software may register again [FLD-07] [FLD-08] [FLD-21] [point 19]', async () => {
    const software = { software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d', software_version: '1.0 beta' }
    expect(await registered(software)).toMatchObject(software)
    expect(await registered(software)).toMatchObject(software)
    for (const software_version of [1.2, {}, ['1']]) await refused({ software_version }, 'software_version')
  })

  it('scope is one text of RFC 6749 §3.3, and never more is granted than was asked for [FLD-09] [FLD-10] [FLD-11] [FLD-12]', async () => {
    expect((await registered({ scope: 'email openid' })).scope).toBe('email openid')
    expect((await registered({ scope: 'openid  openid urn:other' })).scope).toBe('openid')
    for (const scope of [['openid'], 1, {}, 'a"b', 'a\\b', 'a\nb', 'é', 'urn:other another'])
      await refused({ scope }, 'scope')
  })

  it('a software statement, which this server does not read, is ignored and not returned (RFC 7591 §2.3) [REQ-07]', async () => {
    const body = await registered({
      software_statement: 'eyJhbGciOiJub25lIn0.eyJjbGllbnRfbmFtZSI6IkV2aWwifQ.',
    })
    expect(body).not.toHaveProperty('software_statement')
    expect(body).not.toHaveProperty('client_name')
  })
})

describe('languages (RFC 7591 §2.2)', () => {
  it('localized members are accepted, kept and returned under their names [I18N-01] [I18N-02]', async () => {
    const localized = {
      client_name: 'Client',
      'client_name#ja-Jpan-JP': 'クライアント名',
      'client_name#fr': 'Le client',
      'client_uri#fr': 'https://client.example/fr',
      'logo_uri#fr': 'https://client.example/fr.png',
      'tos_uri#fr': 'https://client.example/fr/tos',
      'policy_uri#fr': 'https://client.example/fr/policy',
    }
    expect(await registered(localized)).toMatchObject(localized)
  })

  it('a localized member needs no plain one beside it [I18N-01]', async () => {
    const body = await registered({ 'client_name#de': 'Name' })
    expect(body['client_name#de']).toBe('Name')
    expect(body).not.toHaveProperty('client_name')
  })

  it.each([
    ['client_name#fr', 1],
    ['logo_uri#fr', 'javascript:alert(1)'],
    ['tos_uri#fr', 'nowhere'],
    ['policy_uri#de', {}],
  ])('%s is held to the rule of the plain member [I18N-03] [I18N-04]', async (member, value) => {
    await refused({ [member]: value }, member)
  })

  it('a tag on a member that is not for people has no effect [I18N-05]', async () => {
    const body = await registered({
      'redirect_uris#fr': ['javascript:x'],
      'grant_types#fr': ['password'],
      'scope#fr': 'x',
      'jwks#fr': 1,
    })
    for (const member of Object.keys(body)) expect(member).not.toContain('#')
    expect(body.redirect_uris).toStrictEqual(WEB_CLIENT.redirect_uris)
  })

  it.each([
    'client_name#',
    'client_name##',
    'client_name#a b',
    'client_name#-',
    'client_name#<script>',
    `client_name#${'x'.repeat(5000)}`,
    '#fr',
    'client_name #fr',
  ])('the broken %j is harmless [I18N-06]', async (member) => {
    expect(await registered({ [member]: 'x' })).not.toHaveProperty([member])
  })

  it('tags that differ in case only are one language [I18N-07]', async () => {
    const body = await registered({ 'client_name#fr-CA': 'first', 'client_name#FR-ca': 'second' })
    expect(body['client_name#fr-CA']).toBe('first')
    expect(body).not.toHaveProperty(['client_name#FR-ca'])
  })
})

it('none of all this was a fault of the server [SEC]', () => {
  expect(setup.faults).toStrictEqual([])
})
