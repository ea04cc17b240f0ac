import { afterAll, beforeAll, expect, it } from 'vitest'
import { useDatabase } from '../../harness/postgres.ts'
import { prepareSharedServers } from '../../harness/shared-servers.ts'

/** Instances whose clocks are a minute wrong: what one makes, the others take. */
const database = useDatabase()
const shared = prepareSharedServers()
type Server = Awaited<ReturnType<typeof shared.start>>
let servers: Server[] = []

beforeAll(async () => {
  const off = (seconds: number) => ({ clock: { milliseconds: () => Date.now() + seconds * 1000 } })
  servers = []
  for (const seconds of [60, 0, -60]) servers.push(await shared.start(database.url, {}, off(seconds)))
}, 60_000)
afterAll(shared.remove)

it('a client that was registered where the clock is wrong is read, changed, served and deleted everywhere', async () => {
  for (const maker of servers) {
    const metadata = { grant_types: ['client_credentials'], response_types: [] }
    const made = await maker.register(metadata)
    expect(made.status).toBe(201)
    const client = (await made.json()) as Record<string, string>
    const headers = {
      authorization: `Bearer ${client.registration_access_token}`,
      'content-type': 'application/json',
    }
    for (const [index, server] of servers.entries()) {
      const at = server.url + new URL(client.registration_client_uri!).pathname
      expect((await fetch(at, { headers })).status).toBe(200)
      const body = JSON.stringify({ ...metadata, client_id: client.client_id, client_name: `name ${index}` })
      const changed = await fetch(at, { method: 'PUT', headers, body })
      expect(await changed.json()).toMatchObject({ client_name: `name ${index}` })
      const secret = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
      const token = await fetch(`${server.url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${secret}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=client_credentials',
      })
      expect(token.status).toBe(200)
    }
    const last = servers.find((server) => server !== maker)!
    const at = last.url + new URL(client.registration_client_uri!).pathname
    expect((await fetch(at, { method: 'DELETE', headers })).status).toBe(204)
    for (const server of servers) {
      const gone = await fetch(server.url + new URL(at).pathname, { headers })
      expect(gone.status).toBe(401)
    }
  }
})

it('an initial access token works once, whoever made it and whoever is asked', async () => {
  for (const maker of servers) {
    const { token } = await maker.running.createInitialAccessToken({ uses: 1, expiresInSeconds: 600 })
    const statuses = await Promise.all(
      servers.map(async (server) => {
        const headers = { authorization: `Bearer ${token}` }
        return (await server.register({ redirect_uris: ['https://app.example/cb'] }, headers)).status
      }),
    )
    expect(statuses.toSorted()).toEqual([201, 401, 401])
  }
})
