import { describe, expect, it } from 'vitest'
import { sampleSigningKey } from '../testing/store-samples.ts'
import { orderSigningKeys } from './signing-keys.ts'

/** Which key signs, and which are published (OpenID Connect Core 1.0 §10.1.1). */
describe('the order of signing keys', () => {
  const old = sampleSigningKey({ kid: 'old', createdAt: 10, retiredAt: 100, deleteAfter: 500 })
  const fresh = sampleSigningKey({ kid: 'fresh', createdAt: 100 })
  const at = (now: number, ahead = 2) => orderSigningKeys([old, fresh], now, ahead).map(({ kid }) => kid)

  it('has a new key sign at once where nobody else publishes keys', () => {
    expect(at(100, 0)).toEqual(['fresh', 'old'])
  })
  it('has the old one sign until the new one has been published for long enough', () => {
    expect(at(100)).toEqual(['old', 'fresh'])
    expect(at(101)).toEqual(['old', 'fresh'])
    expect(at(102)).toEqual(['fresh', 'old'])
  })
  it('has a key sign at once that replaces none', () => {
    expect(orderSigningKeys([fresh], 100, 2)).toEqual([fresh])
  })
  it('leaves a key out when nothing that it signed is valid any more', () => {
    expect(at(500)).toEqual(['fresh'])
  })
})
