/** Members of the operator's own, through the whole server: configured, registered, returned, judged and found. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { startServer } from '../../clientele/src/server/start-server.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }
const data = mkdtempSync(join(tmpdir(), 'clientele-custom-'))
let server: Awaited<ReturnType<typeof startServer>>

beforeAll(async () => {
  server = await startServer(
    parseConfig({
      server: { port: 0, data, drain_seconds: 1 },
      registration: {
        anonymous: true,
        custom_members: [
          { name: 'tier', schema: { enum: ['gold', 'silver'] }, searchable: true },
          {
            name: 'teams',
            schema: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' } },
            searchable: true,
          },
          {
            name: 'cost_centre',
            schema: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
          },
        ],
      },
      policies: { policy: [{ name: 'default', member: { tier: { default: 'silver' } } }] },
    }),
  )
})
afterAll(async () => {
  await server.close()
  rmSync(data, { recursive: true, force: true })
})

async function send(method: string, url: string, body: object | undefined, token?: string) {
  const response = await fetch(new URL(url, server.url), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests look at answers of any shape
  return { status: response.status, body: (await response.json()) as any }
}

const register = (body: object) => send('POST', '/register', { ...WEB, ...body })

async function find(term: string): Promise<readonly string[]> {
  const token = readFileSync(join(data, 'operator.token'), 'utf8').trim()
  const { status, body } = await send(
    'GET',
    `/admin/v1/clients?term=${encodeURIComponent(term)}`,
    undefined,
    token,
  )
  expect(status).toBe(200)
  return body.clients.map((client: { client_id: string }) => client.client_id)
}

it('are stored, returned, and read back (RFC 7591 §3.2.1)', async () => {
  const members = { tier: 'gold', teams: ['red', 'blue'], cost_centre: { id: 7, note: 'x' } }
  const { status, body } = await register(members)
  expect(status).toBe(201)
  expect(body).toMatchObject(members)
  const read = await send('GET', body.registration_client_uri, undefined, body.registration_access_token)
  expect(read.body).toMatchObject(members)
})

it('are held to their schema at a creation and at an update, which changes nothing when it is refused', async () => {
  const refused = await register({ tier: 'tin', teams: ['Red'] })
  expect(refused.status).toBe(400)
  expect(refused.body.problems.map(({ reason }: { reason: string }) => reason)).toEqual([
    'tier.schema',
    'teams.schema',
  ])
  const { body } = await register({ tier: 'gold' })
  const { registration_client_uri: uri, registration_access_token: token, client_id } = body
  const update = await send('PUT', uri, { ...WEB, client_id, cost_centre: {} }, token)
  expect(update).toMatchObject({ status: 400, body: { reason: 'cost_centre.schema' } })
  expect((await send('GET', uri, undefined, token)).body).toMatchObject({ tier: 'gold' })
})

it('have the default of a policy, and are found by what they have now', async () => {
  const { body } = await register({ teams: ['green', 'lime'] })
  const { registration_client_uri: uri, registration_access_token: token, client_id } = body
  expect(body.tier).toBe('silver')
  expect(await find('tier=silver')).toContain(client_id)
  expect(await find('teams=green')).toEqual([client_id])
  expect(await find('teams=lime')).toEqual([client_id])
  const updated = await send('PUT', uri, { ...WEB, client_id, tier: 'gold', teams: ['green'] }, token)
  expect(updated.status).toBe(200)
  expect(await find('teams=lime')).toEqual([])
  expect(await find('tier=silver')).not.toContain(client_id)
  expect(await find('tier=gold')).toContain(client_id)
})

it('can be fixed by an initial access token, like any other member', async () => {
  const { token } = await server.createInitialAccessToken({
    uses: 1,
    expiresInSeconds: 60,
    fixed: { tier: 'gold' },
  })
  const { body } = await send('POST', '/register', { ...WEB, tier: 'silver' }, token)
  expect(body.tier).toBe('gold')
})
