import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../harness/registration.ts'
import { type GatesServer, startGatesServer } from './gates-server.ts'

/** How a first client comes to the scope that opens registration: by a credential that an operator made for it. */

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }

let server: GatesServer

beforeAll(async () => {
  server = await startGatesServer({
    bearer: { enabled: true },
    scopes: { privileged: ['email'], default: ['openid'] },
  })
})

afterAll(() => server.close())

async function registerWith(terms: { fixed?: { scope: string }; permissions?: string[] }, scope?: string) {
  const { token } = await server.operator.createInitialAccessToken({
    uses: 1,
    expiresInSeconds: 60,
    ...terms,
  })
  return server.register({ ...SERVICE, ...(scope === undefined ? {} : { scope }) }, `Bearer ${token}`)
}

async function bearerOf({ body }: Answer, at = server, scope = 'register'): Promise<string> {
  const response = await fetch(`${at.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${body.client_id}:${body.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  return `Bearer ${((await response.json()) as { access_token: string }).access_token}`
}

describe('an initial access token', () => {
  it('that fixes the scope register makes a client that registers others, whatever it asked for', async () => {
    const robot = await registerWith({ fixed: { scope: 'register' } }, 'openid email')
    expect(robot.body.scope).toBe('register')
    const made = await server.register(SERVICE, await bearerOf(robot))
    expect(made.status).toBe(201)
    expect(made.body.scope).toBe('openid')
    // It stays so at an update that leaves the scope out (RFC 7592 §2.2).
    expect((await server.manage('PUT', robot, { body: SERVICE })).body.scope).toBe('register')
  })

  it('with the permission oauth-client-override lets the client ask for it', async () => {
    const robot = await registerWith({ permissions: ['oauth-client-override'] }, 'register email')
    expect(robot.body.scope).toBe('register email')
    expect((await server.register(SERVICE, await bearerOf(robot))).status).toBe(201)
  })

  it('that does neither does not, for this scope and for others that the operator calls privileged', async () => {
    const plain = await registerWith({}, 'register openid email')
    expect(plain.status).toBe(201)
    expect(plain.body.scope).toBe('openid')
    expect((await registerWith({}, 'email')).body).toMatchObject({ reason: 'scope.privileged' })
  })
})

it('a scope that opens registration later opens it to nobody who took it while it was ordinary', async () => {
  const data = mkdtempSync(join(tmpdir(), 'clientele-entrusted-'))
  const scopes = { supported: ['openid', 'api'], default: ['openid'] }
  const sections = { server: { data }, scopes, registration: { anonymous: true } }
  const before = await startGatesServer(sections)
  const climber = await before.register({ ...SERVICE, scope: 'api' })
  expect(climber.body.scope).toBe('api')
  const { token } = await before.operator.createInitialAccessToken({
    uses: 1,
    expiresInSeconds: 60,
    fixed: { scope: 'api' },
  })
  const robot = await before.register(SERVICE, `Bearer ${token}`)
  await before.close()

  const after = await startGatesServer({ ...sections, bearer: { enabled: true, register_scope: 'api' } })
  try {
    const asked = await after.register(SERVICE, await bearerOf(climber, after, 'api'))
    expect([asked.status, asked.body.reason]).toEqual([403, 'access_token.scope_not_entrusted'])
    // It keeps what it has, also by an update, and that entrusts it with nothing.
    expect((await after.manage('PUT', climber, { body: { ...SERVICE, scope: 'api' } })).body.scope).toBe(
      'api',
    )
    expect((await after.register(SERVICE, await bearerOf(climber, after, 'api'))).status).toBe(403)
    expect((await after.register(SERVICE, await bearerOf(robot, after, 'api'))).status).toBe(201)
  } finally {
    await after.close()
    rmSync(data, { recursive: true, force: true })
  }
})

it('who registered through the gate is in the audit trail: the gate and the client', async () => {
  const audited = await startGatesServer({ bearer: { enabled: true } })
  const { token } = await audited.operator.createInitialAccessToken({
    uses: 1,
    expiresInSeconds: 60,
    fixed: { scope: 'register' },
  })
  const robot = await audited.register(SERVICE, `Bearer ${token}`)
  const response = await fetch(`${audited.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${robot.body.client_id}:${robot.body.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'register' }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  const made = await audited.register(SERVICE, `Bearer ${access_token}`)
  const [record] = await audited.closeAndReadAudit(made.body.client_id)
  expect(record).toMatchObject({ action: 'client.registered', actor: `bearer:${robot.body.client_id}` })
  expect(JSON.stringify(record)).not.toContain(access_token)
})
