import { expect, it } from 'vitest'
import { createMissingPolicyWarning } from './warn-of-missing-policy.ts'

it('warns of each missing policy once a minute, by its name', () => {
  const warned: unknown[] = []
  const clock = { now: 0, milliseconds: () => clock.now }
  const warn = createMissingPolicyWarning({ warn: (facts: object) => warned.push(facts) } as never, clock)
  for (const [name, now] of [
    ['a', 0],
    ['a', 1000],
    ['b', 1000],
    ['a', 60_000],
  ] as const) {
    clock.now = now
    warn(name)
  }
  expect(warned).toEqual([{ policy: 'a' }, { policy: 'b' }, { policy: 'a' }])
})
