import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clientele/src/clients/credential.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { type Answer, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** RFC 7592: reading, updating and deleting a registration at its client configuration endpoint. */
const setup = setUpRegistration()
const { register, read, update, send } = setup

const FORBIDDEN = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
}) as JsonObject

const uriOf = (client: Answer): string => client.body.registration_client_uri
const tokenOf = (client: Answer): string => client.body.registration_access_token
/** What a client puts back after reading: everything but the four members that it must not send. */
const puttable = (client: Answer): JsonObject =>
  Object.fromEntries(
    Object.entries(client.body as JsonObject).filter(([member]) => !FORBIDDEN.includes(member)),
  )

function expectUnauthorized(answer: Answer): void {
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="clientele"/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.body.error).toBe('invalid_token')
  expect(answer.body).not.toHaveProperty('client_id')
}
const METHODS = ['GET', 'PUT', 'DELETE'] as const
const manage = (method: string, uri: string, token?: string) =>
  send(method, uri, {
    ...(token === undefined ? {} : { token }),
    ...(method === 'PUT' ? { body: WEB_CLIENT } : {}),
  })

describe('the client configuration endpoint (RFC 7592 §2)', () => {
  it.each(['POST', 'PATCH', 'MKCOL'])(
    '%s is answered with 405 and Allow (RFC 7592 §2) [CFG-01] [point 8]',
    async (method) => {
      const client = await register(WEB_CLIENT)
      const answer = await send(method, uriOf(client), { token: tokenOf(client) })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET, PUT, DELETE')
      expect((await read(client)).status).toBe(200)
    },
  )

  it.each(METHODS)(
    '%s takes the token in the header only, not in the query or the body (RFC 7592 §2) [CFG-02]',
    async (method) => {
      const client = await register(WEB_CLIENT)
      const answer = await send(method, `${uriOf(client)}?access_token=${tokenOf(client)}`, {
        ...(method === 'GET' ? {} : { body: { ...puttable(client), access_token: tokenOf(client) } }),
      })
      expectUnauthorized(answer)
      const twice = await manage(method, `${uriOf(client)}?access_token=${tokenOf(client)}`, tokenOf(client))
      expect(twice.status).toBe(400)
      expect(twice.body.error).toBe('invalid_request')
      expect((await read(client)).status).toBe(200)
    },
  )

  it('a registration access token registers nothing, and an initial access token manages nothing (RFC 7592 appendix A.1) [CFG-03] [IAT-10] [IAT-11]', async () => {
    const client = await register(WEB_CLIENT)
    expectUnauthorized(await register(WEB_CLIENT, { token: tokenOf(client) }))
    const initial = await setup.initialAccessToken()
    for (const method of METHODS) expectUnauthorized(await manage(method, uriOf(client), initial))
    expect((await read(client)).status).toBe(200)
  })

  it.each([
    '%00',
    '..%2f..',
    '%',
    '%zz',
    "'%20OR%201=1--",
    '%ED%A0%80',
    'a'.repeat(5000),
    '%F0%9F%98%80',
    'constructor',
    '__proto__',
    '-',
    '*',
  ])(
    'the hostile client id %s is harmless: 401 as for any unknown one (RFC 7592 §2.1) [CFG-04] [RD-14]',
    async (id) => {
      const wellFormed = makeCredential(CREDENTIAL_PREFIXES.registrationAccessToken)
      for (const method of METHODS)
        expectUnauthorized(await manage(method, `https://as.example/register/${id}`, wellFormed))
    },
  )

  it('the token is matched against the client of the URL; at another one it is 401 and harms nothing (RFC 7592 §2) [CFG-05] [RD-08] [UP-15] [DL-06] [DL-09]', async () => {
    const [mine, other] = [await register(WEB_CLIENT), await register(WEB_CLIENT)]
    for (const method of METHODS) expectUnauthorized(await manage(method, uriOf(other), tokenOf(mine)))
    for (const client of [mine, other]) expect((await read(client)).body).toStrictEqual(client.body)
  })

  it.each(METHODS)(
    '%s without a token is a bare challenge (RFC 6750 §3.1) [RD-06] [UP-16] [DL-07] [point 15]',
    async (method) => {
      const client = await register(WEB_CLIENT)
      const answer = await manage(method, uriOf(client))
      expectUnauthorized(answer)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="clientele"')
    },
  )

  it.each(METHODS)(
    '%s with a wrong token is 401 invalid_token (RFC 6750 §3.1) [RD-07] [RD-13] [UP-17] [DL-08]',
    async (method) => {
      const client = await register(WEB_CLIENT)
      const right = tokenOf(client)
      const wrong = [
        'x',
        makeCredential(CREDENTIAL_PREFIXES.registrationAccessToken),
        right.toUpperCase(),
        right.slice(0, -1),
        `${right}a`,
        client.body.client_secret as string,
        (await setup.record(client))!.registrationAccessTokenHash,
      ]
      for (const token of wrong) {
        const answer = await manage(method, uriOf(client), token)
        expectUnauthorized(answer)
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
      }
      expect((await read(client)).status).toBe(200)
    },
  )

  it.each(METHODS)(
    '%s of a client that never was is answered exactly like a wrong token: 401, never 404 (OIDC Registration §4.4) [RD-09] [RD-14] [UP-18] [point 7]',
    async (method) => {
      const client = await register(WEB_CLIENT)
      const wrong = makeCredential(CREDENTIAL_PREFIXES.registrationAccessToken)
      const id = client.body.client_id as string
      const unknown = await manage(method, uriOf(client).replace(id, `${id.slice(0, -4)}0000`), wrong)
      const known = await manage(method, uriOf(client), wrong)
      expectUnauthorized(unknown)
      expect(unknown.text).toBe(known.text)
      expect([...unknown.headers]).toStrictEqual([...known.headers])
    },
  )

  it.each(METHODS)(
    '%s needs no initial access token, also where registration does (RFC 7592 §2) [UP-28] [DL-11]',
    async (method) => {
      const closed = setUpRegistration({ anonymous: false })
      const client = await closed.register(WEB_CLIENT, {
        token: await closed.initialAccessToken({ usesLeft: 1 }),
      })
      expect(client.status).toBe(201)
      const body = method === 'PUT' ? { body: puttable(client) } : {}
      expect(
        (await closed.send(method, uriOf(client), { token: tokenOf(client), ...body })).status,
      ).toBeLessThan(300)
    },
  )

  it('open registration does not open management (Canaille 0.3.6) [RD-06]', async () => {
    const client = await register(WEB_CLIENT)
    for (const method of METHODS) expectUnauthorized(await manage(method, uriOf(client)))
  })
})

