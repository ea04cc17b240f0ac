import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDatabase } from '../../harness/postgres.ts'
import { prepareSharedServers } from '../../harness/shared-servers.ts'
import { runCommand } from '../child-server.ts'

/** The whole server on PostgreSQL, twice, side by side. */
const database = useDatabase()
const shared = prepareSharedServers()
const { folder } = shared
let servers: Awaited<ReturnType<typeof shared.start>>[] = []

beforeAll(async () => {
  servers = [await shared.start(database.url), await shared.start(database.url)]
}, 60_000)
afterAll(shared.remove)

describe('two servers on one PostgreSQL database', () => {
  it('know each other’s clients: one registers, the other reads, changes and deletes (RFC 7592 §2)', async () => {
    const [first, second] = [servers[0]!, servers[1]!]
    const answer = await first.register({ redirect_uris: ['https://app.example/cb'] })
    expect(answer.status).toBe(201)
    const client = (await answer.json()) as Record<string, string>
    const at = `${second.url}${new URL(client.registration_client_uri!).pathname}`
    const headers = { authorization: `Bearer ${client.registration_access_token}` }
    const read = await fetch(at, { headers })
    expect(read.status).toBe(200)
    expect(await read.json()).toMatchObject({
      client_id: client.client_id,
      client_secret: client.client_secret,
    })
    expect((await fetch(at, { method: 'DELETE', headers })).status).toBe(204)
    const gone = await fetch(`${first.url}${new URL(client.registration_client_uri!).pathname}`, { headers })
    expect(gone.status).toBe(401)
  })

  it('sign with the same keys, and know the same people and tokens', async () => {
    const [first, second] = [servers[0]!, servers[1]!]
    const keys = await Promise.all(
      [first, second].map(
        async ({ url }) => (await (await fetch(`${url}/jwks`)).json()) as { keys: object[] },
      ),
    )
    expect(keys[0]!.keys.length).toBeGreaterThan(0)
    expect(keys[0]).toEqual(keys[1])
    await first.running.createAccount({ email: 'ada@example.org', password: 'correct horse battery staple' })
    await expect(
      second.running.createAccount({ email: 'ada@example.org', password: 'correct horse battery staple' }),
    ).rejects.toThrow()
    const { token } = await first.running.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    const register = () =>
      second.register({ redirect_uris: ['https://app.example/cb'] }, { authorization: `Bearer ${token}` })
    expect([(await register()).status, (await register()).status]).toEqual([201, 401])
  })

  it('have numbers of their own, and give them back when they end', async () => {
    const numbers = () => database.run<{ number: string }>('SELECT number FROM clientele.instances')
    const before = await numbers()
    expect(new Set(before.map(({ number }) => number)).size).toBe(2)
    const third = await shared.start(database.url)
    expect((await numbers()).length).toBe(3)
    await third.close()
    expect(await numbers()).toEqual(before)
  })
})

describe('clientele migrate', () => {
  it('brings an empty database up to date, once, and says so', async () => {
    const environment = { CLIENTELE_STORAGE__URL: database.url, CLIENTELE_STORAGE__SCHEMA: 'by_command' }
    const first = await runCommand(['migrate', '--json'], { folder, environment })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(first.stdout).ran[0]).toBe('1 registry')
    const second = await runCommand(['migrate'], { folder, environment })
    expect(second).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' })
  })

  it('says why not, in a sentence without the password', async () => {
    const cases = [
      ['postgres://someone:hunter2@127.0.0.1:1/none', 'cannot be used'],
      ['mysql://someone:hunter2@127.0.0.1/none', 'does not begin with postgres://'],
      ['postgres://someone:hunter2@127.0.0.1', 'does not name a database'],
    ]
    for (const [url, sentence] of cases) {
      const environment = { CLIENTELE_STORAGE__URL: url! }
      const { code, stderr } = await runCommand(['migrate'], { folder, environment })
      expect(code).toBe(1)
      expect(stderr).toContain(sentence)
      expect(stderr).not.toContain('hunter2')
    }
    const { stderr } = await runCommand(['migrate'], { folder })
    expect(stderr).toContain('storage.url is not set')
  })
})
