import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromStored, toStored } from './stored-text.ts'

/** Any sequence of UTF-16 code units, most of them not well-formed. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

describe('text at rest', () => {
  it('comes back as it was, whatever its code units', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), anyText),
        (text) => fromStored(toStored(text)) === text,
      ),
    )
  })

  it('is text wherever UTF-8 can hold it, and bytes only where it cannot', () => {
    expect(toStored('a\u0000💥')).toBe('a\u0000💥')
    expect(Buffer.isBuffer(toStored('\ud800'))).toBe(true)
  })
})
