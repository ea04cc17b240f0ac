import { describe, expect, it } from 'vitest'
import { findJwtClaimFault, type JwtClaimRules } from './jwt-claims.ts'

const NOW = 1_795_219_200
const RULES: JwtClaimRules = {
  issuer: 'https://issuer.example',
  audiences: ['https://as.example', 'other'],
  needsExpiry: true,
  clockSkewSeconds: 60,
}
const GOOD = { iss: 'https://issuer.example', aud: 'https://as.example', exp: NOW + 1, iat: NOW }

const faultOf = (claims: object, rules: Partial<JwtClaimRules> = {}) =>
  findJwtClaimFault({ ...GOOD, ...claims } as never, { ...RULES, ...rules }, NOW)

describe('the registered claims of a JWT (RFC 7519 §4.1)', () => {
  it('are good when the issuer, the audience and the times are', () => {
    expect(faultOf({})).toBeUndefined()
    expect(faultOf({ aud: ['nobody', 'other'] })).toBeUndefined()
  })

  it.each([
    ['exp', -59, undefined],
    ['exp', -60, 'expired'],
    ['nbf', 60, undefined],
    ['nbf', 61, 'not_yet_valid'],
    ['iat', 60, undefined],
    ['iat', 61, 'issued_in_the_future'],
  ])('with a skew of 60 seconds, %s at %i seconds from now: %s', (claim, offset, fault) => {
    expect(faultOf({ [claim]: NOW + offset })).toBe(fault)
  })

  it.each([
    ['exp', 0, 'expired'],
    ['exp', 1, undefined],
    ['nbf', 0, undefined],
    ['nbf', 1, 'not_yet_valid'],
    ['iat', 1, 'issued_in_the_future'],
  ])('without any skew, %s at %i seconds from now: %s', (claim, offset, fault) => {
    expect(faultOf({ [claim]: NOW + offset }, { clockSkewSeconds: 0 })).toBe(fault)
  })

  it('are too old at the maximum age, which needs an iat', () => {
    const rules = { maxAgeSeconds: 300, clockSkewSeconds: 0 }
    expect(faultOf({ iat: NOW - 299 }, rules)).toBeUndefined()
    expect(faultOf({ iat: NOW - 300 }, rules)).toBe('too_old')
    expect(faultOf({ iat: undefined }, rules)).toBe('claim_type')
  })

  it.each([undefined, 'https://as.example/', ['nobody'], 7, {}, null, []])(
    'name us as the audience, exactly: %j does not',
    (aud) => {
      expect(faultOf({ aud })).toBe('audience')
    },
  )

  it.each([undefined, 'https://issuer.example/', 'HTTPS://issuer.example', ['https://issuer.example']])(
    'name the issuer, exactly: %j does not',
    (iss) => {
      expect(faultOf({ iss })).toBe('issuer')
    },
  )

  it.each(['1795219300', null, -1, {}, [NOW + 5], Number.NaN])('have no time like %j', (value) => {
    for (const claim of ['exp', 'nbf', 'iat']) expect(faultOf({ [claim]: value })).toBe('claim_type')
  })

  it('have an expiry where it is needed', () => {
    expect(faultOf({ exp: undefined })).toBe('expiry_missing')
    expect(faultOf({ exp: undefined }, { needsExpiry: false })).toBeUndefined()
  })

  it('may name no audience where that is optional, and still none but us', () => {
    const rules = { isAudienceOptional: true }
    expect(faultOf({ aud: undefined }, rules)).toBeUndefined()
    expect(faultOf({ aud: 'other' }, rules)).toBeUndefined()
    for (const aud of ['nobody', [], '', null]) expect(faultOf({ aud }, rules)).toBe('audience')
  })

  it('name anybody where whoever checks is no audience itself', () => {
    const { audiences: _, ...rules } = RULES
    expect(findJwtClaimFault({ ...GOOD, aud: 'anybody' }, rules, NOW)).toBeUndefined()
  })
})
