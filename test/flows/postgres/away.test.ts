import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresServer, startPostgresServer } from '../../harness/postgres-server.ts'
import { prepareSharedServers } from '../../harness/shared-servers.ts'

/** What clients and supervisors see while the database is away. */
const shared = prepareSharedServers()
let database: PostgresServer
let server: Awaited<ReturnType<typeof shared.start>>

beforeAll(async () => {
  database = await startPostgresServer()
  server = await shared.start(database.url)
}, 60_000)
afterAll(async () => {
  await shared.remove()
  await database?.remove()
})

it('answers 503 with Retry-After, is alive and not ready, and comes back by itself', async () => {
  const register = () => server.register({ redirect_uris: ['https://app.example/cb'] })
  const status = async (path: string) => (await fetch(server.url + path)).status
  const before = await register()
  expect(before.status).toBe(201)
  const client = (await before.json()) as Record<string, string>
  expect(await status('/readyz')).toBe(200)

  await database.kill()
  const refused = await register()
  expect(refused.status).toBe(503)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  const address = server.url + new URL(client.registration_client_uri!).pathname
  const read = () =>
    fetch(address, { headers: { authorization: `Bearer ${client.registration_access_token}` } })
  expect((await read()).status).toBe(503)
  await expect.poll(() => status('/readyz'), { timeout: 5000 }).toBe(503)
  expect(await status('/livez')).toBe(200)

  await database.start()
  await expect.poll(async () => (await register()).status, { timeout: 20_000 }).toBe(201)
  expect(await status('/readyz')).toBe(200)
  expect(await (await read()).json()).toMatchObject({ client_id: client.client_id })
}, 60_000)
