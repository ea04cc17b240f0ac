import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clientele/src/clients/credential.ts'
import type { Answer } from '../harness/registration.ts'
import { type GatesServer, startGatesServer, WEB } from './gates-server.ts'

/** Stalwart's story: registration is closed, and an API key with two permissions opens it, for a program of the operator. */

const REGISTERING = ['authenticate', 'oauth-client-registration']

let now = 1_900_000_000
let server: GatesServer

beforeAll(async () => {
  const strict = { name: 'strict', member: { client_name: { force: 'Strict' } } }
  const everybody = { name: 'everybody', when: {} }
  const policies = { policies: { policy: [everybody, strict] } }
  server = await startGatesServer(policies, { clock: { milliseconds: () => now * 1000 } })
})

afterAll(() => server.close())

async function makeKey(
  permissions: readonly string[],
  terms: { owner?: string; seconds?: number; policy?: string } = {},
) {
  const { owner, seconds, policy } = terms
  const { key, record } = await server.operator.createApiKey({
    permissions,
    expiresInSeconds: seconds ?? null,
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
  })
  return { id: record.id, authorization: `Bearer ${key}`, key }
}

function expectRefusal(answer: Answer, status: number, error: string, challenge: RegExp): void {
  expect([answer.status, answer.body.error]).toEqual([status, error])
  expect(answer.headers.get('www-authenticate')).toMatch(challenge)
}

const INVALID =
  /^Bearer realm="clientele", error="invalid_token", error_description="The API key is not valid\."$/
const TOO_SMALL = /^Bearer realm="clientele", error="insufficient_scope", error_description="[^"]+"$/

