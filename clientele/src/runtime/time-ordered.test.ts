import { describe, expect, it } from 'vitest'
import { createKeys, keyFromUuid, uuidFromKey } from './time-ordered.ts'

const NOW = Date.UTC(2026, 10, 21)

describe('keys', () => {
  it('grow, also within one millisecond and beyond its 4096', () => {
    const keys = createKeys({ milliseconds: () => NOW })
    let last = 0
    for (let count = 0; count < 10_000; count++) {
      const key = keys.next()
      expect(key).toBeGreaterThan(last)
      last = key
    }
  })

  it('never repeat when the clock steps back', () => {
    let now = NOW
    const keys = createKeys({ milliseconds: () => now })
    const before = keys.next()
    now -= 3_600_000
    const after = [keys.next(), keys.next()]
    expect(after[0]).toBeGreaterThan(before)
    expect(after[1]).toBeGreaterThan(after[0]!)
    now += 7_200_000
    expect(keys.next()).toBeGreaterThan(after[1]!)
  })

  it('of different instances never meet, in the same milliseconds and beyond what fits into one', () => {
    const made = new Set<number>()
    for (const instance of [0, 1, 128, 255]) {
      const keys = createKeys({ milliseconds: () => NOW }, instance)
      let last = 0
      for (let count = 0; count < 1000; count++) {
        const key = keys.next()
        expect(key).toBeGreaterThan(last)
        expect(made.has(key)).toBe(false)
        made.add(key)
        last = key
      }
    }
  })

  it('of an instance are read like those of a process that is alone, and are not made under a number that is none', () => {
    const key = createKeys({ milliseconds: () => NOW }, 255).next()
    expect(keyFromUuid(uuidFromKey(key))).toBe(key)
    expect(Math.floor(key / 4096)).toBe(Math.floor(createKeys({ milliseconds: () => NOW }).next() / 4096))
    for (const instance of [-1, 256, 1.5, Number.NaN])
      expect(() => createKeys({ milliseconds: () => NOW }, instance)).toThrow(RangeError)
  })

  it('stay safe integers for the life of the format', () => {
    const keys = createKeys({ milliseconds: () => Date.UTC(2090, 0, 1) })
    expect(Number.isSafeInteger(keys.next())).toBe(true)
  })
})

describe('a client id', () => {
  it('is a UUIDv7 that carries its key (RFC 9562 §5.7)', () => {
    const keys = createKeys({ milliseconds: () => NOW })
    for (let count = 0; count < 5000; count++) {
      const key = keys.next()
      const id = uuidFromKey(key)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(keyFromUuid(id)).toBe(key)
    }
  })

  it('has the time of its making in front, as every UUIDv7 does', () => {
    const id = uuidFromKey(createKeys({ milliseconds: () => NOW }).next())
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOW)
  })

  it('differs from another with the same key: two instances never collide', () => {
    const key = createKeys({ milliseconds: () => NOW }).next()
    expect(uuidFromKey(key)).not.toBe(uuidFromKey(key))
  })

  it.each([
    '',
    'client',
    '01a1fb67-1800-4000-a085-d57be88a9d8e',
    '01a1fb67-1800-7000-c085-d57be88a9d8e',
    '01A1FB67-1800-7000-A085-D57BE88A9D8E',
    '01a1fb6718007000a085d57be88a9d8e',
    ' 01a1fb67-1800-7000-a085-d57be88a9d8e',
    '01a1fb67-1800-7000-a085-d57be88a9d8e\n',
    '00000000-0000-7000-8000-000000000000',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
  ])('is not %j', (text) => {
    expect(keyFromUuid(text)).toBeUndefined()
  })
})
