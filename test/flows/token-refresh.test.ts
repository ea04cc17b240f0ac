import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'

const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }

describe('a refresh token', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterEach(() => void vi.useRealTimers())
  afterAll(async () => {
    expect(server.failures).toEqual([])
    await server.close()
  })

  async function signedIn(
    on = server,
    metadata: ClientMetadata = PUBLIC,
  ): Promise<{ client: TestClient; token: string }> {
    const client = await on.register(metadata)
    const { body } = await exchange(on, client, await login(on, client))
    return { client, token: body.refresh_token }
  }
  function later(seconds: number) {
    const now = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 })
  }

  it('of a public client is rotated at each use (RFC 9700 §2.2.2)', async () => {
    const { client, token } = await signedIn()
    const first = await refresh(server, client, token)
    const second = await refresh(server, client, first.body.refresh_token)
    expect(new Set([token, first.body.refresh_token, second.body.refresh_token]).size).toBe(3)
    expect(second.status).toBe(200)
  })

  it('that was just used answers with the same successor and a new access token', async () => {
    const { client, token } = await signedIn()
    const first = await refresh(server, client, token)
    const again = await refresh(server, client, token)
    expect(again.status).toBe(200)
    expect(again.body.refresh_token).toBe(first.body.refresh_token)
    expect(again.body.access_token).not.toBe(first.body.access_token)
    for (const { access_token } of [first.body, again.body]) {
      const userinfo = await fetch(`${server.issuer}/userinfo`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      expect(userinfo.status).toBe(200)
    }
    expect((await refresh(server, client, first.body.refresh_token)).status).toBe(200)
  })

  it('within its grace writes no other refresh token', async () => {
    const saved: string[] = []
    const counting = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        saveArtifact(artifact) {
          saved.push(artifact.kind)
          return store.saveArtifact(artifact)
        },
      }),
    })
    const { client, token } = await signedIn(counting)
    await refresh(counting, client, token)
    saved.length = 0
    expect((await refresh(counting, client, token)).status).toBe(200)
    expect(saved).toEqual(['AccessToken'])
    await counting.close()
  })

  it('answers the same successor to 20 parallel uses, and the family lives on', async () => {
    const { client, token } = await signedIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(server, client, token)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    expect((await refresh(server, client, answers[0]!.body.refresh_token)).status).toBe(200)
  })

  it('revokes the family at a second use after the grace (RFC 9700 §4.14.2)', async () => {
    const { client, token } = await signedIn()
    const first = await refresh(server, client, token)
    later(12)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
    expect((await refresh(server, client, first.body.refresh_token)).body.error).toBe('invalid_grant')
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${first.body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
  })

  it('has no second use at all where the grace is 0, not even at the same moment', async () => {
    const strict = await startTestServer({ settings: { refreshGraceSeconds: 0 } })
    const { client, token } = await signedIn(strict)
    expect((await refresh(strict, client, token)).status).toBe(200)
    expect((await refresh(strict, client, token)).body.error).toBe('invalid_grant')
    const other = await signedIn(strict)
    const answers = await Promise.all([0, 1, 2, 3].map(() => refresh(strict, other.client, other.token)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    await strict.close()
  })

  it('leaves nothing behind of the uses that lost', async () => {
    const kept = new Set<string>()
    const counting = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        saveArtifact(artifact) {
          if (artifact.kind === 'RefreshToken') kept.add(artifact.id)
          return store.saveArtifact(artifact)
        },
        deleteArtifact(kind, id) {
          if (kind === 'RefreshToken') kept.delete(id)
          return store.deleteArtifact(kind, id)
        },
        // Late enough for every use to have seen a token that nobody has used.
        async consumeArtifact(...consumption) {
          await new Promise((resolve) => setTimeout(resolve, 50))
          return store.consumeArtifact(...consumption)
        },
      }),
    })
    const { client, token } = await signedIn(counting)
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(counting, client, token)))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    expect(kept.size).toBe(2)
    await counting.close()
  })

  it('is worth nothing to another client, also within the grace', async () => {
    const { client, token } = await signedIn()
    const thief = await server.register(PUBLIC)
    expect((await refresh(server, thief, token)).body.error).toBe('invalid_grant')
    const { body } = await refresh(server, client, token)
    expect((await refresh(server, thief, token)).body.error).toBe('invalid_grant')
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })

  it('that was rotated is inactive to introspection', async () => {
    // A client that may ask: it can prove that the token is its own.
    const { client, token } = await signedIn(server, {
      ...PUBLIC,
      token_endpoint_auth_method: 'client_secret_basic',
    })
    later(22 * 24 * 3600)
    expect((await postWith(server, client, '/introspect', { token })).body.active).toBe(true)
    await refresh(server, client, token)
    expect((await postWith(server, client, '/introspect', { token })).body.active).toBe(false)
  })

  it('of a confidential client stays until late in its life, then is rotated', async () => {
    const { client, token } = await signedIn(server, {
      ...PUBLIC,
      token_endpoint_auth_method: 'client_secret_basic',
    })
    expect((await refresh(server, client, token)).body.refresh_token).toBe(token)
    later(22 * 24 * 3600)
    const late = await refresh(server, client, token)
    expect(late.status).toBe(200)
    expect(late.body.refresh_token).not.toBe(token)
  })

  it('dies when nobody uses it', async () => {
    const { client, token } = await signedIn()
    later(31 * 24 * 3600)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
  })

  it('gives no more scope than was granted, and less when asked (RFC 6749 §6)', async () => {
    const { client, token } = await signedIn()
    const less = await refresh(server, client, token, { scope: 'openid' })
    expect(less.body.scope).toBe('openid')
    expect(
      (await refresh(server, client, less.body.refresh_token, { scope: 'openid admin' })).body.error,
    ).toBe('invalid_scope')
  })

  it('gives no more than the client is registered for by now (RFC 7592 §2.2)', async () => {
    const { client, token } = await signedIn()
    const before = await refresh(server, client, token)
    await server.update(client.record, { scope: 'openid' })
    const after = await refresh(server, client, before.body.refresh_token)
    expect([before.body.scope, after.body.scope]).toEqual(['openid profile email offline_access', 'openid'])
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${before.body.access_token}` },
    })
    expect(await userinfo.json()).not.toHaveProperty('email')
  })

  it('gives invalid_scope and no token when nothing of what was granted is left (RFC 6749 §5.2)', async () => {
    const { client, token } = await signedIn(server, { ...PUBLIC, scope: 'openid email' })
    await server.update(client.record, { scope: 'profile' })
    for (const extra of [{}, { scope: 'email' }] as Record<string, string>[]) {
      const { status, body } = await refresh(server, client, token, extra)
      expect([status, body.error]).toEqual([400, 'invalid_scope'])
      expect(body).not.toHaveProperty('access_token')
    }
  })

  it('gives what is left when a part of what it asks for was withdrawn since (RFC 6749 §3.3)', async () => {
    const { client, token } = await signedIn(server, { ...PUBLIC, scope: 'openid email' })
    await server.update(client.record, { scope: 'openid' })
    expect((await refresh(server, client, token, { scope: 'openid email' })).body.scope).toBe('openid')
  })

  it('dies with the grant type: a client that gives it up refreshes no more', async () => {
    const { client, token } = await signedIn()
    await server.update(client.record, { grant_types: ['authorization_code'] })
    expect((await refresh(server, client, token)).body.error).toBe('unauthorized_client')
  })
})