describe('registering with an API key', () => {
  it('needs one: without credentials the challenge stands alone (RFC 6750 §3.1)', async () => {
    const refused = await server.register(WEB)
    expectRefusal(refused, 401, 'invalid_token', /^Bearer realm="clientele"$/)
  })

  it('works with authenticate and oauth-client-registration, as often as one likes', async () => {
    const { authorization } = await makeKey(REGISTERING)
    for (let i = 0; i < 3; i++) expect((await server.register(WEB, authorization)).status).toBe(201)
  })

  it('is governed by the policy that the key names, whatever the conditions of others, and at every update', async () => {
    const { authorization } = await makeKey(REGISTERING, { policy: 'strict' })
    const client = await server.register(WEB, authorization)
    expect([client.status, client.body.client_name]).toEqual([201, 'Strict'])
    const updated = await server.manage('PUT', client, { body: { client_name: 'Mine' } })
    expect([updated.status, updated.body.client_name]).toEqual([200, 'Strict'])
    const other = await server.register(WEB, (await makeKey(REGISTERING)).authorization)
    expect(other.body).not.toHaveProperty('client_name')
  })

  it('a key that names a policy which does not exist is not made', async () => {
    await expect(makeKey(REGISTERING, { policy: 'strcit' })).rejects.toMatchObject({
      reason: 'policy.unknown',
    })
  })

  it.each([
    [['authenticate'], 'oauth-client-registration'],
    [['oauth-client-registration'], 'authenticate'],
    [[], 'authenticate'],
    [['authenticate', 'oauth-client-get', 'oauth-client-update'], 'oauth-client-registration'],
  ])('with %j is answered 403: %s is missing (RFC 6750 §3.1)', async (permissions, missing) => {
    const { authorization } = await makeKey(permissions)
    const refused = await server.register(WEB, authorization)
    expectRefusal(refused, 403, 'insufficient_scope', TOO_SMALL)
    expect(refused.body.error_description).toContain(missing)
  })

  it('ends with the key’s expiry, and with its revocation, which read alike', async () => {
    const mortal = await makeKey(REGISTERING, { seconds: 60 })
    const doomed = await makeKey(REGISTERING)
    expect((await server.register(WEB, mortal.authorization)).status).toBe(201)
    now += 60
    await server.operator.revokeApiKey(doomed.id)
    const texts = new Set<string>()
    for (const { authorization } of [mortal, doomed, { authorization: `${doomed.authorization}x` }]) {
      const refused = await server.register(WEB, authorization)
      expectRefusal(refused, 401, 'invalid_token', INVALID)
      texts.add(refused.text)
    }
    expect(texts.size).toBe(1)
    await expect(server.operator.revokeApiKey(doomed.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('records the key and never the secret; the list shows the last use and no hash', async () => {
    const { id, key, authorization } = await makeKey(REGISTERING, { owner: 'installer' })
    const client = await server.register(WEB, authorization)
    expect(client.text).not.toContain(key)
    const listed = async () =>
      (await server.operator.listApiKeys({ limit: 99 })).items.find((shown) => shown.id === id)
    await expect.poll(listed).toEqual({
      id,
      owner: 'installer',
      permissions: REGISTERING,
      state: 'active',
      expiresAt: null,
      createdAt: now,
      lastUsedAt: now,
    })
  })
})

describe('a key that is bad', () => {
  it('is refused by its gate where anyone may register (no fall through)', async () => {
    const open = await startGatesServer({ registration: { anonymous: true } })
    try {
      expect((await open.register(WEB)).status).toBe(201)
      for (const token of ['cl_key_', 'cl_key_x', `cl_key_${'a'.repeat(61)}`]) {
        expectRefusal(await open.register(WEB, `Bearer ${token}`), 401, 'invalid_token', INVALID)
      }
    } finally {
      await open.close()
    }
  })

  it('counts as none of the foreign tokens that an open endpoint may ignore, though its gate is closed', async () => {
    const lenient = await startGatesServer({
      api_keys: { enabled: false },
      registration: { anonymous: true, ignore_foreign_bearer: true },
    })
    try {
      expect((await lenient.register(WEB, 'Bearer somebody-elses')).status).toBe(201)
      const { key } = await lenient.operator.createApiKey({
        permissions: REGISTERING,
        expiresInSeconds: null,
      })
      const ours = Object.values(CREDENTIAL_PREFIXES).flatMap((prefix) => [
        `${prefix}_x`,
        makeCredential(prefix, 7),
      ])
      for (const token of [key, ...ours])
        expect((await lenient.register(WEB, `Bearer ${token}`)).status, token).toBe(401)
    } finally {
      await lenient.close()
    }
  })

  it('is none where [api_keys] is off', async () => {
    const closed = await startGatesServer({ api_keys: { enabled: false } })
    try {
      const { key } = await closed.operator.createApiKey({ permissions: REGISTERING, expiresInSeconds: null })
      expect((await closed.register(WEB, `Bearer ${key}`)).status).toBe(401)
    } finally {
      await closed.close()
    }
  })
})

describe('managing registrations with an API key', () => {
  it('its owner’s keys read, update and delete what it registered, and are told no secret', async () => {
    const first = await makeKey(REGISTERING, { owner: 'team' })
    const second = await makeKey(['authenticate'], { owner: 'team' })
    const client = await server.register(WEB, first.authorization)
    for (const { authorization } of [first, second]) {
      const read = await server.manage('GET', client, { authorization })
      expect(read.status).toBe(200)
      expect(read.body).not.toHaveProperty('registration_access_token')
      expect(read.text).not.toContain(client.body.client_secret)
    }
    const updated = await server.manage('PUT', client, {
      authorization: second.authorization,
      body: { client_name: 'renamed' },
    })
    expect([updated.status, updated.body.client_name]).toEqual([200, 'renamed'])
    expect(updated.text).not.toContain(client.body.client_secret)
    // What the client itself holds is not harmed by it.
    expect((await server.manage('GET', client)).body.client_secret).toBe(client.body.client_secret)
    expect((await server.manage('DELETE', client, { authorization: second.authorization })).status).toBe(204)
    expect((await server.manage('GET', client)).status).toBe(401)
  })

  it('a key without an owner owns what it registered itself, and no other key does', async () => {
    const [mine, other] = [await makeKey(REGISTERING), await makeKey(REGISTERING)]
    const client = await server.register(WEB, mine.authorization)
    expect((await server.manage('GET', client, mine)).status).toBe(200)
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const refused = await server.manage(method, client, { authorization: other.authorization })
      expectRefusal(refused, 403, 'insufficient_scope', TOO_SMALL)
    }
  })

  it.each([
    ['GET', 'oauth-client-get', 200],
    ['PUT', 'oauth-client-update', 200],
    ['DELETE', 'oauth-client-delete', 204],
  ])('%s of anybody’s registration needs %s and nothing else will do', async (method, permission, status) => {
    const all = ['oauth-client-get', 'oauth-client-update', 'oauth-client-delete', 'oauth-client-override']
    const client = await server.register(WEB, (await makeKey(REGISTERING)).authorization)
    const without = await makeKey([...REGISTERING, ...all.filter((each) => each !== permission)])
    expectRefusal(await server.manage(method, client, without), 403, 'insufficient_scope', TOO_SMALL)
    const unauthenticated = await makeKey([permission])
    expectRefusal(await server.manage(method, client, unauthenticated), 403, 'insufficient_scope', TOO_SMALL)
    expect((await server.manage(method, client, await makeKey(['authenticate', permission]))).status).toBe(
      status,
    )
  })

  it('opens per operation, as [management] says, and is refused like an unknown token elsewhere', async () => {
    const readers = await startGatesServer({ management: { update: [], delete: ['bearer'] } })
    try {
      const permissions = [...REGISTERING, 'oauth-client-update', 'oauth-client-delete']
      const { key } = await readers.operator.createApiKey({ permissions, expiresInSeconds: null })
      const authorization = `Bearer ${key}`
      const client = await readers.register(WEB, authorization)
      expect((await readers.manage('GET', client, { authorization })).status).toBe(200)
      for (const method of ['PUT', 'DELETE']) {
        const refused = await readers.manage(method, client, { authorization })
        expect([refused.status, refused.body.error]).toEqual([401, 'invalid_token'])
      }
      expect((await readers.manage('DELETE', client)).status).toBe(204)
    } finally {
      await readers.close()
    }
  })

  it('an update by a key is in the audit trail as the key’s', async () => {
    const other = await startGatesServer()
    const permissions = [...REGISTERING, 'oauth-client-update']
    const { key, record } = await other.operator.createApiKey({ permissions, expiresInSeconds: null })
    const authorization = `Bearer ${key}`
    const client = await other.register(WEB, authorization)
    await other.manage('PUT', client, { authorization })
    const audit = await other.closeAndReadAudit(client.body.client_id)
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['client.updated', `api_key:${record.id}`],
      ['client.registered', `api_key:${record.id}`],
    ])
  })
})
