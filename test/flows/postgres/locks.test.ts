import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLine } from '../../../clientele/src/stores/postgres/line.ts'
import { openPostgresStore, type PostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { StoreUnavailable } from '../../../clientele/src/stores/store.ts'
import {
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { startTcpProxy } from '../../harness/tcp-proxy.ts'

/** Somebody else holds what a few need, an operator at a console or a process that hangs: the others go on. */
const database = useDatabase()
const token = sampleInitialAccessToken({ usesLeft: 1000 })
const timeouts = { statement: 3000, lock: 1000, answer: 4000 }
let store: PostgresStore
let foreigner: pg.Client

beforeEach(async () => {
  store = await openPostgresStore({ url: database.url, timeouts })
  await database.empty()
  await store.createInitialAccessToken(token, sampleAudit(token.id))
  foreigner = new pg.Client({ connectionString: database.url })
  await foreigner.connect()
}, 60_000)
afterEach(async () => {
  await foreigner?.end()
  await store?.close()
})
const lockToken = async () => {
  await foreigner.query('BEGIN')
  await foreigner.query('SELECT key FROM clientele.initial_access_tokens FOR UPDATE')
}
function create(spends?: string) {
  const client = sampleClient()
  const change = { ...(spends === undefined ? {} : { spends }), audit: sampleAudit(client.id) }
  return store.createClient(client, change)
}

it('refuses those who need a row that somebody holds, and nobody who arrived with them', async () => {
  await lockToken()
  const outcomes = await Promise.allSettled([create(), create(token.id), create(), create(token.id)])
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'refused'))).toEqual([
    'created',
    'refused',
    'created',
    'refused',
  ])
  // A row that somebody holds says nothing of the store.
  await store.ready()
  await foreigner.query('ROLLBACK')
  expect(await create(token.id)).toBe('created')
}, 30_000)

it('lets nobody wait behind a transaction that waits for a row', async () => {
  await lockToken()
  const waiting = create(token.id)
  waiting.catch(() => {})
  // Its transaction is under way, and waits.
  await expect
    .poll(() => database.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
    .toHaveLength(1)
  const begun = performance.now()
  expect(await create()).toBe('created')
  expect(performance.now() - begun).toBeLessThan(800)
  await expect(waiting).rejects.toThrow(StoreUnavailable)
})

it('waits for the rows of a process that hangs until the database has ended its transaction', async () => {
  const usual = await openPostgresStore({ url: database.url })
  const hung = createLine({ url: database.url })
  const { query } = await hung.open()
  await query('BEGIN')
  await query('SELECT key FROM clientele.initial_access_tokens FOR UPDATE')
  const client = sampleClient()
  expect(await usual.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })).toBe(
    'created',
  )
  await hung.close()
  await usual.close()
}, 30_000)

it('answers a read of a table that is locked within the time of one statement, however many wait', async () => {
  // As long as the lock's own time is, the statement's is what ends it.
  const patient = await openPostgresStore({
    url: database.url,
    timeouts: { statement: 1500, lock: 60_000, answer: 4000 },
  })
  // Its connections are open.
  await Promise.all([patient.findClient('c'), patient.findApiKey('k')])
  await foreigner.query('BEGIN')
  await foreigner.query('LOCK TABLE clientele.clients IN ACCESS EXCLUSIVE MODE')
  const began = performance.now()
  const reads: Promise<unknown>[] = []
  for (let count = 0; count < 6; count++) {
    reads.push(expect(patient.findClient(`c${count}`)).rejects.toThrow(StoreUnavailable))
    // Another turn of the event loop: another statement.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(reads)
  expect(performance.now() - began).toBeLessThan(2500)
  await foreigner.query('ROLLBACK')
  expect(await patient.findClient('c')).toBe(undefined)
  await patient.close()
}, 30_000)

it('asks every read again that was under way on a connection that was cut', async () => {
  const proxy = await startTcpProxy(Number(new URL(database.url).port || 5432))
  const { port } = new URL(database.url)
  const far = await openPostgresStore({ url: database.url.replace(`:${port}/`, `:${proxy.port}/`), timeouts })
  const client = sampleClient()
  await far.createClient(client, { audit: sampleAudit(client.id) })
  proxy.isSilent = true
  const reads: Promise<unknown>[] = []
  for (let count = 0; count < 50; count++) {
    reads.push(far.findClient(client.id).then((found) => found?.id))
    await new Promise((resolve) => setImmediate(resolve))
  }
  proxy.isSilent = false
  proxy.cut()
  expect(new Set(await Promise.all(reads))).toEqual(new Set([client.id]))
  await far.close()
  await proxy.close()
}, 30_000)
