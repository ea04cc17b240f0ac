import { describe, expect, it } from 'vitest'
import type { RegistrationDeps } from '../deps.ts'
import { choosePolicy } from './choose-policy.ts'
import { getGoverningPolicy } from './governing-policy.ts'

describe('a policy that is not there', () => {
  const setUp = () => {
    const reported: string[] = []
    const unknown = () => {
      throw new Error('unknown')
    }
    const policies = { find: () => undefined, choose: unknown, default: {}, all: [] }
    const deps = { policies, reportMissingPolicy: (name: string) => reported.push(name) }
    return { reported, deps: deps as unknown as RegistrationDeps }
  }

  it('refuses the update of a client that it governs, and the operator is told its name', () => {
    const { reported, deps } = setUp()
    expect(() => getGoverningPolicy({ policy: 'gone' }, deps)).toThrow(
      expect.objectContaining({ code: 'access_denied', reason: 'policy.unknown' }),
    )
    expect(reported).toEqual(['gone'])
  })

  it('refuses the registration by a credential that names it, and the operator is told its name', () => {
    const { reported, deps } = setUp()
    const admission = { caller: { gate: 'api_key' }, permissions: [], policy: 'gone' }
    const asked = { parsed: { metadata: {}, problems: [] }, vouched: undefined, address: '' }
    expect(() => choosePolicy(admission, asked, deps)).toThrow()
    expect(reported).toEqual(['gone'])
  })
})
