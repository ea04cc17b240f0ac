import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../../clientele/src/runtime/clock.ts'
import { systemEventLoop } from '../../../clientele/src/runtime/event-loop.ts'
import { createPostgresStore } from '../../../clientele/src/stores/postgres/create-store.ts'
import { createLine } from '../../../clientele/src/stores/postgres/line.ts'
import { migratePostgres } from '../../../clientele/src/stores/postgres.ts'
import { type Store, StoreUnavailable } from '../../../clientele/src/stores/store.ts'
import {
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts'

/** A COMMIT whose answer is lost, while nobody can ask what became of it, and others go on. */
const database = useDatabase()
const log = { warn: vi.fn() }
const token = sampleInitialAccessToken({ usesLeft: 1000 })
let writing: TcpProxy
let inquiry: TcpProxy
let store: Store

async function open(doubt: number): Promise<void> {
  const timeouts = { connect: 500, statement: 2000, answer: 2000, doubt }
  const port = new URL(database.url).port
  const line = (proxy?: TcpProxy) =>
    createLine({ url: database.url.replace(`:${port}/`, `:${proxy?.port ?? port}/`), timeouts })
  store = createPostgresStore({
    schema: 'clientele',
    // The last is the first that is used.
    writing: [line(), line(writing)],
    reading: [line()],
    inquiry: line(inquiry),
    instance: { number: 5, renew: async () => {}, release: async () => {} },
    role: 'both',
    log,
    clock: systemClock,
    loop: systemEventLoop,
    doubtMilliseconds: doubt,
    readMilliseconds: timeouts.statement,
    chance: Math.random,
  })
  await store.createInitialAccessToken(token, sampleAudit(token.id))
}

beforeEach(async () => {
  await migratePostgres({ url: database.url })
  await database.empty()
  const port = Number(new URL(database.url).port || 5432)
  writing = await startTcpProxy(port)
  inquiry = await startTcpProxy(port)
  log.warn.mockClear()
}, 60_000)
afterEach(async () => {
  inquiry.isSilent = false
  await store?.close()
  await writing?.close()
  await inquiry?.close()
})

/** A creation whose COMMIT arrives and is not answered; nobody can ask what became of it. */
function createInDoubt(client: ReturnType<typeof sampleClient>) {
  inquiry.isSilent = true
  writing.onNext('COMMIT', 'swallow')
  return store.createClient(client, { spends: token.id, audit: sampleAudit(client.id) })
}
/** So many that receipts are cleaned away twice. */
async function letOthersPass(): Promise<void> {
  for (let count = 0; count < 130; count++) {
    const { id } = sampleClient()
    expect(await store.createClient(sampleClient({ id }), { audit: sampleAudit(id) })).toBe('created')
  }
}
const usesLeft = async () => (await store.findInitialAccessToken(token.id))?.usesLeft
const statusOf = async (id: string) =>
  (await database.run(`SELECT status FROM clientele.clients WHERE key = '${id}'`))[0]?.status

it('acknowledges a registration that was stored, however many others pass before it can be asked for', async () => {
  await open(10_000)
  const client = sampleClient()
  const creation = createInDoubt(client)
  await expect.poll(() => statusOf(client.id)).toBe('active')
  await letOthersPass()
  inquiry.isSilent = false
  expect(await creation).toBe('created')
  expect(await usesLeft()).toBe(999)
}, 30_000)

it('takes a registration back that was refused and was stored, however many others pass before that is known', async () => {
  await open(1000)
  const client = sampleClient()
  await expect(createInDoubt(client)).rejects.toThrow(StoreUnavailable)
  await letOthersPass()
  inquiry.isSilent = false
  await expect.poll(() => statusOf(client.id), { timeout: 10_000 }).toBe('deleted')
  expect(await usesLeft()).toBe(1000)
}, 30_000)

it('takes such a registration back also when the store is being closed meanwhile', async () => {
  await open(3000)
  const client = sampleClient()
  await expect(createInDoubt(client)).rejects.toThrow(StoreUnavailable)
  const closing = store.close()
  inquiry.isSilent = false
  await closing
  expect(await statusOf(client.id)).toBe('deleted')
  expect(log.warn).not.toHaveBeenCalled()
}, 30_000)

it('closes in time where that cannot be known, and logs whose registration may have stayed', async () => {
  await open(1000)
  const client = sampleClient()
  await expect(createInDoubt(client)).rejects.toThrow(StoreUnavailable)
  const begun = performance.now()
  await store.close()
  expect(performance.now() - begun).toBeLessThan(5000)
  expect(log.warn).toHaveBeenCalledWith(
    { changes: 1, about: [client.id] },
    expect.stringContaining('may be stored'),
  )
}, 30_000)
