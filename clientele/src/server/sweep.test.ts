import { expect, it } from 'vitest'
import type { EventLoop } from '../runtime/event-loop.ts'
import { silentLog } from '../runtime/log.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { sampleAudit, sampleSigningKey } from '../testing/store-samples.ts'
import { GRACE_SECONDS, startSweep } from './sweep.ts'

function makeLoop() {
  const planned: { work: () => void; milliseconds: number }[] = []
  const eventLoop: EventLoop = {
    atEndOfTurn: (work) => work(),
    later(work, milliseconds) {
      const plan = { work, milliseconds }
      planned.push(plan)
      return () => planned.splice(planned.indexOf(plan), 1)
    },
  }
  return { eventLoop, planned }
}

/** A store in which nothing expires. */
const nothingExpires = {
  deleteExpiredArtifacts: async () => 0,
  deleteExpiredBudgets: async () => 0,
  listSigningKeys: async () => [],
  deleteSigningKey: async () => false,
  takeLease: async () => true,
  releaseLease: async () => {},
}

const clock = { milliseconds: () => 5_000 + GRACE_SECONDS * 1000 }
const leaseName = 'sweep'
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('expired artifacts are deleted in batches, with a breath between, then once a minute', async () => {
  const { eventLoop, planned } = makeLoop()
  const left = [500, 20]
  const asked: number[][] = []
  const store = {
    ...nothingExpires,
    deleteExpiredArtifacts: async (now: number, limit: number) => {
      asked.push([now, limit])
      return left.shift() ?? 0
    },
  }
  const stop = startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  await settled()
  expect(asked).toEqual([[5, 500]])
  expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([50])
  planned.shift()!.work()
  await settled()
  expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([60_000])
  await stop()
  expect(planned).toEqual([])
})

it('budgets whose window is over are deleted in batches, with a breath between, then once a minute', async () => {
  const { eventLoop, planned } = makeLoop()
  const left = [500, 500, 20]
  const asked: number[][] = []
  const store = {
    ...nothingExpires,
    deleteExpiredBudgets: async (now: number, limit: number) => {
      asked.push([now, limit])
      return left.shift() ?? 0
    },
  }
  startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
  for (const pause of [50, 50, 60_000]) {
    planned.shift()!.work()
    await settled()
    expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([pause])
  }
  expect(asked).toEqual([
    [5, 500],
    [5, 500],
    [5, 500],
  ])
})

it('a store that is away does not end the sweeping', async () => {
  const { eventLoop, planned } = makeLoop()
  const store = { ...nothingExpires, deleteExpiredArtifacts: () => Promise.reject(new Error('away')) }
  startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  await settled()
  expect(planned).toHaveLength(1)
})

it('stopping waits for the sweep that runs, and no other one follows', async () => {
  const { eventLoop, planned } = makeLoop()
  let finish = (_: number) => {}
  const store = {
    ...nothingExpires,
    deleteExpiredArtifacts: () => new Promise<number>((resolve) => (finish = resolve)),
  }
  const stop = startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  let stopped = false
  const stopping = stop().then(() => {
    stopped = true
  })
  await settled()
  expect(stopped).toBe(false)
  finish(500)
  await stopping
  expect(planned).toEqual([])
})

it('a signing key is deleted when its time has come, and never one that signs', async () => {
  const { eventLoop, planned } = makeLoop()
  const store = createMemoryStore()
  const keys = [
    sampleSigningKey(),
    sampleSigningKey({ retiredAt: 1, deleteAfter: 6 }),
    sampleSigningKey({ retiredAt: 1, deleteAfter: 5 }),
    // A record that contradicts itself keeps its key.
    sampleSigningKey({ deleteAfter: 1 }),
  ]
  await store.createFirstSigningKeys(keys, sampleAudit('keys', 'signing_keys.created'))
  const stop = startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  await stop()
  expect((await store.listSigningKeys()).map(({ kid }) => kid)).toEqual(
    [0, 1, 3].map((index) => keys[index]!.kid),
  )
  expect(await store.listAudit({ limit: 1 })).toMatchObject([
    { action: 'signing_key.deleted', subject: keys[2]!.kid, actor: 'server' },
  ])
})

it('of two servers that share a store one sweeps, and the other when that one has stopped', async () => {
  const shared = createMemoryStore()
  const swept: string[] = []
  const start = (name: string) => {
    const { eventLoop, planned } = makeLoop()
    const deleteExpiredArtifacts = async () => {
      swept.push(name)
      return 0
    }
    const store = { ...shared, deleteExpiredArtifacts }
    const stop = startSweep({ store, leaseName, clock, eventLoop, log: silentLog })
    const turn = async () => {
      planned.shift()!.work()
      await settled()
    }
    return { stop, turn }
  }
  const [first, second] = [start('first'), start('second')]
  for (const { turn } of [first, second, first, second]) await turn()
  expect(swept).toEqual(['first', 'first'])
  await first.stop()
  await second.turn()
  expect(swept).toEqual(['first', 'first', 'second'])
})

it('what expired a moment ago is left: the clock of this server may be ahead', async () => {
  const { eventLoop, planned } = makeLoop()
  const asked: number[] = []
  const deleteExpiredArtifacts = async (now: number) => asked.push(now) && 0
  const store = { ...nothingExpires, deleteExpiredArtifacts }
  startSweep({ store, leaseName, clock: { milliseconds: () => 1_000_000 }, eventLoop, log: silentLog })
  planned.shift()!.work()
  await settled()
  expect(asked).toEqual([1_000 - GRACE_SECONDS])
})
