import { describe, expect, it } from 'vitest'
import { passesClaimTest } from './claim-test.ts'

describe('a test on a claim', () => {
  it('for a value is exact, in value and type', () => {
    const test = { claim: 'level', equals: 1 }
    expect(passesClaimTest({ level: 1 }, test)).toBe(true)
    for (const level of ['1', 2, true, [1], null, undefined]) {
      expect(passesClaimTest({ level }, test), String(level)).toBe(false)
    }
  })

  it('for an element asks for an array that has it', () => {
    const test = { claim: 'groups', contains: 'dev' }
    expect(passesClaimTest({ groups: ['ops', 'dev'] }, test)).toBe(true)
    for (const groups of ['dev', 'ops dev', ['devs'], [['dev']], [], {}, undefined]) {
      expect(passesClaimTest({ groups }, test), JSON.stringify(groups)).toBe(false)
    }
  })

  it('looks at the token’s own claims alone', () => {
    expect(passesClaimTest({}, { claim: 'constructor', equals: 'x' })).toBe(false)
    expect(passesClaimTest({}, { claim: '__proto__', equals: 'x' })).toBe(false)
  })
})
