import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import { setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** OpenID Connect Dynamic Client Registration 1.0 (errata 2), and the members that other OpenID texts add to it. */
const setup = setUpRegistration()
const { register, send } = setup

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
}) as JsonObject

const refused = async (metadata: JsonObject, member: string) => {
  const answer = await register({ ...WEB_CLIENT, ...metadata })
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ error: 'invalid_client_metadata', problems: [{ member }] })
}
const registered = async (metadata: JsonObject) => {
  const answer = await register({ ...WEB_CLIENT, ...metadata })
  expect(answer.status).toBe(201)
  return answer.body
}

describe('defaults (OIDC Registration §2)', () => {
  it('application_type is web (OIDC Registration §2) [DEF-05]', async () => {
    expect((await registered({})).application_type).toBe('web')
  })

  it('id_token_signed_response_alg is RS256 (OIDC Registration §2) [DEF-06]', async () => {
    expect((await registered({})).id_token_signed_response_alg).toBe('RS256')
  })

  it('subject_type is a supported one (OIDC Registration §2) [DEF-16]', async () => {
    expect(BUILT_IN.subjectTypes).toContain((await registered({})).subject_type)
  })

  it('what is provisioned is among what is announced (OIDC Registration §2) [DEF-17]', async () => {
    const body = await registered({})
    for (const field of METADATA_FIELDS.values()) {
      if (field.oneOf && body[field.name] !== undefined)
        expect(BUILT_IN[field.oneOf]).toContain(body[field.name])
    }
    for (const grant of body.grant_types) expect(BUILT_IN.grantTypes).toContain(grant)
    for (const scope of body.scope.split(' ')) expect(BUILT_IN.scopes).toContain(scope)
  })

  it.each([
    'request_object_signing_alg',
    'token_endpoint_auth_signing_alg',
    'userinfo_signed_response_alg',
    'id_token_encrypted_response_alg',
    'id_token_encrypted_response_enc',
    'default_max_age',
  ])('%s has none and is left out (OIDC Registration §2)', async (member) => {
    expect(await registered({})).not.toHaveProperty(member)
  })
})

describe('redirect URIs of web and native clients (OIDC Registration §2)', () => {
  it('web with the implicit grant cannot be registered at all, so its https rule holds for nobody [RU-19]', async () => {
    for (const uri of ['https://localhost/', 'http://localhost/', 'https://client.example/']) {
      const { status, body } = await register({
        grant_types: ['implicit'],
        response_types: ['id_token'],
        redirect_uris: [uri],
      })
      expect(status).toBe(400)
      expect(body.error).toBe('invalid_client_metadata')
    }
  })

  it.each(['http://client.example/', 'https:cb', 'myapp:/cb'])(
    'native: %s is neither loopback nor a scheme of its own [RU-19]',
    async (uri) => {
      const { status, body } = await register({ redirect_uris: [uri], application_type: 'native' })
      expect(status).toBe(400)
      expect(body.error).toBe('invalid_redirect_uri')
    },
  )

  it('web with a private-use scheme or loopback is registered as native, and the answer says so (docs/spec/choices.md) [RU-20] [RU-15]', async () => {
    for (const uri of [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'edu.kit.data.oidc-agent:/redirect',
      'http://localhost:4242',
    ]) {
      const client = await register({ redirect_uris: [uri], application_type: 'web' })
      expect(client.status).toBe(201)
      expect(client.body.application_type).toBe('native')
      expect((await setup.record(client))!.dropped).toStrictEqual([
        { member: 'application_type', value: 'web', reason: 'application_type.inferred' },
      ])
    }
  })
})

