import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SyncNews } from '../../../clientele/src/admin/sync-connector.ts'
import type { Connector } from '../../../clientele/src/connectors/connector.ts'
import { parseConfig } from '../../../clientele/src/server/config.ts'
import { type RunningServer, startServer } from '../../../clientele/src/server/start-server.ts'
import { readAnswer } from '../../harness/registration.ts'
import { type StandInHydra, startStandInHydra } from '../../harness/stand-in-hydra.ts'
import { type StandInKeycloak, startStandInKeycloak } from '../../harness/stand-in-keycloak.ts'

/** A real server that mirrors its clients into two others at once (stand-ins of ours: see `connectors.test.ts`). */

const REALM = { realm: 'main', clientId: 'clientele', clientSecret: 'the-secret-of-ours' }
const PATIENT = { timeout: 15_000 }
let data: string
let hydra: StandInHydra
let keycloak: StandInKeycloak
let server: RunningServer | undefined

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'clientele-mirror-'))
  hydra = await startStandInHydra('t')
  keycloak = await startStandInKeycloak(REALM)
  writeFileSync(join(data, 'hydra-token'), 't\n')
  writeFileSync(join(data, 'keycloak-secret'), `${REALM.clientSecret}\n`)
})
afterEach(async () => {
  await server?.close()
  server = undefined
  await hydra.close()
  await keycloak.close()
  rmSync(data, { recursive: true, force: true })
})

