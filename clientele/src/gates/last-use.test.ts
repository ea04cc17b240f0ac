import { expect, it } from 'vitest'
import { createLastUse } from './last-use.ts'

function setUp(write: (id: string, at: number) => Promise<void> = async () => {}) {
  const clock = { now: 1_800_000_000, milliseconds: () => clock.now * 1000 }
  const written: [string, number][] = []
  const lastUse = createLastUse((id, at) => {
    written.push([id, at - 1_800_000_000])
    return write(id, at)
  }, clock)
  return { clock, written, lastUse }
}

it('a use is written once a minute for each credential', () => {
  const { clock, written, lastUse } = setUp()
  for (const seconds of [0, 1, 58, 1]) {
    clock.now += seconds
    lastUse.note('a')
    lastUse.note('b')
  }
  expect(written).toEqual([
    ['a', 0],
    ['b', 0],
    ['a', 60],
    ['b', 60],
  ])
})

it('nobody waits for the write or hears of its failure, and the next use tries again', async () => {
  const { written, lastUse } = setUp(() => Promise.reject(new Error('the disk is full')))
  lastUse.note('a')
  await new Promise((resolve) => setImmediate(resolve))
  lastUse.note('a')
  expect(written).toHaveLength(2)
})