describe('addresses (OIDC Registration §2)', () => {
  it.each(['http://client.example/login', 'javascript:x', 'client.example', 1])(
    'initiate_login_uri is https, not %j [URI-06]',
    async (initiate_login_uri) => {
      await refused({ initiate_login_uri }, 'initiate_login_uri')
    },
  )

  it('initiate_login_uri comes back as sent [URI-06]', async () => {
    expect(
      (await registered({ initiate_login_uri: 'https://client.example/login?x' })).initiate_login_uri,
    ).toBe('https://client.example/login?x')
  })

  it('sector_identifier_uri is refused, because it would have to be fetched (docs/spec/choices.md) [URI-07]', async () => {
    await refused({ sector_identifier_uri: 'https://client.example/sector.json' }, 'sector_identifier_uri')
    await refused({ sector_identifier_uri: 'http://client.example/sector.json' }, 'sector_identifier_uri')
  })

  it('pairwise with several redirect hosts is refused, with one it is registered (OIDC Core §8.1) [URI-08]', async () => {
    await refused(
      { subject_type: 'pairwise', redirect_uris: ['https://a.example/', 'https://b.example/'] },
      'subject_type',
    )
    expect(
      (
        await registered({
          subject_type: 'pairwise',
          redirect_uris: ['https://a.example/1', 'https://a.example/2'],
        })
      ).subject_type,
    ).toBe('pairwise')
  })

  it('request_uris, which are not fetched, are not registered either [URI-09]', async () => {
    expect(await registered({ request_uris: ['https://client.example/request.jwt#x'] })).not.toHaveProperty(
      'request_uris',
    )
    await refused({ request_uris: 'https://client.example/request.jwt' }, 'request_uris')
  })

  it('post_logout_redirect_uris are URLs, http for confidential clients only (RP-Initiated Logout §3.1) [URI-10]', async () => {
    const post_logout_redirect_uris = [
      'https://client.example/bye',
      'http://client.example/bye',
      'com.example.app:/bye',
    ]
    expect((await registered({ post_logout_redirect_uris })).post_logout_redirect_uris).toStrictEqual(
      post_logout_redirect_uris,
    )
    await refused(
      { post_logout_redirect_uris, token_endpoint_auth_method: 'none' },
      'post_logout_redirect_uris',
    )
    for (const bad of [
      'https://client.example/bye',
      [1],
      ['javascript:x'],
      ['/bye'],
      ['https://client.example/#x'],
    ]) {
      await refused({ post_logout_redirect_uris: bad }, 'post_logout_redirect_uris')
    }
  })

  it('frontchannel_logout_uri, which nobody would call, is not registered (Front-Channel Logout §2) [URI-11]', async () => {
    const client = await register({
      ...WEB_CLIENT,
      frontchannel_logout_uri: 'https://client.example/out',
      frontchannel_logout_session_required: true,
    })
    expect(client.status).toBe(201)
    expect(client.text).not.toContain('frontchannel')
    expect((await setup.record(client))!.dropped.map(({ member }) => member)).toStrictEqual([
      'frontchannel_logout_uri',
      'frontchannel_logout_session_required',
    ])
  })

  it('backchannel_logout_uri is absolute, without fragment, http for confidential clients only (Back-Channel Logout §2.2) [URI-12]', async () => {
    for (const uri of ['https://client.example:8443/out?x=1', 'http://client.example/out']) {
      expect((await registered({ backchannel_logout_uri: uri })).backchannel_logout_uri).toBe(uri)
    }
    for (const uri of ['/out', 'https://client.example/out#x', 'javascript:x', 1])
      await refused({ backchannel_logout_uri: uri }, 'backchannel_logout_uri')
    await refused(
      { backchannel_logout_uri: 'http://client.example/out', token_endpoint_auth_method: 'none' },
      'backchannel_logout_uri',
    )
  })

  it.each(['https://127.0.0.1/x', 'https://localhost/x', 'https://169.254.169.254/x', 'https://[::1]/x'])(
    '%s is stored without being fetched [URI-13]',
    async (uri) => {
      expect((await registered({ jwks_uri: uri, logo_uri: uri })).logo_uri).toBe(uri)
    },
  )
})

