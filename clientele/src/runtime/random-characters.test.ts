import { expect, it } from 'vitest'
import { bitsOf, randomCharacters, randomUuid } from './random-characters.ts'

it('draws so many characters of the alphabet, each about as often as any other', () => {
  const text = randomCharacters(30_000, 'abc')
  expect(text).toMatch(/^[abc]{30000}$/)
  for (const character of 'abc') {
    const share = text.split(character).length - 1
    expect(Math.abs(share - 10_000)).toBeLessThan(600)
  }
})

it('does not favour the first characters of an alphabet that divides no byte', () => {
  const alphabet = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('')
  const text = randomCharacters(94_000, alphabet)
  // Taken modulo 94, the first 68 would come half as often again as the last 26.
  const first = [...text].filter((character) => alphabet.indexOf(character) < 68).length
  expect(Math.abs(first - 68_000)).toBeLessThan(1000)
})

it('counts 128 bits in 22 characters of base64url, and not in 21', () => {
  const alphabet = 'x'.repeat(64)
  expect(bitsOf(22, alphabet)).toBe(132)
  expect(bitsOf(21, alphabet)).toBeLessThan(128)
})

it('makes UUIDs of version 4 (RFC 9562 §5.4), no two alike', () => {
  const made = Array.from({ length: 1000 }, randomUuid)
  for (const uuid of made) {
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  expect(new Set(made).size).toBe(1000)
})