describe('a read (RFC 7592 §2.1)', () => {
  it('is 200 with everything that is registered, and the current secret and token (RFC 7592 §3, appendix A.2) [RD-01] [RD-02] [RD-03] [RD-04] [RD-11] [point 6]', async () => {
    const client = await register({
      ...WEB_CLIENT,
      client_name: 'A',
      'client_name#fr': 'B',
      contacts: ['c'],
      scope: 'openid',
    })
    const answer = await read(client)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.body).toStrictEqual(client.body)
    expect(answer.body.client_secret).toMatch(/^cl_sec_/)
  })

  it('is not to be stored by caches [RD-05]', async () => {
    const { headers } = await read(await register(WEB_CLIENT))
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
  })

  it('changes nothing: a second one gives the same (RFC 7592 §2.1) [RD-10] [RD-12]', async () => {
    const client = await register(WEB_CLIENT)
    const before = await setup.record(client)
    const [first, second] = [await read(client), await read(client)]
    expect(second.text).toBe(first.text)
    expect(await setup.record(client)).toStrictEqual(before)
  })

  it('of a public client has no secret [RD-11]', async () => {
    const { body } = await read(await register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' }))
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_secret_expires_at')
  })

  it('shows no secret that has expired, and that it has [RD-11]', async () => {
    const expiring = setUpRegistration({ clientSecretLifetimeSeconds: 60 })
    const client = await expiring.register(WEB_CLIENT)
    expiring.clock.now += 60
    const { body } = await expiring.read(client)
    expect(body).not.toHaveProperty('client_secret')
    expect(body.client_secret_expires_at).toBe(client.body.client_secret_expires_at)
  })
})