describe('other members (OIDC Registration §2)', () => {
  it('default_max_age is a whole number of seconds, 0 or more [FLD-13] [FLD-14]', async () => {
    for (const default_max_age of [0, 1, 86_400])
      expect((await registered({ default_max_age })).default_max_age).toBe(default_max_age)
    for (const default_max_age of [-1, 1.5, '60', true, [1], 2 ** 60])
      await refused({ default_max_age }, 'default_max_age')
  })

  it.each([
    'require_auth_time',
    'require_signed_request_object',
    'require_pushed_authorization_requests',
    'dpop_bound_access_tokens',
    'backchannel_logout_session_required',
  ])('%s is a JSON boolean and comes back as sent [FLD-15] [FLD-16] [EXT-03]', async (member) => {
    for (const value of [true, false]) expect((await registered({ [member]: value }))[member]).toBe(value)
    for (const value of ['true', 1, {}, [true]]) await refused({ [member]: value }, member)
  })

  it('default_acr_values, of which none is supported, is not registered [FLD-17]', async () => {
    expect(await registered({ default_acr_values: ['urn:mace:incommon:iap:silver'] })).not.toHaveProperty(
      'default_acr_values',
    )
    await refused({ default_acr_values: 'urn:mace:incommon:iap:silver' }, 'default_acr_values')
  })

  it('application_type is web or native [FLD-18] [FLD-19]', async () => {
    for (const application_type of ['web', 'native'])
      expect((await registered({ application_type })).application_type).toBe(application_type)
    for (const application_type of ['mobile', 'Web', 1, ['web']]) {
      await refused({ application_type }, 'application_type')
      await refused({ application_type, redirect_uris: ['http://127.0.0.1/'] }, 'application_type')
    }
  })

  it('subject_type is public or pairwise [FLD-20]', async () => {
    for (const subject_type of ['public', 'pairwise'])
      expect((await registered({ subject_type })).subject_type).toBe(subject_type)
    for (const subject_type of ['Public', 'ephemeral', 1]) await refused({ subject_type }, 'subject_type')
  })

  it('certificate-bound access tokens are refused, not promised; not wanting them is fine (RFC 8705 §3.4) [DEF-10]', async () => {
    await refused(
      { tls_client_certificate_bound_access_tokens: true },
      'tls_client_certificate_bound_access_tokens',
    )
    expect(await registered({ tls_client_certificate_bound_access_tokens: false })).not.toHaveProperty(
      'tls_client_certificate_bound_access_tokens',
    )
  })

  it.each(
    [...METADATA_FIELDS.values()]
      .filter(({ support }) => support === 'drop')
      .map(({ name, shape }) => [name, shape] as const),
  )(
    '%s is not supported: it is left out of the answer and kept on record [REQ-07] [EXT-01] [EXT-05]',
    async (name, shape) => {
      const value =
        {
          boolean: true,
          texts: ['x'],
          'web-urls': ['https://client.example/'],
          'web-url': 'https://client.example/',
        }[shape as string] ?? 'x'
      const client = await register({ ...WEB_CLIENT, [name]: value })
      expect(client.status).toBe(201)
      expect(client.body).not.toHaveProperty(name)
      expect((await setup.record(client))!.dropped).toStrictEqual([
        { member: name, value, reason: `${name}.unsupported` },
      ])
    },
  )

  it.each([
    ['organization_name', 'Example Ltd'],
    ['organization_name#fr', 'Exemple SA'],
    ['description', 'Does things.'],
    ['keywords', ['a', 'b']],
    ['information_uri', 'https://client.example/info'],
    ['organization_uri', 'https://example.org/'],
    ['client_registration_types', ['automatic']],
    ['signed_jwks_uri', 'https://client.example/jwks.jose'],
    ['encrypted_response_enc_values_supported', ['A128GCM']],
    ['vp_formats_supported', { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'] } }],
  ])('%s is kept and comes back as sent (IANA registry) [EXT-05]', async (member, value) => {
    expect((await registered({ [member]: value }))[member]).toStrictEqual(value)
  })
})

describe('algorithms (OIDC Registration §2)', () => {
  const single = [...METADATA_FIELDS.values()].filter(
    ({ name }) => /_(alg|enc)$/.test(name) && METADATA_FIELDS.get(name)!.oneOf,
  )

  it.each(single.map(({ name }) => name))(
    '%s is text, and an unknown value is refused [ALG-01] [ALG-06]',
    async (name) => {
      for (const value of ['XX999', 'none', 1, true, ['RS256'], {}]) {
        const { status, body } = await register({ ...WEB_CLIENT, jwks: { keys: [EC] }, [name]: value })
        expect(status).toBe(400)
        expect(body.problems).toContainEqual(expect.objectContaining({ member: name }))
      }
    },
  )

  it.each(['id_token', 'userinfo', 'introspection'])(
    '%s_encrypted_response_enc needs its alg and is A128CBC-HS256 where left out [ALG-02] [ALG-03]',
    async (kind) => {
      const [alg, enc] = [`${kind}_encrypted_response_alg`, `${kind}_encrypted_response_enc`]
      await refused({ [enc]: 'A128GCM' }, enc)
      await refused({ [alg]: 'ECDH-ES' }, alg)
      expect((await registered({ [alg]: 'ECDH-ES', jwks: { keys: [EC] } }))[enc]).toBe('A128CBC-HS256')
      expect((await registered({ [alg]: 'ECDH-ES', [enc]: 'A256GCM', jwks: { keys: [EC] } }))[enc]).toBe(
        'A256GCM',
      )
    },
  )

  it.each(['none', 'HS256'])(
    'id_token_signed_response_alg is never %s [ALG-04]',
    async (id_token_signed_response_alg) => {
      await refused({ id_token_signed_response_alg }, 'id_token_signed_response_alg')
    },
  )

  it.each(
    single
      .filter(({ name }) => name !== 'token_endpoint_auth_signing_alg')
      .map(({ name, oneOf }) => [name, BUILT_IN[oneOf!]] as const),
  )('every announced value of %s can be registered and comes back [ALG-05]', async (name, values) => {
    for (const value of values) {
      const beside = name.endsWith('_enc') ? { [name.replace(/_enc$/, '_alg')]: 'ECDH-ES' } : {}
      expect((await registered({ [name]: value, ...beside, jwks: { keys: [EC] } }))[name]).toBe(value)
    }
  })
})

describe('CORS (OIDC Registration §3, §4; RFC 9700 §2.6)', () => {
  const origin = { origin: 'https://app.example' }

  it('a preflight of the registration endpoint allows POST with JSON and a token [CORS-01]', async () => {
    const answer = await send('OPTIONS', '/register', {
      headers: {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST')
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type']),
    )
  })

  it('a preflight of the configuration endpoint allows GET, PUT and DELETE, for any client [CORS-02]', async () => {
    const answer = await send('OPTIONS', '/register/any', {
      headers: { ...origin, 'access-control-request-method': 'PUT' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, PUT, DELETE')
  })

  it('every answer is readable from any origin, errors too [CORS-03] [CORS-04] [CORS-05]', async () => {
    const client = await register(WEB_CLIENT, { headers: { ...origin, 'content-type': 'application/json' } })
    const closed = setUpRegistration({ anonymous: false })
    const json = { 'content-type': 'application/json' }
    const answers = [
      client,
      await setup.read(client),
      await setup.update(client, WEB_CLIENT),
      await register({}),
      await closed.register(WEB_CLIENT),
      await send('POST', '/register', { headers: json, body: '{' }),
      await send('POST', '/register', { headers: json, body: 'x'.repeat(70_000) }),
      await send('POST', '/register', { headers: { 'content-type': 'text/plain' }, body: '{}' }),
      await send('GET', '/register'),
      await send('PATCH', '/register/any'),
      await send('GET', '/register/any'),
      await setup.delete(client),
    ]
    expect(answers.map(({ status }) => status)).toStrictEqual([
      201, 200, 200, 400, 401, 400, 413, 415, 405, 405, 401, 204,
    ])
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  it('cookies never count: credentials are not allowed, so the answer does not vary by origin [CORS-06] [CORS-07]', async () => {
    for (const answer of [
      await register(WEB_CLIENT),
      await send('OPTIONS', '/register', { headers: origin }),
    ]) {
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  it('scripts may read the challenge and when to come back [CORS-08]', async () => {
    const answer = await send('GET', '/register/any')
    expect(answer.headers.get('www-authenticate')).not.toBeNull()
    expect(answer.headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['WWW-Authenticate', 'Retry-After']),
    )
  })
})

it('none of all this was a fault of the server [SEC]', () => {
  expect(setup.faults).toStrictEqual([])
})
