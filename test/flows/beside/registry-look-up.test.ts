import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRegistryReader, verifyClientSecret } from '../../../clientele/src/registry.ts'
import { type GatesServer, startGatesServer, WEB } from '../gates-server.ts'

/** Another authorization server that reads our registry over HTTP. */

let now = 1_900_000_000
let server: GatesServer
let reading: string

beforeAll(async () => {
  server = await startGatesServer(
    { registration: { anonymous: true }, registry: { max_age_seconds: 7 } },
    { clock: { milliseconds: () => now * 1000 } },
  )
  reading = await makeKey(['registry-read'])
})
afterAll(() => server.close())

async function makeKey(permissions: readonly string[], expiresInSeconds: number | null = null) {
  return (await server.operator.createApiKey({ permissions, expiresInSeconds })).key
}
function lookUp(id: string, headers: Record<string, string> = {}, key: string | undefined = reading) {
  return fetch(`${server.url}/registry/v1/clients/${encodeURIComponent(id)}`, {
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
  })
}

describe('GET /registry/v1/clients/{id}', () => {
  it('answers what is granted, the status, the revision and the hash of the secret, and nothing that opens anything', async () => {
    const client = await server.register(WEB)
    const response = await lookUp(client.body.client_id)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('private, max-age=7, must-revalidate')
    expect(response.headers.get('vary')).toBe('authorization')
    const text = await response.text()
    const entry = JSON.parse(text)
    const named = 'token_endpoint_auth_method_named'
    expect(Object.keys(entry)).toEqual([
      'client_id',
      'status',
      'revision',
      'metadata',
      named,
      'secret_hashes',
    ])
    expect(entry[named]).toBe(false)
    const bound = await server.register({ ...WEB, token_endpoint_auth_method: 'client_secret_basic' })
    const other = JSON.parse(await (await lookUp(bound.body.client_id)).text())
    expect(other[named]).toBe(true)
    expect(entry).toMatchObject({ client_id: client.body.client_id, status: 'active', revision: 1 })
    expect(entry.metadata.redirect_uris).toEqual(WEB.redirect_uris)
    expect(entry.secret_hashes.length).toBe(1)
    expect(Object.keys(entry.secret_hashes[0])).toEqual(['hash', 'expires_at'])
    expect(verifyClientSecret(entry, client.body.client_secret, now)).toBe(true)
    expect(text).not.toContain(client.body.client_secret)
    expect(text).not.toContain(client.body.registration_access_token)
    expect(text).not.toContain('sealed')
  })

  it('is 304 without a body while the client is as the ETag says, and not after a change (RFC 9110 §13.1.2)', async () => {
    const client = await server.register(WEB)
    const id = client.body.client_id
    const etag = (await lookUp(id)).headers.get('etag')!
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const unchanged = await lookUp(id, { 'if-none-match': tag })
      expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
      expect(unchanged.headers.get('etag')).toBe(etag)
      expect(unchanged.headers.get('cache-control')).toContain('max-age=7')
    }
    expect((await lookUp(id, { 'if-none-match': '"other"' })).status).toBe(200)
    const update = { body: { client_name: 'renamed' } }
    expect((await server.manage('PUT', client, update)).status).toBe(200)
    const changed = await lookUp(id, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
    expect(await changed.json()).toMatchObject({ revision: 2, metadata: { client_name: 'renamed' } })
  })

  it('is 404 for who is unknown and for who was deleted, also with an ETag, and may be remembered as long', async () => {
    const client = await server.register(WEB)
    const etag = (await lookUp(client.body.client_id)).headers.get('etag')!
    await server.manage('DELETE', client)
    for (const id of [client.body.client_id, 'nobody', '__proto__', '..%2f', 'a/b']) {
      const gone = await lookUp(id, { 'if-none-match': etag })
      expect(gone.status).toBe(404)
      expect(gone.headers.get('cache-control')).toBe('private, max-age=7, must-revalidate')
      expect(await gone.json()).toMatchObject({ error: 'not_found', reason: 'client.unknown' })
    }
  })

  it('opens to registry-read alone, and registry-read opens nothing else', async () => {
    const client = await server.register(WEB)
    const id = client.body.client_id
    const every = ['authenticate', 'oauth-client-registration', 'oauth-client-override', 'oauth-client-get']
    const manager = await makeKey([...every, 'oauth-client-update', 'oauth-client-delete'])
    const small = await lookUp(id, {}, manager)
    expect([small.status, ((await small.json()) as { error: string }).error]).toEqual([
      403,
      'insufficient_scope',
    ])
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const refused = await server.manage(method, client, { authorization: `Bearer ${reading}` })
      expect(refused.status).toBe(403)
    }
    expect((await server.register(WEB, `Bearer ${reading}`)).status).toBe(403)
    const admin = await fetch(`${server.url}/admin/v1/clients`, {
      headers: { authorization: `Bearer ${reading}` },
    })
    expect(admin.status).toBe(401)
  })

  it('needs a good key: none, a forged, an expired and a revoked one are 401, and tell nothing of the client', async () => {
    const client = await server.register(WEB)
    const id = client.body.client_id
    const bare = await fetch(`${server.url}/registry/v1/clients/${id}`)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="clientele"'])
    const expired = await makeKey(['registry-read'], 1)
    const { key: revoked, record } = await server.operator.createApiKey({
      permissions: ['registry-read'],
      expiresInSeconds: null,
    })
    await server.operator.revokeApiKey(record.id)
    now += 2
    const texts = new Set<string>()
    const bad = [expired, revoked, `${reading}x`, client.body.registration_access_token]
    for (const key of bad)
      for (const asked of [id, 'nobody']) {
        const refused = await lookUp(asked, {}, key)
        expect(refused.status).toBe(401)
        texts.add(await refused.text())
      }
    expect(texts.size).toBe(1)
  })

  it('cannot be permitted to initial access tokens or service accounts, where it means nothing', async () => {
    const permissions = ['registry-read']
    const terms = { uses: 1, expiresInSeconds: 60, permissions }
    await expect(server.operator.createInitialAccessToken(terms)).rejects.toThrow('permissions')
    const account = { name: 'svc', password: 'correct horse battery', permissions }
    await expect(server.operator.createServiceAccount(account)).rejects.toThrow('permissions')
  })

  it('is closed where API keys are off', async () => {
    const closed = await startGatesServer({ api_keys: { enabled: false } })
    try {
      const { key } = await closed.operator.createApiKey({
        permissions: ['registry-read'],
        expiresInSeconds: null,
      })
      const refused = await fetch(`${closed.url}/registry/v1/clients/x`, {
        headers: { authorization: `Bearer ${key}` },
      })
      expect(refused.status).toBe(401)
    } finally {
      await closed.close()
    }
  })
})

describe('the reader of the library against the real registry', () => {
  it('sees a change and a deletion within its time', async () => {
    let reads = 0
    const clock = { milliseconds: () => reads }
    const registry = createRegistryReader({ url: server.url, apiKey: reading, clock })
    const client = await server.register(WEB)
    const id = client.body.client_id
    expect((await registry.findClient(id))?.revision).toBe(1)
    await server.manage('PUT', client, { body: { client_name: 'renamed' } })
    reads += 1000
    expect(await registry.findClient(id)).toMatchObject({ revision: 2, metadata: { client_name: 'renamed' } })
    reads += 1000
    expect((await registry.findClient(id))?.revision).toBe(2)
    await server.manage('DELETE', client)
    reads += 1000
    expect(await registry.findClient(id)).toBeUndefined()
  })
})
