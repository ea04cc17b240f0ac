import { expect, it } from 'vitest'
import { systemEventLoop } from '../runtime/event-loop.ts'
import { StoreUnavailable } from '../stores/store.ts'
import { createReadiness } from './readiness.ts'

it('the store is asked once a second at most, and callers at the same time share one answer', async () => {
  let now = 0
  let asked = 0
  const store = {
    ready: async () => {
      asked += 1
    },
  }
  const ready = createReadiness(store, { milliseconds: () => now }, systemEventLoop)
  await Promise.all([ready(), ready(), ready()])
  await ready()
  expect(asked).toBe(1)
  now = 1000
  await ready()
  expect(asked).toBe(2)
})

it('a store that is away is asked again each time, and its return is seen at once', async () => {
  let isAway = true
  const store = { ready: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()) }
  const ready = createReadiness(store, { milliseconds: () => 0 }, systemEventLoop)
  await expect(ready()).rejects.toThrow('away')
  isAway = false
  await expect(ready()).resolves.toBeUndefined()
})

it('a store that does not answer is not ready, and whoever asks is told so in two seconds', async () => {
  const planned: { work: () => void; milliseconds: number }[] = []
  const later = (work: () => void, milliseconds: number) => {
    planned.push({ work, milliseconds })
    return () => {}
  }
  let answer = () => {}
  const hung = new Promise<void>((resolve) => {
    answer = resolve
  })
  const ready = createReadiness({ ready: () => hung }, { milliseconds: () => 0 }, { later })
  const first = ready()
  expect(planned.map(({ milliseconds }) => milliseconds)).toEqual([2000])
  planned[0]!.work()
  await expect(first).rejects.toThrow(StoreUnavailable)
  const second = ready()
  planned[1]!.work()
  await expect(second).rejects.toThrow(StoreUnavailable)
  answer()
  await expect(ready()).resolves.toBeUndefined()
})
