import { expect, it } from 'vitest'
import { parseByteSequence } from './structured-bytes.ts'

it('one Byte Sequence is its bytes (RFC 9651 §3.3.5), with or without padding', () => {
  for (const text of [':AQID:', ' :AQID: ']) expect([...parseByteSequence(text)!]).toEqual([1, 2, 3])
  for (const text of [':AQI=:', ':AQI:']) expect([...parseByteSequence(text)!]).toEqual([1, 2])
})

it.each([
  '',
  '::',
  'AQID',
  '"AQID"',
  ':AQID',
  'AQID:',
  ':AQID:, :AQID:',
  ':AQID:;a=1',
  ':AQ ID:',
  ':A-_D:',
  ':AQID:\n',
  ':A:',
  ':AQJ:',
])('and %j is none', (text) => {
  expect(parseByteSequence(text)).toBeUndefined()
})