describe('an update (RFC 7592 §2.2)', () => {
  it('is 200 with the client as it now is, its id, address and token unchanged [UP-01] [UP-02] [UP-03] [UP-25] [UP-26]', async () => {
    const client = await register(WEB_CLIENT)
    setup.clock.now += 100
    const answer = await update(client, { ...WEB_CLIENT, client_name: 'New' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.body).toStrictEqual({ ...client.body, client_name: 'New' })
    expect((await read(client)).body).toStrictEqual(answer.body)
  })

  it('is not to be stored by caches [UP-04]', async () => {
    expect((await update(await register(WEB_CLIENT), WEB_CLIENT)).headers.get('cache-control')).toBe(
      'no-store',
    )
  })

  it('replaces and does not add: what is left out is gone or back to its default, localized members too [UP-05] [UP-06] [point 5]', async () => {
    const client = await register({
      ...WEB_CLIENT,
      client_name: 'A',
      'client_name#fr': 'B',
      scope: 'openid',
      contacts: ['c'],
      grant_types: ['authorization_code', 'refresh_token'],
      require_auth_time: true,
    })
    const { body } = await update(client, WEB_CLIENT)
    for (const member of ['client_name', 'client_name#fr', 'contacts', 'require_auth_time'])
      expect(body).not.toHaveProperty([member])
    expect(body.grant_types).toStrictEqual(['authorization_code'])
    expect(body.scope).toBe('openid offline_access profile email')
    expect((await read(client)).body).toStrictEqual(body)
  })

  it('null, empty text and empty lists count as left out [UP-07]', async () => {
    const client = await register({
      ...WEB_CLIENT,
      client_name: 'A',
      contacts: ['c'],
      logo_uri: 'https://client.example/l',
    })
    const { status, body, text } = await update(client, {
      ...WEB_CLIENT,
      client_name: null,
      contacts: [],
      logo_uri: '',
    })
    expect(status).toBe(200)
    for (const member of ['client_name', 'contacts', 'logo_uri']) expect(body).not.toHaveProperty(member)
    expect(text).not.toContain('null')
  })

  it.each([[undefined], [null], ['other'], [1], [['a']], ['']])(
    'client_id is required and must be the client’s own, not %j [UP-08] [UP-09]',
    async (client_id) => {
      const client = await register(WEB_CLIENT)
      const answer = await send('PUT', uriOf(client), {
        token: tokenOf(client),
        body: { ...WEB_CLIENT, client_name: 'New', client_id },
      })
      expect(answer.status).toBe(400)
      expect(answer.body).toMatchObject({
        error: 'invalid_client_metadata',
        problems: [{ member: 'client_id' }],
      })
      expect((await read(client)).body).toStrictEqual(client.body)
    },
  )

  it('client_secret, if sent, must be the current one; a client never sets its own [UP-10]', async () => {
    const client = await register(WEB_CLIENT)
    expect((await update(client, { ...WEB_CLIENT, client_secret: client.body.client_secret })).status).toBe(
      200,
    )
    const stored = (await setup.record(client))!.secrets[0]!
    for (const client_secret of [
      'mine',
      client.body.client_secret.toUpperCase(),
      stored.hash,
      stored.sealed,
      1,
      {},
      [client.body.client_secret],
    ]) {
      const answer = await update(client, { ...WEB_CLIENT, client_secret })
      expect(answer.status).toBe(400)
      expect(answer.body.problems).toMatchObject([
        { member: 'client_secret', reason: 'client_secret.mismatch' },
      ])
    }
    expect((await read(client)).body.client_secret).toBe(client.body.client_secret)
  })

  it('a public client that sends a secret is refused: it has none [UP-10]', async () => {
    const open = { ...WEB_CLIENT, token_endpoint_auth_method: 'none' }
    const client = await register(open)
    expect((await update(client, { ...open, client_secret: 'mine' })).status).toBe(400)
    expect((await update(client, { ...WEB_CLIENT, client_secret: 'mine' })).status).toBe(400)
    expect((await read(client)).body).not.toHaveProperty('client_secret')
  })

  it.each(FORBIDDEN)(
    'that contains %s is refused with 400, whatever its value (docs/spec/choices.md) [UP-11] [UP-12]',
    async (member) => {
      const client = await register(WEB_CLIENT)
      for (const value of [client.body[member], 'mine', 0, null]) {
        const answer = await update(client, { ...WEB_CLIENT, client_name: 'New', [member]: value })
        expect(answer.status).toBe(400)
        expect(answer.body).toMatchObject({
          error: 'invalid_client_metadata',
          problems: [{ member, reason: `${member}.forbidden` }],
        })
      }
      expect((await read(client)).body).toStrictEqual(client.body)
    },
  )

  it.each([
    [{ redirect_uris: ['http://client.example/'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: [] }, 'invalid_redirect_uri'],
    [{ token_endpoint_auth_method: 'magic' }, 'invalid_client_metadata'],
    [{ grant_types: ['password'] }, 'invalid_client_metadata'],
    [{ client_name: 1 }, 'invalid_client_metadata'],
    [{ token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [{ scope: 'root' }, 'invalid_client_metadata'],
  ] as [JsonObject, string][])(
    'is judged by the rules of a creation, and a refused one changes nothing: %j [UP-13]',
    async (metadata, error) => {
      const client = await register(WEB_CLIENT)
      const before = await setup.record(client)
      const answer = await update(client, { ...WEB_CLIENT, ...metadata })
      expect(answer.status).toBe(400)
      expect(answer.body.error).toBe(error)
      expect(await setup.record(client)).toStrictEqual(before)
    },
  )

  it.each(['', '{', '[]', 'null', '"x"'])('a bad body is refused: %j [UP-14]', async (body) => {
    const client = await register(WEB_CLIENT)
    const answer = await send('PUT', uriOf(client), {
      token: tokenOf(client),
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(400)
    expect(answer.body.error).toBe('invalid_client_metadata')
  })

  it('another content type is 415 and too long a body is 413 [UP-14]', async () => {
    const client = await register(WEB_CLIENT)
    const put = (headers: Record<string, string>, body: string) =>
      send('PUT', uriOf(client), { token: tokenOf(client), headers, body })
    expect((await put({ 'content-type': 'text/plain' }, JSON.stringify(puttable(client)))).status).toBe(415)
    expect((await put({ 'content-type': 'application/json' }, `"${'x'.repeat(70_000)}"`)).status).toBe(413)
  })

  it('a stranger’s body is not read: 401 comes first [UP-15]', async () => {
    const client = await register(WEB_CLIENT)
    expectUnauthorized(
      await send('PUT', uriOf(client), {
        token: 'wrong',
        headers: { 'content-type': 'text/plain' },
        body: '{',
      }),
    )
  })

  it('unknown members are ignored [UP-19] [UP-20]', async () => {
    const client = await register(WEB_CLIENT)
    const { status, body } = await update(client, {
      ...WEB_CLIENT,
      made_up: 1,
      Client_ID: 'x',
      'made_up#fr': 1,
    })
    expect(status).toBe(200)
    expect(body).toStrictEqual(client.body)
  })

  it('is idempotent [UP-21]', async () => {
    const client = await register(WEB_CLIENT)
    const metadata = { ...WEB_CLIENT, client_name: 'New', grant_types: ['authorization_code', 'implicit'] }
    const first = await update(client, metadata)
    expect((await update(client, metadata)).text).toBe(first.text)
  })

  it.each(['none', 'private_key_jwt'])(
    'from a secret to %s takes the secret away, at rest too [UP-23] [point 22]',
    async (token_endpoint_auth_method) => {
      const client = await register({ ...WEB_CLIENT, jwks: { keys: [EC] } })
      const { body } = await update(client, {
        ...WEB_CLIENT,
        jwks: { keys: [EC] },
        token_endpoint_auth_method,
      })
      expect(body).not.toHaveProperty('client_secret')
      expect(body).not.toHaveProperty('client_secret_expires_at')
      expect((await setup.record(client))!.secrets).toStrictEqual([])
    },
  )

  it.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])(
    'from none to %s issues a secret, with its expiry [UP-22]',
    async (token_endpoint_auth_method) => {
      const client = await register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
      const { body } = await update(client, { ...WEB_CLIENT, token_endpoint_auth_method })
      expect(body.client_secret).toMatch(/^cl_sec_/)
      expect(body.client_secret_expires_at).toBe(0)
      expect((await read(client)).body.client_secret).toBe(body.client_secret)
    },
  )

  it('a secret that was taken away does not come back with the method [UP-22] [UP-23]', async () => {
    const client = await register(WEB_CLIENT)
    await update(client, { ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    const { body } = await update(client, WEB_CLIENT)
    expect(body.client_secret).toMatch(/^cl_sec_/)
    expect(body.client_secret).not.toBe(client.body.client_secret)
  })

  it('from one secret method to another keeps the secret [UP-22]', async () => {
    const client = await register(WEB_CLIENT)
    const { body } = await update(client, { ...WEB_CLIENT, token_endpoint_auth_method: 'client_secret_post' })
    expect(body.client_secret).toBe(client.body.client_secret)
  })

  it('an omitted method is the default one, so a public client becomes confidential with a secret, never without (RFC 7591 §2) [UP-06] [UP-22]', async () => {
    const client = await register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    const { body } = await update(client, WEB_CLIENT)
    expect(body.token_endpoint_auth_method).toBe('client_secret_basic')
    expect(body.client_secret).toMatch(/^cl_sec_/)
  })

  it('gives a client whose secret has expired a new one [UP-22]', async () => {
    const expiring = setUpRegistration({ clientSecretLifetimeSeconds: 60 })
    const client = await expiring.register(WEB_CLIENT)
    expiring.clock.now += 61
    const { body } = await expiring.update(client, WEB_CLIENT)
    expect(body.client_secret).toMatch(/^cl_sec_/)
    expect(body.client_secret).not.toBe(client.body.client_secret)
    expect(body.client_secret_expires_at).toBe(expiring.clock.now + 60)
  })

  it('from jwks to jwks_uri and back leaves only the one that was sent [UP-24] [point 9]', async () => {
    const method = { ...WEB_CLIENT, token_endpoint_auth_method: 'private_key_jwt' }
    const client = await register({ ...method, jwks: { keys: [EC] } })
    const byUri = await update(client, { ...method, jwks_uri: 'https://client.example/jwks' })
    expect(byUri.body).not.toHaveProperty('jwks')
    expect((await read(client)).body).toStrictEqual(byUri.body)
    expect((await update(client, { ...method, jwks: { keys: [EC] } })).body).not.toHaveProperty('jwks_uri')
  })

  it.each([
    WEB_CLIENT,
    { redirect_uris: ['http://127.0.0.1'], application_type: 'native' },
    { redirect_uris: ['cursor://host/cb'], application_type: 'web', token_endpoint_auth_method: 'none' },
    { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_jwt' },
    { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], token_endpoint_auth_method: 'none' },
    {
      ...WEB_CLIENT,
      jwks: { keys: [EC] },
      id_token_encrypted_response_alg: 'ECDH-ES',
      'client_name#fr': 'B',
    },
  ] as JsonObject[])('what was read can be put back and is the same again: %j [UP-27]', async (metadata) => {
    const client = await register(metadata)
    expect(client.status).toBe(201)
    const {
      registration_client_uri,
      registration_access_token,
      client_id_issued_at,
      client_secret_expires_at,
      ...rest
    } = (await read(client)).body
    const answer = await update(client, rest)
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual(client.body)
  })

  it('narrowing works, and so does dropping what is not supported [UP-29]', async () => {
    const client = await register({
      ...WEB_CLIENT,
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid email profile',
    })
    const { body } = await update(client, {
      ...WEB_CLIENT,
      grant_types: ['authorization_code', 'password'],
      scope: 'openid',
    })
    expect(body).toMatchObject({ grant_types: ['authorization_code'], scope: 'openid' })
  })

  it('of two at once each is whole: one wins or both in turn, and the loser is told (RFC 9110 §15.5.10)', async () => {
    const client = await register(WEB_CLIENT)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        update(client, { ...WEB_CLIENT, client_name: `n${index}`, contacts: [`c${index}`] }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(200)
    for (const answer of answers) {
      if (answer.status === 200) continue
      expect(answer.status).toBe(409)
      expect(answer.body).toMatchObject({ error: 'conflict', reason: 'client.changed_meanwhile' })
    }
    const { body } = await read(client)
    expect(body.contacts).toStrictEqual([body.client_name.replace('n', 'c')])
    expect((await setup.record(client))!.revision).toBe(
      1 + statuses.filter((status) => status === 200).length,
    )
  })
})

describe('a deletion (RFC 7592 §2.3)', () => {
  it('is 204 without a body, not to be stored by caches [DL-01] [DL-02]', async () => {
    const answer = await setup.delete(await register(WEB_CLIENT))
    expect(answer.status).toBe(204)
    expect(answer.text).toBe('')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('ends the token: afterwards every request with it is 401, like a wrong one [DL-03]', async () => {
    const client = await register(WEB_CLIENT)
    await setup.delete(client)
    for (const method of METHODS) expectUnauthorized(await manage(method, uriOf(client), tokenOf(client)))
    expect(await setup.record(client)).toBeUndefined()
  })

  it('leaves others as they were [DL-09]', async () => {
    const [mine, other] = [await register(WEB_CLIENT), await register(WEB_CLIENT)]
    await setup.delete(mine)
    expect((await read(other)).body).toStrictEqual(other.body)
  })

  it('of two at once one succeeds and the other is 401 [DL-03]', async () => {
    const client = await register(WEB_CLIENT)
    const statuses = (await Promise.all([setup.delete(client), setup.delete(client)])).map(
      ({ status }) => status,
    )
    expect(statuses.toSorted()).toStrictEqual([204, 401])
  })

  it('is on the audit trail with every other change, by whom and without a credential', async () => {
    const own = setUpRegistration({ anonymous: false })
    const token = await own.initialAccessToken()
    const client = await own.register(WEB_CLIENT, { token })
    await own.update(client, WEB_CLIENT)
    await own.delete(client)
    const trail = await own.store.listAudit({ subject: client.body.client_id, limit: 10 })
    expect(trail.map(({ action }) => action)).toStrictEqual([
      'client.deleted',
      'client.updated',
      'client.registered',
    ])
    for (const { actor } of trail) expect(actor).toMatch(/^(registration|initial)_access_token:[0-9a-z-]+$/)
    for (const secret of [token, tokenOf(client), client.body.client_secret])
      expect(JSON.stringify(trail)).not.toContain(secret)
  })
})

it('none of all this was a fault of the server', () => {
  expect(setup.faults).toStrictEqual([])
})
