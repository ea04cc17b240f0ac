import { expect, it } from 'vitest'
import type { EventLoop } from '../runtime/event-loop.ts'
import { silentLog } from '../runtime/log.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { sampleAudit, sampleSigningKey } from '../testing/store-samples.ts'
import { startSweep } from './sweep.ts'

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

/** A store in which only artifacts expire. */
const withoutKeys = { listSigningKeys: async () => [], deleteSigningKey: async () => false }

const clock = { milliseconds: () => 5_000 }
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('expired artifacts are deleted in batches, with a breath between, then once a minute', async () => {
  const { eventLoop, planned } = makeLoop()
  const left = [500, 20]
  const asked: number[][] = []
  const store = {
    ...withoutKeys,
    deleteExpiredArtifacts: async (now: number, limit: number) => {
      asked.push([now, limit])
      return left.shift() ?? 0
    },
  }
  const stop = startSweep({ store, clock, eventLoop, log: silentLog })
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

it('a store that is away does not end the sweeping', async () => {
  const { eventLoop, planned } = makeLoop()
  const store = { ...withoutKeys, deleteExpiredArtifacts: () => Promise.reject(new Error('away')) }
  startSweep({ store, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  await settled()
  expect(planned).toHaveLength(1)
})

it('stopping waits for the sweep that runs, and no other one follows', async () => {
  const { eventLoop, planned } = makeLoop()
  let finish = (_: number) => {}
  const store = {
    ...withoutKeys,
    deleteExpiredArtifacts: () => new Promise<number>((resolve) => (finish = resolve)),
  }
  const stop = startSweep({ store, clock, eventLoop, log: silentLog })
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
  const stop = startSweep({ store, clock, eventLoop, log: silentLog })
  planned.shift()!.work()
  await stop()
  expect((await store.listSigningKeys()).map(({ kid }) => kid)).toEqual(
    [0, 1, 3].map((index) => keys[index]!.kid),
  )
  expect(await store.listAudit({ limit: 1 })).toMatchObject([
    { action: 'signing_key.deleted', subject: keys[2]!.kid, actor: 'server' },
  ])
})
