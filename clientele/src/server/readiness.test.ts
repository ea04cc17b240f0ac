import { expect, it } from 'vitest'
import { createReadiness } from './readiness.ts'

it('the store is asked once a second at most, and callers at the same time share one answer', async () => {
  let now = 0
  let asked = 0
  const store = {
    ready: async () => {
      asked += 1
    },
  }
  const ready = createReadiness(store, { milliseconds: () => now })
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
  const ready = createReadiness(store, { milliseconds: () => 0 })
  await expect(ready()).rejects.toThrow('away')
  isAway = false
  await expect(ready()).resolves.toBeUndefined()
})
