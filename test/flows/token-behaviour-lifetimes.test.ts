import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { exchange, login, postWith, refresh } from './authorization-code.ts'
import { startTestServer, type TestClient, type TestServer } from './authorization-fixture.ts'

/** Lifetimes that a client is registered for, as the authorization server keeps them. The server's own are all an hour or more. */
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ settings: { authorizationCodeLifetimeSeconds: 300 } })
})
afterEach(() => void vi.useRealTimers())
afterAll(async () => {
  await server.close()
  expect(server.failures).toEqual([])
})

function later(seconds: number): void {
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 })
}

async function signedIn(metadata: ClientMetadata) {
  const client = await server.register({ grant_types: ['authorization_code', 'refresh_token'], ...metadata })
  const { body } = await exchange(server, client, await login(server, client))
  return { client, body }
}

async function userinfoStatus(token: string): Promise<number> {
  const { status } = await fetch(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return status
}

it('access_token_lifetime: an end-user’s access token lives that long, and the answer says so (RFC 6749 §5.1)', async () => {
  const { body } = await signedIn({ access_token_lifetime: 120 })
  expect(body.expires_in).toBe(120)
  expect(await userinfoStatus(body.access_token)).toBe(200)
  later(118)
  expect(await userinfoStatus(body.access_token)).toBe(200)
  later(4)
  expect(await userinfoStatus(body.access_token)).toBe(401)
})

it('access_token_lifetime: so does a token that a client got for itself, and one for a resource, inside it too', async () => {
  const client = await server.register({
    grant_types: ['client_credentials'],
    scope: 'profile',
    access_token_lifetime: 90,
  })
  const form = { grant_type: 'client_credentials' }
  expect((await postWith(server, client, '/token', form)).body.expires_in).toBe(90)
  const { body } = await postWith(server, client, '/token', { ...form, resource: 'https://api.example/' })
  expect(body.expires_in).toBe(90)
  const { iat, exp } = decodeJwt(body.access_token)
  expect(exp! - iat!).toBe(90)
})

it('access_token_lifetime: a policy may have allowed more than the server’s own', async () => {
  const { body } = await signedIn({ access_token_lifetime: 7200 })
  expect(body.expires_in).toBe(7200)
  later(3700)
  expect(await userinfoStatus(body.access_token)).toBe(200)
})

it('access_token_lifetime: an update holds from the next token on (RFC 7592 §2.2)', async () => {
  const { client, body } = await signedIn({ access_token_lifetime: 120 })
  const updated = await server.update(client.record, { access_token_lifetime: 60 })
  expect((await refresh(server, client, body.refresh_token)).body.expires_in).toBe(60)
  const { access_token_lifetime: _, ...granted } = updated.granted
  await server.store.replaceClient(
    { ...updated, granted: granted as typeof updated.granted, revision: updated.revision + 1 },
    { audit: { action: 'client.updated', at: 0, subject: 'test', actor: 'test' } },
  )
  expect((await refresh(server, client, body.refresh_token)).body.expires_in).toBe(3600)
})

it('identity_token_lifetime: an ID Token says when it ends (OpenID Connect Core 1.0 §2)', async () => {
  const { client, body } = await signedIn({ identity_token_lifetime: 45 })
  for (const token of [body.id_token, (await refresh(server, client, body.refresh_token)).body.id_token]) {
    const { iat, exp } = decodeJwt(token)
    expect(exp! - iat!).toBe(45)
  }
  expect(body.expires_in).toBe(3600)
})

it('authorization_code_lifetime: a code is worth nothing after it (RFC 6749 §4.1.2)', async () => {
  const client = await server.register({ authorization_code_lifetime: 5 })
  const early = await login(server, client)
  expect((await exchange(server, client, early)).status).toBe(200)
  const late = await login(server, client)
  later(6)
  expect((await exchange(server, client, late)).body.error).toBe('invalid_grant')
})

it('authorization_code_lifetime: left out, it is the server’s own', async () => {
  const client: TestClient = await server.register({})
  const returned = await login(server, client)
  later(290)
  expect((await exchange(server, client, returned)).status).toBe(200)
})
