import { expect, test } from 'vitest'
import { refusalWords } from './interaction-refusal.ts'

test.each([
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [61, '2 minutes'],
  [900, '15 minutes'],
])('a throttle of %d seconds is said as %s, with 429 (RFC 6585 §4)', (retryAfterSeconds, words) => {
  const refusal = refusalWords({ outcome: 'throttled', retryAfterSeconds })
  expect(refusal).toMatchObject({ status: 429, retryAfterSeconds })
  expect(refusal.error).toContain(`wait ${words} and`)
})
