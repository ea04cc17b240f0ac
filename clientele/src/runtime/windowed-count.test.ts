import { expect, it } from 'vitest'
import { countsInDatabase, MOST_KEYS } from './windowed-count.ts'

const away = {
  schema: 's',
  table: 'attempts',
  query: async () => {
    throw new Error('away')
  },
}
const keyOf = (at: number) => `gate 2001:db8:${at.toString(16)}::/64`

it('while the shared place is away, failures are counted, taken back and forgotten here', async () => {
  const count = countsInDatabase(away)('test', 60)
  expect(await count.get('key')).toBeNull()
  await count.penalty('key')
  expect(await count.penalty('key')).toMatchObject({ consumedPoints: 2 })
  await count.reward('key')
  expect(await count.get('key')).toMatchObject({ consumedPoints: 1 })
  await count.delete('key')
  expect(await count.get('key')).toBeNull()
})

it('what is counted here meanwhile is bounded as it is without a shared place', async () => {
  const count = countsInDatabase(away)('test', 60)
  for (let at = 0; at <= MOST_KEYS; at++) await count.penalty(keyOf(at))
  expect(await count.get(keyOf(0))).toBeNull()
  expect(await count.get(keyOf(MOST_KEYS))).toMatchObject({ consumedPoints: 1 })
}, 30_000)
