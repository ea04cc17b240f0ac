import { expect, it } from 'vitest'
import { parseExpiry } from './parse-expiry.ts'
import { parseUses } from './parse-uses.ts'

it.each([
  ['30s', 30],
  ['15m', 900],
  ['24h', 86_400],
  ['7d', 604_800],
  ['never', 'never'],
])('the expiry %s is %s', (text, value) => {
  expect(parseExpiry(text)).toBe(value)
})

it.each(['', '0s', '10', 's', '1.5h', '-1h', '1w', '1H', ' 1h', '99999999999d'])(
  '%j is no expiry',
  (text) => {
    expect(parseExpiry(text)).toBeUndefined()
  },
)

it('uses are a whole number from 1, or unlimited', () => {
  expect(parseUses('50')).toBe(50)
  expect(parseUses('unlimited')).toBe('unlimited')
  for (const text of ['', '0', '-1', '1.5', '01', 'x', '1e3']) expect(parseUses(text)).toBeUndefined()
})
