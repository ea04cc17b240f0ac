import { processDynamicClientRegistrationResponse } from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { type Answer, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/**
 * RFC 7591: the request, the response and the defaults of the client registration endpoint. What single
 * members may hold is in `rfc7591-metadata.test.ts`; what only HTTP can show is in `http.test.ts`.
 */
const setup = setUpRegistration()
const { register, send, read } = setup

const post = (body: unknown, headers?: Record<string, string>): Promise<Answer> =>
  send('POST', '/register', { body, headers: { 'content-type': 'application/json', ...headers } })

function expectRefused(answer: Answer, error: string): void {
  expect(answer.status).toBe(400)
  expect(answer.body.error).toBe(error)
}

describe('the request (RFC 7591 §3.1)', () => {
  it('POST with application/json registers a client (RFC 7591 §3.1) [REQ-01]', async () => {
    expect((await post(WEB_CLIENT)).status).toBe(201)
  })

  it.each([
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json ;charset="utf-8"',
    'APPLICATION/JSON;a=b',
  ])(
    'the media type %s is application/json, with or without parameters (RFC 9110 §8.3) [REQ-02]',
    async (type) => {
      expect((await post(WEB_CLIENT, { 'content-type': type })).status).toBe(201)
    },
  )

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jwt',
    'application/jose',
    'application/json-patch+json',
    'text/json',
    'application/jsonx',
    'application/json, text/plain',
    'text/plain; application/json',
    '',
  ])(
    'the media type %j is refused with 415 and JSON: no page may post here unasked (RFC 9110 §15.5.16) [REQ-03]',
    async (type) => {
      const answer = await post(JSON.stringify(WEB_CLIENT), { 'content-type': type })
      expect(answer.status).toBe(415)
      expect(answer.body).toMatchObject({ error: 'invalid_request', reason: 'body.media_type' })
    },
  )

  it('a body without a content type is refused with 415 (RFC 7591 §3.1) [REQ-03]', async () => {
    const response = await setup.app.request('/register', {
      method: 'POST',
      body: Buffer.from(JSON.stringify(WEB_CLIENT)),
    })
    expect(response.status).toBe(415)
  })

  it.each(['[]', '[{"redirect_uris":["https://a.example/"]}]', '"x"', '1', 'null', 'true'])(
    'a payload that is not one JSON object is refused: %s (RFC 7591 §3.1) [REQ-04]',
    async (body) => {
      expectRefused(await post(body), 'invalid_client_metadata')
    },
  )

  it.each([
    '{',
    '{"a":}',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"a":1}',
    'undefined',
    '{"a":NaN}',
    '{"a":"\n"}',
    '<xml/>',
    '\0',
  ])('malformed JSON is refused with a JSON error: %j (RFC 7591 §3.2.2) [REQ-05]', async (body) => {
    const answer = await post(body)
    expectRefused(answer, 'invalid_client_metadata')
    expect(answer.body.reason).toBe('body.not_json')
  })

  it('an empty body is refused (RFC 7591 §3.1) [REQ-06]', async () => {
    expectRefused(await post(''), 'invalid_client_metadata')
    expectRefused(await post('  \n'), 'invalid_client_metadata')
  })

  it('an empty object is refused: the default grant needs a redirect URI (RFC 7591 §2) [REQ-06]', async () => {
    expectRefused(await post({}), 'invalid_redirect_uri')
  })

  it('members that are not known are ignored and not returned; names are case-sensitive (RFC 7591 §2) [REQ-07]', async () => {
    const { status, body } = await register({
      ...WEB_CLIENT,
      x_made_up: { a: [1] },
      Client_Name: 'A',
      CLIENT_URI: 3,
      '': 'x',
    })
    expect(status).toBe(201)
    expect(
      Object.keys(body).filter((member) => /^(?:x_made_up|client_name|client_uri|)$/i.test(member)),
    ).toStrictEqual([])
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'TRACE2'])(
    '%s is answered with 405 and Allow: POST (RFC 9110 §15.5.6) [REQ-09]',
    async (method) => {
      const answer = await send(method, '/register')
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('POST')
      expect(answer.body.error).toBe('invalid_request')
    },
  )

  it('a body over the bound is answered with 413, and one of exactly the bound is read (RFC 9110 §15.5.14) [REQ-10]', async () => {
    const padded = (length: number) =>
      `${JSON.stringify(WEB_CLIENT).slice(0, -1)},"pad":""}`.replace('""', `"${'x'.repeat(length)}"`)
    const fits = padded(65_536 - padded(0).length)
    expect((await post(fits)).status).toBe(201)
    const answer = await post(`${fits} `)
    expect(answer.status).toBe(413)
    expect(answer.body).toMatchObject({ error: 'invalid_request', reason: 'body.too_large' })
  })

  it('a body that is longer than its Content-Length says is measured, not believed [REQ-10]', async () => {
    const answer = await post(JSON.stringify({ ...WEB_CLIENT, pad: 'x'.repeat(70_000) }), {
      'content-length': '10',
    })
    expect(answer.status).toBe(413)
  })

  it('a body over the bound is refused before it is asked who sends it [REQ-10]', async () => {
    const closed = setUpRegistration({ anonymous: false })
    const answer = await closed.send('POST', '/register', {
      body: '{}',
      headers: { 'content-type': 'application/json', 'content-length': '65537' },
    })
    expect(answer.status).toBe(413)
  })

  it.each([
    'x_unknown',
    'redirect_uris',
    'client_name',
    'jwks',
    'vp_formats_supported',
    'contacts',
    'client_name#fr',
  ])('nesting to the end of the body in %s is no fault of the server [REQ-11]', async (member) => {
    const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels)
    for (const nested of [
      deep('[', ']', 30_000),
      deep('{"a":', '}', 9_000).replace('}', '1}'),
      `{"keys":${deep('[', ']', 30_000)}}`,
    ]) {
      const { status } = await post(`{"redirect_uris":["https://a.example/"],"${member}":${nested}}`)
      expect([201, 400]).toContain(status)
    }
    const inKeys = `{"keys":[{"kty":"x","y":${deep('[', ']', 20_000)}}],"z":1}`
    expect([201, 400]).toContain(
      (await post(`{"redirect_uris":["https://a.example/"],"${member}":${inKeys}}`)).status,
    )
  })

  it('of duplicate member names exactly one value counts: the last (RFC 8259 §4) [REQ-12]', async () => {
    const { status, body } = await post(
      '{"client_name":"first","redirect_uris":["https://a.example/"],"client_name":"last"}',
    )
    expect(status).toBe(201)
    expect(body.client_name).toBe('last')
  })

  it('member names of Object.prototype have no effect [REQ-13]', async () => {
    const hostile =
      '"__proto__":{"client_name":"p","client_id":"p"},"constructor":{"prototype":{"client_name":"c"}},"prototype":1,"toString":"x","hasOwnProperty":"y"'
    const { status, body } = await post(`{"redirect_uris":["https://a.example/"],${hostile}}`)
    expect(status).toBe(201)
    expect(body.client_name).toBeUndefined()
    expect(body.client_id).not.toBe('p')
    for (const member of ['constructor', 'prototype', 'toString', 'hasOwnProperty'])
      expect(Object.hasOwn(body, member)).toBe(false)
    expect(({} as Record<string, unknown>).client_name).toBeUndefined()
  })

  it.each(['constructor', '__proto__', 'toString'])(
    'the value %s finds nothing of Object.prototype either [REQ-13]',
    async (value) => {
      for (const member of [
        'token_endpoint_auth_method',
        'application_type',
        'subject_type',
        'id_token_signed_response_alg',
        'scope',
      ]) {
        expectRefused(await register({ ...WEB_CLIENT, [member]: value }), 'invalid_client_metadata')
      }
      expectRefused(await register({ ...WEB_CLIENT, grant_types: [value] }), 'invalid_client_metadata')
      expectRefused(await register({ ...WEB_CLIENT, response_types: [value] }), 'invalid_client_metadata')
      expect((await register({ ...WEB_CLIENT, jwks: { keys: [{ kty: value }] } })).status).toBe(201)
    },
  )

  it.each(['\u0000', '\u001b', '\ud800', '\u202e'])(
    'the character %j is refused, never stored as another one [REQ-14]',
    async (character) => {
      expectRefused(
        await register({ ...WEB_CLIENT, client_name: `a${character}b` }),
        'invalid_client_metadata',
      )
    },
  )

  it('text is UTF-8 and comes back code point by code point, without normalization (OIDC Registration §6) [REQ-15]', async () => {
    for (const client_name of ['e\u0301', '\u00e9', '\u{1f600}\u200d\u{1f4bb}', 'クライアント']) {
      expect((await register({ ...WEB_CLIENT, client_name })).body.client_name).toBe(client_name)
    }
    const invalid = Buffer.concat([
      Buffer.from('{"client_name":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ])
    expect((await post(invalid)).body.reason).toBe('body.not_utf8')
  })

  it.each(['gzip', 'deflate', 'br', 'gzip, identity'])(
    'a body with Content-Encoding %s is refused with 415 [REQ-16]',
    async (encoding) => {
      const answer = await post(WEB_CLIENT, { 'content-encoding': encoding })
      expect(answer.status).toBe(415)
      expect(answer.body.reason).toBe('body.content_encoding')
    },
  )

  it('null members count as left out and never come back (RFC 7592 §2.2) [REQ-17]', async () => {
    const { status, text, body } = await register({
      ...WEB_CLIENT,
      client_name: null,
      grant_types: null,
      scope: null,
      jwks: null,
      require_auth_time: null,
    })
    expect(status).toBe(201)
    expect(text).not.toContain('null')
    expect(body.grant_types).toStrictEqual(['authorization_code'])
  })

  it('parallel registrations are independent [REQ-18]', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => register({ ...WEB_CLIENT, client_name: `client ${index}` })),
    )
    expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(50)
    expect(new Set(answers.map(({ body }) => body.client_secret)).size).toBe(50)
    expect(answers.map(({ body }) => body.client_name)).toStrictEqual(
      answers.map((_, index) => `client ${index}`),
    )
  })

  it('query parameters are no metadata [REQ-19]', async () => {
    const answer = await send('POST', '/register?client_name=Evil&client_id=mine', { body: WEB_CLIENT })
    expect(answer.status).toBe(201)
    expect(answer.body).not.toHaveProperty('client_name')
    expect(answer.body.client_id).not.toBe('mine')
  })

  it('headers that override the method are not honoured [REQ-20]', async () => {
    for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      expect((await post(WEB_CLIENT, { [header]: 'DELETE' })).status).toBe(201)
      expect((await send('GET', '/register', { headers: { [header]: 'POST' } })).status).toBe(405)
    }
  })
})

