import { describe, expect, it } from 'vitest'
import { randomBytes } from './cryptography.ts'
import { createSealer } from './sealer.ts'

const KEY = randomBytes(32)
const sealer = createSealer(KEY)

describe('a sealed value', () => {
  it.each(['', 'secret', 'ü 名 \u{1f600}', 'x'.repeat(100_000)])('opens again', (plaintext) => {
    expect(sealer.open(sealer.seal(plaintext, 'context'), 'context')).toBe(plaintext)
  })

  it('opens after a restart with the same key', () => {
    expect(createSealer(KEY).open(sealer.seal('secret', 'c'), 'c')).toBe('secret')
  })

  it('is different every time and says nothing of what is in it', () => {
    const [a, b] = [sealer.seal('secret', 'c'), sealer.seal('secret', 'c')]
    expect(a).not.toBe(b)
    expect(Buffer.from(a, 'base64url').toString('latin1')).not.toContain('secret')
  })

  it('does not open in another context: moved to another record it is nothing', () => {
    expect(() => sealer.open(sealer.seal('secret', 'client_secret:a'), 'client_secret:b')).toThrowError()
  })

  it('does not open under another key', () => {
    expect(() => createSealer(randomBytes(32)).open(sealer.seal('secret', 'c'), 'c')).toThrowError()
  })

  it('does not open with any one bit changed', () => {
    const sealed = Buffer.from(sealer.seal('secret', 'c'), 'base64url')
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed)
      altered[at]! ^= 1
      expect(() => sealer.open(altered.toString('base64url'), 'c'), `byte ${at}`).toThrowError()
    }
  })

  it('does not open cut short: a shorter tag is easier to guess', () => {
    const sealed = Buffer.from(sealer.seal('', 'c'), 'base64url')
    for (let length = 0; length < sealed.length; length++) {
      expect(
        () => sealer.open(sealed.subarray(0, length).toString('base64url'), 'c'),
        `${length} bytes`,
      ).toThrowError()
    }
  })
})

describe('a sealer', () => {
  it.each([0, 16, 31, 33])('takes no key of %i bytes', (size) => {
    expect(() => createSealer(new Uint8Array(size))).toThrowError(/32 bytes/)
  })

  it('derives another key for each purpose, the same each time', () => {
    expect(sealer.derive('cookies')).toStrictEqual(createSealer(KEY).derive('cookies'))
    expect(sealer.derive('cookies')).not.toStrictEqual(sealer.derive('pairwise'))
    expect(sealer.derive('cookies')).toHaveLength(32)
    expect(sealer.derive('cookies')).not.toStrictEqual(KEY)
  })
})
