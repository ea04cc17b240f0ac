import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { StoreUnavailable } from '../../../clientele/src/stores/store.ts'
import {
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../../harness/postgres-server.ts'
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts'
import { createUntil, storedIds, type Told } from './load.ts'

const USES = 1_000_000
const token = sampleInitialAccessToken({ usesLeft: USES })
const timeouts = { connect: 1000, statement: 3000, answer: 4000, doubt: 10_000 }

/** What was promised and what is there are the same clients, and each spent one use: no more, no less. */
async function checkSame(store: PostgresStore, told: Told): Promise<void> {
  expect(told.wrong).toEqual([])
  const stored = await storedIds(store)
  expect([...told.created].filter((id) => !stored.has(id))).toEqual([])
  expect([...stored].filter((id) => !told.created.has(id))).toEqual([])
  expect((await store.findInitialAccessToken(token.id))?.usesLeft).toBe(USES - stored.size)
}

describe('a PostgreSQL server that is killed', () => {
  let server: PostgresServer
  let store: PostgresStore
  beforeAll(async () => {
    server = await startPostgresServer()
    store = await openPostgresStore({ url: server.url, timeouts })
    await store.createInitialAccessToken(token, sampleAudit(token.id))
  }, 60_000)
  afterAll(async () => {
    await store?.close()
    await server?.remove()
  })

  it('loses nothing that was acknowledged, and keeps nothing that was not, over three SIGKILLs under load', async () => {
    let isOver = false
    const load = createUntil(() => isOver, store, token.id)
    for (let kill = 0; kill < 3; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 300))
      await server.kill()
      await expect(store.ready()).rejects.toThrow(StoreUnavailable)
      await server.start()
    }
    // It works again by itself.
    for (let tries = 0; tries < 200; tries++) {
      if (
        await store.ready().then(
          () => true,
          () => false,
        )
      )
        break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await store.ready()
    isOver = true
    const told = await load
    expect(told.created.size).toBeGreaterThan(100)
    expect(told.unavailable).toBeGreaterThan(0)
    await checkSame(store, told)
  }, 90_000)

  it('is answered with StoreUnavailable while it is away, at once, for reads as for writes', async () => {
    await server.stop()
    const client = sampleClient()
    const begun = performance.now()
    await expect(store.findClient(client.id)).rejects.toThrow(StoreUnavailable)
    await expect(store.createClient(client, { audit: sampleAudit(client.id) })).rejects.toThrow(
      StoreUnavailable,
    )
    await expect(store.ready()).rejects.toThrow(StoreUnavailable)
    expect(performance.now() - begun).toBeLessThan(5000)
    await server.start()
    expect(await store.findClient(client.id)).toBe(undefined)
    expect(await store.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
  }, 30_000)
})

describe('a network that fails', () => {
  const database = useDatabase()
  let proxy: TcpProxy
  let store: PostgresStore
  beforeAll(async () => {
    proxy = await startTcpProxy(Number(new URL(database.url).port || 5432))
    const url = new URL(database.url)
    url.port = `${proxy.port}`
    store = await openPostgresStore({ url: url.href, timeouts })
  }, 60_000)
  beforeEach(async () => {
    await database.empty()
    await store.createInitialAccessToken(token, sampleAudit(token.id))
  })
  afterAll(async () => {
    await store?.close()
    await proxy?.close()
  })
  const change = (id: string) => ({ spends: token.id, audit: sampleAudit(id) })

  it.each(['swallow', 'drop'] as const)(
    'stores a client once, and says so, when the connection breaks behind its COMMIT (%s)',
    async (what) => {
      const client = sampleClient()
      proxy.onNext('COMMIT', what)
      expect(await store.createClient(client, change(client.id))).toBe('created')
      expect(await storedIds(store)).toEqual(new Set([client.id]))
      expect((await store.listAudit({ subject: client.id, limit: 9 })).length).toBe(1)
      expect((await store.findInitialAccessToken(token.id))?.usesLeft).toBe(USES - 1)
    },
  )

  it('counts an update once when the connection breaks behind its COMMIT', async () => {
    const client = sampleClient()
    await store.createClient(client, change(client.id))
    for (const [revision, what] of [
      [2, 'swallow'],
      [3, 'drop'],
    ] as const) {
      proxy.onNext('COMMIT', what)
      const changed = { ...client, revision }
      expect(await store.replaceClient(changed, { audit: sampleAudit(client.id) })).toBe('replaced')
      expect((await store.findClient(client.id))?.revision).toBe(revision)
    }
    proxy.onNext('COMMIT', 'swallow')
    expect(await store.deleteClient(client.id, sampleAudit(client.id))).toBe(true)
  })

  it('goes on when every connection was cut while nobody used it', async () => {
    const client = sampleClient()
    proxy.cut()
    expect(await store.findClient(client.id)).toBe(undefined)
    proxy.cut()
    expect(await store.createClient(client, change(client.id))).toBe('created')
  })

  it('keeps promises and clients the same under load while connections are cut all the time', async () => {
    let isOver = false
    const load = createUntil(() => isOver, store, token.id)
    for (let cut = 0; cut < 40; cut++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
      if (cut % 4 === 0) proxy.onNext('COMMIT', cut % 8 === 0 ? 'swallow' : 'drop')
      else if (cut % 4 === 1) proxy.cut()
      else if (cut % 4 === 2) {
        await database.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clientele' AND datname = current_database()",
        )
      }
    }
    isOver = true
    const told = await load
    expect(told.created.size).toBeGreaterThan(50)
    await checkSame(store, told)
  }, 60_000)

  it('is only slow where the network is slow', async () => {
    proxy.delay = 150
    const clients = Array.from({ length: 20 }, () => sampleClient())
    const outcomes = await Promise.all(clients.map((each) => store.createClient(each, change(each.id))))
    proxy.delay = 0
    expect(new Set(outcomes)).toEqual(new Set(['created']))
  })

  it('gives up on a network that says nothing, in time, and finds out later what it had done', async () => {
    const impatient = await openPostgresStore({
      url: database.url.replace(/:\d+\//, `:${proxy.port}/`),
      timeouts: { connect: 300, statement: 500, answer: 600, doubt: 1000 },
    })
    const client = sampleClient()
    await impatient.findClient(client.id)
    proxy.onNext('COMMIT', 'vanish')
    const creation = impatient.createClient(client, change(client.id))
    await expect(creation).rejects.toThrow(StoreUnavailable)
    await expect(impatient.findClient(client.id)).rejects.toThrow(StoreUnavailable)
    // It had been stored. Its caller was told otherwise, so it is taken back as soon as that is known.
    const stored = () => database.run(`SELECT status FROM clientele.clients WHERE key = '${client.id}'`)
    expect(await stored()).toEqual([{ status: 'active' }])
    proxy.isSilent = false
    proxy.refuses = false
    await expect.poll(stored, { timeout: 10_000 }).toEqual([{ status: 'deleted' }])
    expect((await store.listAudit({ subject: client.id, limit: 1 }))[0]).toMatchObject({
      action: 'client.deleted',
      actor: 'store',
    })
    // And what it had cost is given back.
    expect((await store.findInitialAccessToken(token.id))?.usesLeft).toBe(USES)
    await impatient.close()
  }, 30_000)
})

describe('an instance whose clock is wrong by a minute', () => {
  const database = useDatabase()

  it('makes no key that another makes, spends tokens once, and reads what the others wrote', async () => {
    const clock = (off: number) => ({ milliseconds: () => Date.now() + off })
    const open = (off: number) => openPostgresStore({ url: database.url, clock: clock(off), timeouts })
    const stores = [await open(0), await open(60_000), await open(-60_000)]
    expect(new Set(stores.map(({ instance }) => instance)).size).toBe(3)
    const one = sampleInitialAccessToken({ usesLeft: 10 })
    await stores[0]!.createInitialAccessToken(one, sampleAudit(one.id))
    const clients = Array.from({ length: 30 }, () => sampleClient())
    const outcomes = await Promise.all(
      clients.map((client, index) =>
        stores[index % 3]!.createClient(client, { spends: one.id, audit: sampleAudit(client.id) }),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'created').length).toBe(10)
    for (const store of stores) expect((await storedIds(store)).size).toBe(10)
    expect((await stores[1]!.listAudit({ limit: 99 })).length).toBe(11)
    await Promise.all(stores.map((store) => store.close()))
  })
})