describe('the response (RFC 7591 §3.2.1)', () => {
  const everything = {
    ...WEB_CLIENT,
    client_name: 'A client',
    'client_name#fr': 'Un client',
    client_uri: 'https://client.example/',
    logo_uri: 'https://client.example/logo.png',
    tos_uri: 'https://client.example/tos',
    policy_uri: 'https://client.example/policy',
    contacts: ['ada@client.example'],
    software_id: '4NRB1-0XZABZI9E6-5SM3R',
    software_version: '1.2',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope: 'openid email',
    token_endpoint_auth_method: 'client_secret_post',
    default_max_age: 600,
  }

  it('is 201, application/json, one object with everything at its top (RFC 7591 §3.2.1) [RSP-01] [RSP-02]', async () => {
    const { status, headers, body } = await register(WEB_CLIENT)
    expect(status).toBe(201)
    expect(headers.get('content-type')).toBe('application/json')
    for (const member of ['client_id', 'client_secret', 'redirect_uris', 'grant_types'])
      expect(body).toHaveProperty(member)
  })

  it('client_id is visible ASCII, and never one of another client (RFC 7591 §3.2.1) [RSP-03] [RSP-04]', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => register(WEB_CLIENT)))
    for (const { body } of answers) expect(body.client_id).toMatch(/^[\x21-\x7e]+$/)
    expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(20)
  })

  it('credentials have 256 bits, in characters that need no escaping (RFC 6749 §10.10) [RSP-05] [RSP-15]', async () => {
    const { body } = await register(WEB_CLIENT)
    expect(body.client_secret).toMatch(/^cl_sec_[A-Za-z0-9_-]{49}$/)
    expect(body.registration_access_token).toMatch(/^cl_rat_[A-Za-z0-9_-]{49}$/)
  })

  it.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])(
    'client_secret_expires_at is 0 beside a secret that never expires, for %s (RFC 7591 §3.2.1) [RSP-06]',
    async (token_endpoint_auth_method) => {
      const { body } = await register({ ...WEB_CLIENT, token_endpoint_auth_method })
      expect(body.client_secret).toBeTypeOf('string')
      expect(body.client_secret_expires_at).toBe(0)
    },
  )

  it('client_secret_expires_at is in seconds for a secret that expires (RFC 7591 §3.2.1) [RSP-06]', async () => {
    const expiring = setUpRegistration({ clientSecretLifetimeSeconds: 3600 })
    const { body } = await expiring.register(WEB_CLIENT)
    expect(body.client_secret_expires_at).toBe(expiring.clock.now + 3600)
  })

  it('client_id_issued_at is a number of seconds (RFC 7591 §3.2.1) [RSP-07]', async () => {
    expect((await register(WEB_CLIENT)).body.client_id_issued_at).toBe(setup.clock.now)
  })

  it('all registered metadata comes back as sent (RFC 7591 §3.2.1) [RSP-08]', async () => {
    expect((await register(everything)).body).toMatchObject(everything)
  })

  it('what the server provisioned comes back too (RFC 7591 §3.2.1) [RSP-09]', async () => {
    const { body } = await register({
      ...WEB_CLIENT,
      grant_types: ['authorization_code', 'implicit'],
      scope: 'openid unheard:of',
    })
    expect(body).toMatchObject({
      grant_types: ['authorization_code'],
      scope: 'openid',
      token_endpoint_auth_method: 'client_secret_basic',
    })
  })

  it('a client of the method none has no secret and no expiry of one (RFC 7591 §2) [RSP-10]', async () => {
    const { body } = await register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    expect(body.token_endpoint_auth_method).toBe('none')
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_secret_expires_at')
  })

  it('a client of private_key_jwt needs no secret and gets none (OIDC Registration §3.2) [RSP-11]', async () => {
    const { status, body } = await register({
      ...WEB_CLIENT,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://client.example/jwks',
    })
    expect(status).toBe(201)
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_secret_expires_at')
  })

  it('is not to be stored by caches (RFC 7591 §3.2.1) [RSP-12]', async () => {
    const { headers } = await register(WEB_CLIENT)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
  })

  it('registration_client_uri is complete and of the issuer, whatever Host says (RFC 7592 §3) [RSP-13] [RSP-14]', async () => {
    for (const [issuer, endpoint] of [
      ['https://as.example', 'https://as.example/register'],
      ['https://as.example/', 'https://as.example/register'],
      ['https://as.example/tenant', 'https://as.example/tenant/register'],
    ] as const) {
      const own = setUpRegistration({ issuer })
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      }
      const client = await own.register(WEB_CLIENT, {
        headers: { ...headers, 'content-type': 'application/json' },
      })
      expect(client.body.registration_client_uri).toBe(`${endpoint}/${client.body.client_id}`)
      expect(client.body.registration_access_token).toBeTypeOf('string')
      expect((await own.read(client)).status).toBe(200)
    }
  })

  it('no member is null or empty text, and none is an empty list but the two that would mean their default (RFC 7591 §3.2.1) [RSP-16]', async () => {
    for (const metadata of [
      WEB_CLIENT,
      everything,
      { grant_types: ['client_credentials'] },
      { ...WEB_CLIENT, client_name: '', contacts: [], scope: ' ' },
    ]) {
      const { body } = await register(metadata)
      for (const [member, value] of Object.entries(body)) {
        expect(value, member).not.toBeNull()
        expect(value, member).not.toBe('')
        if (!['redirect_uris', 'response_types'].includes(member)) expect(value, member).not.toStrictEqual([])
      }
    }
  })

  it('the server alone chooses ids, secrets and tokens; what the client sends has no effect (RFC 7591 §6) [RSP-17] [RSP-18]', async () => {
    const mine = {
      client_id: 'mine',
      client_secret: 'mine',
      client_id_issued_at: 1,
      client_secret_expires_at: 1,
      registration_access_token: 'mine',
      registration_client_uri: 'https://evil.example/',
    }
    const { status, body } = await register({ ...WEB_CLIENT, ...mine })
    expect(status).toBe(201)
    for (const [member, value] of Object.entries(mine)) expect(body[member]).not.toBe(value)
    const open = await register({ ...WEB_CLIENT, ...mine, token_endpoint_auth_method: 'none' })
    expect(open.body).not.toHaveProperty('client_secret')
  })

  it.each(['client_secret_basic', 'none'])(
    'a strict client library accepts it, for the method %s (RFC 7591 §3.2.1) [RSP-19]',
    async (token_endpoint_auth_method) => {
      const response = await setup.app.request('/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...WEB_CLIENT, token_endpoint_auth_method }),
      })
      const client = await processDynamicClientRegistrationResponse(response)
      expect(client.token_endpoint_auth_method).toBe(token_endpoint_auth_method)
    },
  )

  it('ids are not sequential: the next one cannot be guessed, and it is no URL [RSP-20] [RSP-21]', async () => {
    const [a, b] = [
      (await register(WEB_CLIENT)).body.client_id as string,
      (await register(WEB_CLIENT)).body.client_id as string,
    ]
    expect(a.slice(19)).not.toBe(b.slice(19))
    expect(a).not.toMatch(/^https?:/)
  })

  it('credentials are in the body and nowhere else [RSP-22]', async () => {
    const { headers, body } = await register(WEB_CLIENT)
    const all = JSON.stringify([...headers])
    for (const secret of [body.client_secret, body.registration_access_token])
      expect(all).not.toContain(secret)
    expect(headers.get('set-cookie')).toBeNull()
  })

  it('credentials are stored hashed or sealed, never in clear, and not in the audit trail [SEC]', async () => {
    const client = await register(WEB_CLIENT)
    const stored = JSON.stringify([
      await setup.record(client),
      await setup.store.listAudit({ limit: 100_000 }),
    ])
    for (const secret of [client.body.client_secret, client.body.registration_access_token])
      expect(stored).not.toContain(secret)
  })

  it('what was registered is what is read (RFC 7592 §2.1) [RSP-08]', async () => {
    const client = await register(everything)
    expect((await read(client)).body).toStrictEqual(client.body)
  })
})

