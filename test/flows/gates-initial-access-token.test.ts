import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewInitialAccessToken } from '../../clientele/src/admin/create-initial-access-token.ts'
import type { Answer } from '../harness/registration.ts'
import { basicHeader, type GatesServer, startGatesServer, WEB } from './gates-server.ts'

/** Initial access tokens (RFC 7591 §1.2) with everything that an operator can write on one. */

let server: GatesServer

beforeAll(async () => {
  server = await startGatesServer({ policies: { policy: [{ name: 'strict' }] } })
})

afterAll(() => server.close())

async function makeToken(terms: Partial<NewInitialAccessToken> = {}) {
  const { token, record } = await server.operator.createInitialAccessToken({
    uses: null,
    expiresInSeconds: 3600,
    ...terms,
  })
  return { id: record.id, authorization: `Bearer ${token}`, token }
}

function expectInvalid(answer: Answer): void {
  expect([answer.status, answer.body]).toEqual([
    401,
    { error: 'invalid_token', error_description: 'The initial access token is not valid.' },
  ])
  expect(answer.headers.get('www-authenticate')).toBe(
    'Bearer realm="clientele", error="invalid_token", error_description="The initial access token is not valid."',
  )
}

describe('fixed values', () => {
  it('may say that there are no redirect URIs and no response types, at updates too', async () => {
    const { authorization } = await makeToken({ fixed: { redirect_uris: [], response_types: [] } })
    const refused = await server.register(WEB, authorization)
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_client_metadata'])
    const made = await server.register({ ...WEB, grant_types: ['client_credentials'] }, authorization)
    expect(made.status).toBe(201)
    const none = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
    expect(made.body).toMatchObject(none)
    // Leaving the grant out would be the authorization code grant, which needs both.
    const updated = await server.manage('PUT', made, { body: {} })
    expect(updated.status).toBe(400)
    expect(updated.body.problems.map(({ reason }: { reason: string }) => reason)).toEqual([
      'redirect_uris.missing',
      'grant_types.without_response_type',
    ])
  })

  const fixed = { scope: 'profile', client_name: 'Fixed', grant_types: ['client_credentials'] }

  it('are what the client gets, whatever it asks for, in whatever language', async () => {
    const { authorization } = await makeToken({ fixed: { scope: 'profile', client_name: 'Fixed' } })
    const client = await server.register(
      { ...WEB, scope: 'openid email', client_name: 'Mine', 'client_name#de': 'Meins' },
      authorization,
    )
    expect(client.status).toBe(201)
    expect(client.body).toMatchObject({ scope: 'profile', client_name: 'Fixed' })
    expect(client.body).not.toHaveProperty('client_name#de')
  })

  it('survive an update that changes them, and one that leaves them out (RFC 7592 §2.2)', async () => {
    const { authorization } = await makeToken({ fixed: { scope: 'profile', client_name: 'Fixed' } })
    const client = await server.register(WEB, authorization)
    for (const body of [
      { scope: 'openid profile email', client_name: 'Mine' },
      {},
      { scope: null, client_name: '' },
      { 'client_name#fr': 'Le mien', 'client_name#DE': 'Meins' },
      { scope: 17, client_name: ['x'] },
    ]) {
      const updated = await server.manage('PUT', client, { body })
      expect(updated.status).toBe(200)
      expect(updated.body).toMatchObject({ scope: 'profile', client_name: 'Fixed' })
      expect(Object.keys(updated.body).filter((member) => member.startsWith('client_name#'))).toEqual([])
    }
    expect((await server.manage('GET', client)).body).toMatchObject({
      scope: 'profile',
      client_name: 'Fixed',
    })
  })

  it('hold against whoever manages the client, also an operator’s API key', async () => {
    const { authorization } = await makeToken({ fixed })
    const client = await server.register({}, authorization)
    const { key } = await server.operator.createApiKey({
      permissions: ['authenticate', 'oauth-client-update'],
      expiresInSeconds: null,
    })
    const body = { grant_types: ['authorization_code'], scope: 'email' }
    const updated = await server.manage('PUT', client, { authorization: `Bearer ${key}`, body })
    expect(updated.body).toMatchObject({ grant_types: ['client_credentials'], scope: 'profile' })
  })

  it('are enforced: the client gets tokens for the fixed scope and no other', async () => {
    const { authorization } = await makeToken({ fixed })
    const { client_id, client_secret } = (await server.register({ scope: 'email' }, authorization)).body
    const ask = (scope: string) =>
      fetch(`${server.url}/token`, {
        method: 'POST',
        headers: { authorization: basicHeader(client_id, client_secret) },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      })
    expect((await ask('profile')).status).toBe(200)
    expect((await ask('email')).status).toBe(400)
  })
})

