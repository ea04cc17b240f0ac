import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { randomBytes, randomText, sameHash, sha256 } from './cryptography.ts'

it('random bytes never repeat, also across the edge of the pool', () => {
  const many = new Set<string>()
  for (let count = 0; count < 2000; count++) {
    const bytes = randomBytes(32)
    expect(bytes).toHaveLength(32)
    many.add(bytes.toString('hex'))
  }
  expect(many.size).toBe(2000)
})

it('random bytes are the caller’s own: changing them changes nothing else', () => {
  const first = randomBytes(8)
  first.fill(0)
  expect(randomBytes(8)).not.toStrictEqual(first)
})

it('random text is URL-safe', () => {
  for (let count = 0; count < 100; count++) expect(randomText(32)).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

it('the hash is SHA-256', () => {
  expect(sha256('abc')).toBe(createHash('sha256').update('abc').digest('base64url'))
})

it('hashes are the same only when they are equal', () => {
  expect(sameHash(sha256('a'), sha256('a'))).toBe(true)
  expect(sameHash(sha256('a'), sha256('b'))).toBe(false)
  expect(sameHash(sha256('a'), sha256('a').slice(1))).toBe(false)
  expect(sameHash(sha256('a'), '')).toBe(false)
})