describe('defaults (RFC 7591 §2)', () => {
  it('a client that omits token_endpoint_auth_method gets client_secret_basic, and a secret (RFC 7591 §2) [DEF-01] [DEF-04]', async () => {
    const { body } = await register(WEB_CLIENT)
    expect(body.token_endpoint_auth_method).toBe('client_secret_basic')
    expect(body.client_secret).toBeTypeOf('string')
  })

  it('a client that omits grant_types gets authorization_code (RFC 7591 §2) [DEF-02]', async () => {
    expect((await register(WEB_CLIENT)).body.grant_types).toStrictEqual(['authorization_code'])
    expect((await register({ redirect_uris: ['http://127.0.0.1/'] })).body.grant_types).toStrictEqual([
      'authorization_code',
    ])
  })

  it('a client that says it is native and omits grant_types gets refresh_token too, as ownCloud needs (docs/spec/choices.md) [DEF-02]', async () => {
    const { body } = await register({
      application_type: 'native',
      client_name: 'ownCloud',
      redirect_uris: ['http://127.0.0.1'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    expect(body.grant_types).toStrictEqual(['authorization_code', 'refresh_token'])
  })

  it('a client that omits response_types gets code (RFC 7591 §2) [DEF-03]', async () => {
    expect((await register(WEB_CLIENT)).body.response_types).toStrictEqual(['code'])
  })

  it.each([
    'require_auth_time',
    'require_pushed_authorization_requests',
    'dpop_bound_access_tokens',
    'tls_client_certificate_bound_access_tokens',
    'require_signed_request_object',
    'frontchannel_logout_session_required',
    'backchannel_logout_session_required',
    'use_mtls_endpoint_aliases',
  ])(
    '%s that was not sent is left out: absent means false (docs/spec/choices.md) [DEF-07] [DEF-08] [DEF-09] [DEF-10] [DEF-11] [DEF-12] [DEF-13] [DEF-14]',
    async (member) => {
      expect((await register(WEB_CLIENT)).body).not.toHaveProperty(member)
    },
  )

  it('a client that omits scope gets the default scopes (RFC 7591 §2) [DEF-15]', async () => {
    const whole = 'openid offline_access profile email'
    for (const scope of [undefined, null, '', ' '])
      expect((await register({ ...WEB_CLIENT, scope })).body.scope).toBe(whole)
  })

  it.each(['redirect_uris', 'contacts'])(
    'a default is never shared between clients: %s of one says nothing of another [REQ-18]',
    async (member) => {
      await register({ ...WEB_CLIENT, [member]: ['https://first.example/'] })
      expect((await register(WEB_CLIENT)).text).not.toContain('first.example')
    },
  )
})

it('none of all this was a fault of the server [SEC]', () => {
  expect(setup.faults).toStrictEqual([])
})
