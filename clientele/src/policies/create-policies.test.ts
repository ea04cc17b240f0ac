import { describe, expect, it } from 'vitest'
import { createPolicies } from './create-policies.ts'
import type { Policy, Situation } from './policy.ts'

const policy = (name: string, applies = false) => ({ name, appliesTo: () => applies }) as unknown as Policy
const SITUATION = {} as Situation

describe('which policy governs', () => {
  const standard = policy('default')
  const policies = createPolicies(
    [policy('first'), policy('second', true), policy('third', true), standard],
    standard,
  )

  it('is the one that the credential names, whatever its conditions', () => {
    expect(policies.choose('first', SITUATION).name).toBe('first')
  })

  it('is else the first whose conditions hold', () => {
    expect(policies.choose(undefined, SITUATION).name).toBe('second')
  })

  it('is else the default', () => {
    expect(createPolicies([policy('first')], standard).choose(undefined, SITUATION)).toBe(standard)
  })

  it('is none where a credential names one that does not exist: 403, and never the default', () => {
    const reason = { code: 'access_denied', reason: 'policy.unknown', status: 403 }
    for (const name of ['strcit', '', '__proto__']) {
      expect(() => policies.choose(name, SITUATION)).toThrow(expect.objectContaining(reason))
    }
  })
})