describe('an initial access token', () => {
  it('that is revoked, spent or made up is refused with one sentence, and its clients stay', async () => {
    const revoked = await makeToken()
    const client = await server.register(WEB, revoked.authorization)
    await server.operator.revokeInitialAccessToken(revoked.id)
    const spent = await makeToken({ uses: 1 })
    await server.register(WEB, spent.authorization)
    for (const { authorization } of [revoked, spent, { authorization: `${spent.authorization}x` }])
      expectInvalid(await server.register(WEB, authorization))
    expect((await server.manage('GET', client)).status).toBe(200)
    await expect(server.operator.revokeInitialAccessToken('nothing')).rejects.toMatchObject({ status: 404 })
  })

  it('is in the list with what it grants, what is left of it and when it was used', async () => {
    const terms = { uses: 2, label: 'CI', owner: 'ann', policy: 'strict', fixed: { scope: 'email' } }
    const { id, authorization, token } = await makeToken({ ...terms, permissions: ['oauth-client-override'] })
    const find = async () =>
      (await server.operator.listInitialAccessTokens({ limit: 99 })).items.find((shown) => shown.id === id)
    expect(await find()).not.toHaveProperty('lastUsedAt')
    await server.register(WEB, authorization)
    const listed = await find()
    expect(listed).toEqual({
      id,
      state: 'active',
      label: 'CI',
      owner: 'ann',
      policy: 'strict',
      fixed: { scope: 'email' },
      permissions: ['oauth-client-override'],
      usesLeft: 1,
      createdAt: expect.any(Number),
      expiresAt: expect.any(Number),
      lastUsedAt: expect.any(Number),
    })
    expect(JSON.stringify(listed)).not.toContain(token.slice(20))
  })

  it('opens no configuration endpoint (RFC 7592 §2)', async () => {
    const { authorization } = await makeToken({ owner: 'ann' })
    const client = await server.register(WEB, authorization)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const refused = await server.manage(method, client, { authorization })
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_token'])
    }
  })

  it('with an owner makes clients that the owner’s API key manages', async () => {
    const { authorization } = await makeToken({ owner: 'bob' })
    const client = await server.register(WEB, authorization)
    const keyOf = async (owner: string) => {
      const made = await server.operator.createApiKey({
        permissions: ['authenticate'],
        expiresInSeconds: null,
        owner,
      })
      return `Bearer ${made.key}`
    }
    expect((await server.manage('GET', client, { authorization: await keyOf('bob') })).status).toBe(200)
    expect((await server.manage('GET', client, { authorization: await keyOf('eve') })).status).toBe(403)
  })
})

describe('choosing one’s own client_id and client_secret', () => {
  const secret = 'a'.repeat(43)

  it('has no effect without the permission oauth-client-override', async () => {
    const { authorization } = await makeToken()
    const client = await server.register({ ...WEB, client_id: 'mine', client_secret: secret }, authorization)
    expect(client.status).toBe(201)
    expect(client.body.client_id).not.toBe('mine')
    expect(client.body.client_secret).toMatch(/^cl_sec_/)
  })

  it('works with it, and the client authenticates with what it chose', async () => {
    const { authorization } = await makeToken({ permissions: ['oauth-client-override'] })
    const service = { grant_types: ['client_credentials'], response_types: [] }
    const wanted = { ...service, client_id: 'legacy-app', client_secret: secret }
    const client = await server.register(wanted, authorization)
    expect(client.status).toBe(201)
    expect(client.body).toMatchObject({ client_id: 'legacy-app', client_secret: secret })
    const response = await fetch(`${server.url}/token`, {
      method: 'POST',
      headers: { authorization: basicHeader('legacy-app', secret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(response.status).toBe(200)
    expect((await server.manage('GET', client)).body.client_secret).toBe(secret)
  })

  it('of an id that is taken, or was, is answered 400 and spends no use', async () => {
    const { id, authorization } = await makeToken({ uses: 3, permissions: ['oauth-client-override'] })
    const client = await server.register({ ...WEB, client_id: 'taken' }, authorization)
    expect(client.status).toBe(201)
    for (const step of ['while it lives', 'after its end']) {
      const refused = await server.register({ ...WEB, client_id: 'taken' }, authorization)
      expect([refused.status, refused.body.error, refused.body.reason], step).toEqual([
        400,
        'invalid_client_metadata',
        'client_id.taken',
      ])
      await server.manage('DELETE', client)
    }
    const { items } = await server.operator.listInitialAccessTokens({ limit: 99 })
    expect(items.find((shown) => shown.id === id)?.usesLeft).toBe(2)
  })

  it.each(['a/b', 'a%2Fb', 'a?b#c', '~user:x', '...', 'ünï'.replaceAll(/[^a-z]/g, '+')])(
    'may be %s, and the client is managed where the answer says',
    async (clientId) => {
      const { authorization } = await makeToken({ permissions: ['oauth-client-override'] })
      const client = await server.register({ ...WEB, client_id: clientId }, authorization)
      expect(client.body.client_id).toBe(clientId)
      const read = await fetch(client.body.registration_client_uri, {
        headers: { authorization: `Bearer ${client.body.registration_access_token}` },
      })
      expect([read.status, ((await read.json()) as { client_id: string }).client_id]).toEqual([200, clientId])
    },
  )

  it.each([
    ['client_id', ''.padEnd(129, 'x')],
    ['client_id', 'with space'],
    ['client_id', 'https://client.example/id'],
    ['client_id', 'custom://x'],
    ['client_id', 'cl_sec_foo'],
    ['client_id', '../register'],
    ['client_id', '01a1fe90-e551-7000-9855-6ab053cdaddd'],
    ['client_id', '.'],
    ['client_id', '..'],
    ['client_id', 7],
    ['client_secret', 'short'],
    ['client_secret', 'ü'.repeat(43)],
  ])('as %s %j is answered 400', async (member, value) => {
    const { authorization } = await makeToken({ permissions: ['oauth-client-override'] })
    const refused = await server.register({ ...WEB, [member]: value }, authorization)
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_client_metadata'])
    expect(refused.body.reason).toMatch(new RegExp(`^${member}\\.`))
  })
})
