import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { createProofs } from '../harness/dpop-proofs.ts'
import { exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'
import { post } from './token-request.ts'

/** What a client is registered for decides how long its refresh tokens live and what a use does to them. */
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterEach(() => void vi.useRealTimers())
afterAll(async () => {
  await server.close()
  expect(server.failures).toEqual([])
})

const BOTH = { grant_types: ['authorization_code', 'refresh_token'] }
const PUBLIC = { ...BOTH, token_endpoint_auth_method: 'none' }
const DAY = 24 * 3600

function later(seconds: number): void {
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 })
}

async function signedIn(metadata: ClientMetadata): Promise<{ client: TestClient; token: string }> {
  const client = await server.register(metadata)
  const { body } = await exchange(server, client, await login(server, client))
  return { client, token: body.refresh_token }
}

describe('refresh_token_usage', () => {
  it('OneTimeOnly: each use gives another token, also to a confidential client', async () => {
    const { client, token } = await signedIn({ ...BOTH, refresh_token_usage: 'OneTimeOnly' })
    const first = await refresh(server, client, token)
    const second = await refresh(server, client, first.body.refresh_token)
    expect(new Set([token, first.body.refresh_token, second.body.refresh_token]).size).toBe(3)
    later(12)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
    expect((await refresh(server, client, second.body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('ReUse: the token stays the same, also late in its life', async () => {
    const { client, token } = await signedIn({ ...BOTH, refresh_token_usage: 'ReUse' })
    expect((await refresh(server, client, token)).body.refresh_token).toBe(token)
    later(29 * DAY)
    expect((await refresh(server, client, token)).body.refresh_token).toBe(token)
  })

  it('ReUse: each use starts its life anew, and it ends when it lies unused', async () => {
    const { client, token } = await signedIn({
      ...BOTH,
      refresh_token_usage: 'ReUse',
      sliding_refresh_token_lifetime: 100,
    })
    for (let use = 0; use < 3; use++) {
      later(90)
      expect((await refresh(server, client, token)).status).toBe(200)
    }
    later(101)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
  })

  it('ReUse: a token that was revoked stays dead (RFC 7009 §2.1)', async () => {
    const { client, token } = await signedIn({ ...BOTH, refresh_token_usage: 'ReUse' })
    later(60)
    await refresh(server, client, token)
    await postWith(server, client, '/revoke', { token })
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
  })

  it('ReUse: a public client’s token that is bound to no key is rotated all the same (RFC 9700 §2.2.2)', async () => {
    const { client, token } = await signedIn(PUBLIC)
    await server.update(client.record, { refresh_token_usage: 'ReUse', dpop_bound_access_tokens: true })
    const proofs = await createProofs()
    const dpop = await proofs.make('POST', `${server.issuer}/token`)
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: client.id }
    const { status, body } = await post(server, '/token', form, { dpop })
    expect(status).toBe(200)
    expect(body.refresh_token).not.toBe(token)
  })

  it('ReUse: a public client’s token that is bound to its key stays (RFC 9449 §5)', async () => {
    const client = await server.register({
      ...PUBLIC,
      refresh_token_usage: 'ReUse',
      dpop_bound_access_tokens: true,
    })
    const proofs = await createProofs()
    const ask = async (form: Record<string, string>) =>
      post(
        server,
        '/token',
        { ...form, client_id: client.id },
        { dpop: await proofs.make('POST', `${server.issuer}/token`) },
      )
    const { location, verifier, redirectUri } = await login(server, client)
    const code = location.searchParams.get('code')!
    const first = await ask({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    })
    const { refresh_token } = first.body
    const again = await ask({ grant_type: 'refresh_token', refresh_token })
    expect([again.status, again.body.refresh_token]).toEqual([200, refresh_token])
    const thief = await createProofs()
    const dpop = await thief.make('POST', `${server.issuer}/token`)
    const form = { grant_type: 'refresh_token', refresh_token, client_id: client.id }
    expect((await post(server, '/token', form, { dpop })).body.error).toBe('invalid_grant')
  })

  it('an update takes effect on the next use (RFC 7592 §2.2)', async () => {
    const { client, token } = await signedIn({ ...BOTH, refresh_token_usage: 'ReUse' })
    await server.update(client.record, { refresh_token_usage: 'OneTimeOnly' })
    expect((await refresh(server, client, token)).body.refresh_token).not.toBe(token)
  })
})

describe('sliding_refresh_token_lifetime', () => {
  it('a token that lies unused for so long is dead', async () => {
    const { client, token } = await signedIn({ ...PUBLIC, sliding_refresh_token_lifetime: 60 })
    later(61)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
  })

  it('each rotation starts it anew', async () => {
    const { client, token } = await signedIn({ ...PUBLIC, sliding_refresh_token_lifetime: 60 })
    let current = token
    for (let use = 0; use < 3; use++) {
      later(50)
      const { status, body } = await refresh(server, client, current)
      expect(status).toBe(200)
      current = body.refresh_token
    }
  })
})

describe('absolute_refresh_token_lifetime', () => {
  it.each([
    ['rotated', PUBLIC],
    ['reused', { ...BOTH, refresh_token_usage: 'ReUse' }],
    ['rotated late', BOTH],
  ])('is the end in spite of use: %s', async (_how, metadata) => {
    const { client, token } = await signedIn({
      ...metadata,
      absolute_refresh_token_lifetime: 150,
      sliding_refresh_token_lifetime: 100,
    })
    later(80)
    const { status, body } = await refresh(server, client, token)
    expect(status).toBe(200)
    later(60)
    const last = await refresh(server, client, body.refresh_token)
    expect(last.status).toBe(200)
    later(15)
    expect((await refresh(server, client, last.body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('0 is no end of its own: the consent is the end', async () => {
    const short = await startTestServer({
      settings: { grantLifetimeSeconds: 100, refreshTokenLifetimeSeconds: 90 },
    })
    const client = await short.register({ ...PUBLIC, absolute_refresh_token_lifetime: 0 })
    const { body } = await exchange(short, client, await login(short, client))
    later(80)
    const used = await refresh(short, client, body.refresh_token)
    expect(used.status).toBe(200)
    later(30)
    expect((await refresh(short, client, used.body.refresh_token)).body.error).toBe('invalid_grant')
    await short.close()
  })

  it('shortened by an update, it ends what is out already (RFC 7592 §2.2)', async () => {
    const { client, token } = await signedIn(PUBLIC)
    await server.update(client.record, { absolute_refresh_token_lifetime: 60 })
    later(61)
    expect((await refresh(server, client, token)).body.error).toBe('invalid_grant')
  })
})

describe('refresh_token_expiration', () => {
  it('Absolute: no use prolongs it', async () => {
    const { client, token } = await signedIn({
      ...PUBLIC,
      refresh_token_expiration: 'Absolute',
      absolute_refresh_token_lifetime: 100,
    })
    later(90)
    const { status, body } = await refresh(server, client, token)
    expect(status).toBe(200)
    later(11)
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('Absolute: without a lifetime it ends with the server’s own, used or not', async () => {
    const { client, token } = await signedIn({ ...PUBLIC, refresh_token_expiration: 'Absolute' })
    later(29 * DAY)
    const { status, body } = await refresh(server, client, token)
    expect(status).toBe(200)
    later(1.1 * DAY)
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('Absolute: lies unused until its end, beyond the server’s sliding lifetime', async () => {
    const { client, token } = await signedIn({
      ...PUBLIC,
      refresh_token_expiration: 'Absolute',
      absolute_refresh_token_lifetime: 40 * DAY,
    })
    later(39 * DAY)
    expect((await refresh(server, client, token)).status).toBe(200)
  })

  it('Sliding: a use prolongs it, as where nothing is said', async () => {
    const { client, token } = await signedIn({ ...PUBLIC, refresh_token_expiration: 'Sliding' })
    later(29 * DAY)
    const { body } = await refresh(server, client, token)
    later(29 * DAY)
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })
})