async function start(connectors: object = both()): Promise<RunningServer> {
  server = await startServer(
    parseConfig({
      server: { port: 0, data, drain_seconds: 1 },
      registration: { anonymous: true },
      connectors: connectors as Record<string, unknown>,
    }),
  )
  return server
}
function both() {
  const { realm, clientId: client_id } = REALM
  const file = join(data, 'keycloak-secret')
  return {
    ory_hydra: [{ name: 'hydra', url: hydra.url, token_file: join(data, 'hydra-token') }],
    keycloak: [{ name: 'kc', url: keycloak.url, realm, client_id, client_secret_file: file }],
  }
}
async function register({ url }: RunningServer, more: object = {}) {
  const answer = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://client.example/cb'], ...more }),
  })
  expect(answer.status).toBe(201)
  return (await readAnswer(answer)).body as Record<string, string>
}
async function manage(method: string, client: Record<string, string>, body?: object) {
  const response = await fetch(client.registration_client_uri!, {
    method,
    headers: {
      authorization: `Bearer ${client.registration_access_token}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify({ client_id: client.client_id, ...body }) }),
  })
  expect(response.ok).toBe(true)
}
async function sync(name: string): Promise<readonly SyncNews[]> {
  const news: SyncNews[] = []
  for await (const each of await server!.syncConnector(name)) news.push(each)
  return news
}
const inHydra = (client: Record<string, string>) => hydra.clients.get(client.client_id!)
const inKeycloak = (client: Record<string, string>) => keycloak.find(client.client_id!)?.representation

describe('a mirrored client', () => {
  it('comes, changes and goes with the registration, its secret with it', async () => {
    const client = await register(await start())
    await expect.poll(() => inHydra(client)?.client_secret, PATIENT).toBe(client.client_secret)
    await expect.poll(() => inKeycloak(client)?.secret, PATIENT).toBe(client.client_secret)
    await manage('PUT', client, { redirect_uris: ['https://client.example/new'] })
    await expect.poll(() => inHydra(client)?.redirect_uris, PATIENT).toEqual(['https://client.example/new'])
    await expect.poll(() => inKeycloak(client)?.redirectUris, PATIENT).toEqual(['https://client.example/new'])
    await manage('DELETE', client)
    await expect.poll(() => inHydra(client), PATIENT).toBeUndefined()
    await expect.poll(() => inKeycloak(client), PATIENT).toBeUndefined()
  }, 40_000)

  it('that becomes what the other server cannot serve is removed there, and the ones behind it come all the same', async () => {
    const client = await register(await start())
    await expect.poll(() => inKeycloak(client), PATIENT).toBeDefined()
    await manage('PUT', client, { redirect_uris: ['https://client.example/*'] })
    const next = await register(server!)
    await expect.poll(() => inKeycloak(next), PATIENT).toBeDefined()
    expect(inKeycloak(client)).toBeUndefined()
    // The other one takes the character for a character.
    await expect.poll(() => inHydra(client)?.redirect_uris, PATIENT).toEqual(['https://client.example/*'])
  }, 40_000)

  it('comes when the other server is back, which held up nobody meanwhile, also after a restart', async () => {
    hydra.state = 'failing'
    const client = await register(await start())
    await expect.poll(() => inKeycloak(client), PATIENT).toBeDefined()
    expect(inHydra(client)).toBeUndefined()
    await server!.close()
    hydra.state = 'serving'
    await start()
    await expect.poll(() => inHydra(client), PATIENT).toBeDefined()
  }, 40_000)

  it('that the other server answers with 500 for ever holds up no other client', async () => {
    await start()
    hydra.choke = (client) => client.client_name === 'bad'
    const bad = await register(server!, { client_name: 'bad' })
    const good = await register(server!)
    await expect.poll(() => inHydra(good), { timeout: 20_000 }).toBeDefined()
    expect(inHydra(bad)).toBeUndefined()
    hydra.choke = undefined
    await expect.poll(() => inHydra(bad), { timeout: 30_000 }).toBeDefined()
  }, 70_000)

  it('was there before the connector: a new connector brings over who is registered', async () => {
    const client = await register(await start({}))
    await server!.close()
    await start()
    await expect.poll(() => inHydra(client)?.client_secret, PATIENT).toBe(client.client_secret)
  }, 40_000)
})

describe('clientele connectors sync', () => {
  it('mends what was broken there, removes what is registered no more, and tells what cannot be', async () => {
    const [one, two] = [await register(await start()), await register(server!)]
    const wild = await register(server!, { redirect_uris: ['https://client.example/*'] })
    await expect.poll(() => inHydra(wild) && inKeycloak(two), PATIENT).toBeDefined()
    hydra.add({ client_id: 'stray', owner: `clientele/hydra/${server!.issuer}` })
    hydra.add({ client_id: 'of another registry', owner: 'clientele/hydra/https://elsewhere.example' })
    hydra.add({ client_id: 'theirs', owner: 'somebody' })
    hydra.add({ ...inHydra(one), redirect_uris: ['https://evil.example/'] })
    const news = await sync('hydra')
    expect(news[0]).toEqual({ type: 'progress', done: 0, total: 3 })
    expect(news.at(-1)).toEqual({
      type: 'summary',
      connector: 'hydra',
      mirrored: 3,
      refused: 0,
      failed: 0,
      removed: 1,
    })
    expect([...hydra.clients.keys()].sort()).toEqual(
      ['theirs', 'of another registry', one.client_id, two.client_id, wild.client_id].sort(),
    )
    expect(inHydra(one)?.redirect_uris).toEqual(['https://client.example/cb'])

    const findings = (await sync('kc')).filter(({ type }) => type === 'client')
    expect(findings).toEqual([
      {
        type: 'client',
        clientId: wild.client_id,
        outcome: 'refused',
        because: 'redirect_uris has a "*", which the other server takes for a wildcard',
      },
    ])
  }, 40_000)

  it('says what failed, and that there is no such connector', async () => {
    await register(await start())
    hydra.state = 'unauthorized'
    const news = await sync('hydra')
    expect(news.at(-1)).toMatchObject({ mirrored: 0, failed: 1, removed: 0 })
    expect(news.find(({ type }) => type === 'client')).toMatchObject({ outcome: 'failed' })
    expect(JSON.stringify(news)).toContain('401')
    await expect(sync('nobody')).rejects.toThrow('There is no connector nobody; there is hydra, kc.')
    const answer = await fetch(`${server!.url}/admin/v1/connectors/hydra/sync`, {
      method: 'POST',
      body: '{}',
    })
    expect(answer.status).toBe(401)
  }, 40_000)
})

describe('a connector of the program that starts the server', () => {
  it('is told of clients, and can be synchronized; its name is its own', async () => {
    const had = new Map<string, string | undefined>()
    const own: Connector = {
      name: 'own',
      upsert: async ({ id }, { clientSecret }) => void had.set(id, clientSecret),
      remove: async (id) => void had.delete(id),
      async *list() {
        yield* had.keys()
      },
    }
    const config = parseConfig({
      server: { port: 0, data, drain_seconds: 1 },
      registration: { anonymous: true },
    })
    server = await startServer(config, { connectors: [own] })
    const client = await register(server)
    await expect.poll(() => had.get(client.client_id!), PATIENT).toBe(client.client_secret)
    had.set('stray', '')
    expect((await sync('own')).at(-1)).toMatchObject({ connector: 'own', mirrored: 1, removed: 1 })
    await server.close()
    for (const connectors of [[own, own], [{ ...own, name: 'A B' }]])
      await expect(startServer(config, { connectors })).rejects.toThrow('no other connector has')
  }, 40_000)
})

describe('the configuration of connectors', () => {
  it('refuses two of one name, a name that is none, and a file that is missing', async () => {
    const { ory_hydra, keycloak: realms } = both()
    const twins = { ory_hydra, keycloak: [{ ...realms[0]!, name: 'hydra' }] }
    expect(() => parseConfig({ connectors: twins })).toThrow('a name that another connector has')
    expect(() => parseConfig({ connectors: { ory_hydra: [{ ...ory_hydra[0]!, name: 'A B' }] } })).toThrow(
      'name',
    )
    const missing = { ory_hydra: [{ ...ory_hydra[0]!, token_file: join(data, 'none') }] }
    await expect(start(missing)).rejects.toThrow('ENOENT')
  })
})
