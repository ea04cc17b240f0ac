import { expect, it } from 'vitest'
import { silentLog } from '../runtime/log.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { createManualEventLoop } from '../testing/manual-event-loop.ts'
import { SAMPLE_TIME, sampleAudit, sampleSigningKey } from '../testing/store-samples.ts'
import { watchSigningKeys } from './watch-signing-keys.ts'

/** The samples were made in this second. */
const clock = { milliseconds: () => SAMPLE_TIME * 1000 }
const settled = () => new Promise((resolve) => setImmediate(resolve))

async function start() {
  const store = createMemoryStore()
  await store.createFirstSigningKeys([sampleSigningKey()], sampleAudit('keys', 'signing_keys.created'))
  const loop = createManualEventLoop()
  const seen = { reloads: 0, away: false, fails: false }
  const engine = {
    async reload() {
      seen.reloads++
      if (seen.fails) throw new Error('cannot be built')
    },
  }
  const watched = {
    listSigningKeys: () => (seen.away ? Promise.reject(new Error('away')) : store.listSigningKeys()),
  }
  const stop = watchSigningKeys(engine, { store: watched, clock, eventLoop: loop, log: silentLog })
  const look = async () => {
    loop.pass(250)
    await settled()
  }
  await settled()
  const rotate = () => {
    const key = sampleSigningKey()
    return store.rotateSigningKey(key, { at: 1, deleteAfter: 2 }, sampleAudit(key.kid, 'signing_key.rotated'))
  }
  return { seen, look, rotate, stop }
}

it('the engine is reloaded when the signing keys have changed, and only then', async () => {
  const { seen, look, rotate } = await start()
  await look()
  expect(seen.reloads).toBe(1)
  await rotate()
  await look()
  await look()
  expect(seen.reloads).toBe(2)
})

it('a store that is away, and a reload that fails, are tried again', async () => {
  const { seen, look, rotate } = await start()
  seen.away = true
  await rotate()
  await look()
  expect(seen.reloads).toBe(1)
  Object.assign(seen, { away: false, fails: true })
  await look()
  expect(seen.reloads).toBe(2)
  seen.fails = false
  await look()
  await look()
  expect(seen.reloads).toBe(3)
})

it('nothing is looked at any more once it is stopped', async () => {
  const { seen, look, rotate, stop } = await start()
  await stop()
  await rotate()
  await look()
  expect(seen.reloads).toBe(1)
})
