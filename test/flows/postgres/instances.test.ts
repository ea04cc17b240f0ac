import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { systemEventLoop } from '../../../clientele/src/runtime/event-loop.ts'
import { createPostgresStore } from '../../../clientele/src/stores/postgres/create-store.ts'
import { claimInstance, keepInstance } from '../../../clientele/src/stores/postgres/instances.ts'
import { createLine } from '../../../clientele/src/stores/postgres/line.ts'
import { migratePostgres } from '../../../clientele/src/stores/postgres.ts'
import { sampleArtifact, sampleAudit, sampleClient } from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'

/** Numbers of processes that share a database: kept as long as they run, and what happens when two have one. */
const database = useDatabase()
const line = () => createLine({ url: database.url })
const owned = { open: [] as ReturnType<typeof line>[] }
const openLine = () => {
  const opened = line()
  owned.open.push(opened)
  return opened
}
beforeAll(() => migratePostgres({ url: database.url }), 60_000)
afterAll(() => Promise.all(owned.open.map((each) => each.close())))

function openStore() {
  return createPostgresStore({
    schema: 'clientele',
    writing: [openLine()],
    reading: [openLine()],
    inquiry: openLine(),
    instance: { number: 7, renew: async () => {}, release: async () => {} },
    role: 'both',
    log: { warn() {} },
    clock: { milliseconds: () => Date.UTC(2026, 0, 1) },
    loop: systemEventLoop,
    doubtMilliseconds: 5000,
    readMilliseconds: 8000,
    chance: Math.random,
  })
}

it('keeps its number for as long as it runs', async () => {
  const inquiry = openLine()
  const { query } = await inquiry.open()
  const instance = await claimInstance(query, 'clientele', Math.random)
  const age = `SELECT count(*)::int AS fresh FROM clientele.instances
    WHERE number = ${instance.number} AND claimed_at > EXTRACT(EPOCH FROM clock_timestamp()) - 60`
  const isFresh = async () => (await database.run<{ fresh: number }>(age))[0]?.fresh === 1
  await database.run('UPDATE clientele.instances SET claimed_at = claimed_at - 6 * 86400')
  expect(await isFresh()).toBe(false)
  const planned: { work: () => void; milliseconds: number }[] = []
  const cancel = vi.fn()
  const letGo = keepInstance(instance, inquiry, {
    ...systemEventLoop,
    later(work, milliseconds) {
      planned.push({ work, milliseconds })
      return cancel
    },
  })
  // Many times before the number is given away.
  expect(planned[0]!.milliseconds).toBeLessThan(86_400_000)
  planned[0]!.work()
  await expect.poll(isFresh).toBe(true)
  await expect.poll(() => planned.length).toBe(2)
  letGo()
  expect(cancel).toHaveBeenCalled()
})

it('stores what two processes with one number write in the same millisecond, all of it, with its audit records', async () => {
  const stores = [openStore(), openStore()]
  const clients = Array.from({ length: 8 }, () => sampleClient())
  for (const [index, client] of clients.entries()) {
    expect(await stores[index % 2]!.createClient(client, { audit: sampleAudit(client.id) })).toBe('created')
  }
  for (const { id } of clients) expect(await stores[0]!.listAudit({ subject: id, limit: 5 })).toHaveLength(1)
  expect(await stores[0]!.listAuditAfter({ limit: 20 })).toHaveLength(8)
  await Promise.all(stores.map((each) => each.close()))
})

it('finds of two artifacts with one second name the one that lives longer', async () => {
  const store = openStore()
  for (const [id, expiresAt] of [
    ['b', 1000],
    ['c', 3000],
    ['a', 2000],
  ] as const) {
    await store.saveArtifact(sampleArtifact({ kind: 'DeviceCode', id, userCode: 'BCDF', expiresAt }))
  }
  expect((await store.findArtifactByUserCode('DeviceCode', 'BCDF'))?.id).toBe('c')
  await store.close()
})
