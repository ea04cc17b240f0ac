import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOSTILE_TEXTS } from '../../testing/store-contract/store-case.ts'
import { toName, toPairName } from './stored-name.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...HOSTILE_TEXTS,
    '\u0001',
    '\u0001["","a"]',
    '["","a"]',
    '\u0001a',
    'a'.repeat(500),
    'a'.repeat(501),
  ),
)

describe('a stored name', () => {
  it('is what PostgreSQL can keep and index: no NUL, well formed, short, and never empty', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        for (const name of [toName(a), toPairName(a, b)]) {
          expect(name.includes('\u0000')).toBe(false)
          expect(name.isWellFormed()).toBe(true)
          expect(name.length).toBeGreaterThan(0)
          expect(name.length).toBeLessThanOrEqual(501)
        }
      }),
    )
  })

  it('of an id of ours is that id, so that it grows as the ids do', () => {
    expect(toName('01a1fb67-1800-7000-a085-d57be88a9d8e')).toBe('01a1fb67-1800-7000-a085-d57be88a9d8e')
    expect(toPairName('0rv7w3k1x2a', 'AccessToken') < toPairName('0rv7w3k1x2b', 'AccessToken')).toBe(true)
  })

  it('differs for different texts, and for different pairs, however they are made up', () => {
    const pair = fc.tuple(anyText, anyText)
    fc.assert(fc.property(anyText, anyText, (a, b) => (toName(a) === toName(b)) === (a === b)))
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        expect(toPairName(...a) === toPairName(...b)).toBe(a[0] === b[0] && a[1] === b[1])
      }),
    )
    expect(toPairName('', '["\\u0001","x"]')).not.toBe(toPairName('\u0001', 'x'))
    expect(toName('\ud800')).not.toBe(toName('\udfff'))
  })
})
