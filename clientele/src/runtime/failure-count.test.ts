import { expect, it } from 'vitest'
import { createFailureCount } from './failure-count.ts'

it('counts within a window that begins with the first failure, and forgets it when it ends', async () => {
  let now = 0
  const count = createFailureCount(60, { milliseconds: () => now })
  expect(await count.get('a')).toBeNull()
  await count.penalty('a')
  now = 20_000
  expect(await count.penalty('a')).toEqual({ consumedPoints: 2, msBeforeNext: 40_000 })
  expect(await count.get('b')).toBeNull()
  now = 60_000
  expect(await count.get('a')).toBeNull()
  expect(await count.penalty('a')).toEqual({ consumedPoints: 1, msBeforeNext: 60_000 })
})

it('remembers so many callers and no more: the oldest goes first', async () => {
  let now = 0
  const count = createFailureCount(60, { milliseconds: () => now })
  for (let caller = 0; caller < 10_001; caller++) await count.penalty(`caller ${caller}`)
  expect(await count.get('caller 0')).toBeNull()
  expect(await count.get('caller 1')).not.toBeNull()
  now = 1
  expect(await count.get('caller 10000')).toMatchObject({ consumedPoints: 1 })
})
