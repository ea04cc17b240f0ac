import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CREDENTIAL_PREFIXES,
  decodeKey,
  encodeKey,
  isCredential,
  keyOfCredential,
  makeCredential,
} from './credential.ts'

const { clientSecret, initialAccessToken, registrationAccessToken } = CREDENTIAL_PREFIXES

describe('a credential', () => {
  it.each(Object.values(CREDENTIAL_PREFIXES))(
    '%s says by its prefix what leaked, and knows its own form',
    (prefix) => {
      const credential = makeCredential(prefix)
      expect(credential).toMatch(new RegExp(`^${prefix}_[A-Za-z0-9_-]{43}[0-9a-z]{6}$`))
      expect(isCredential(credential, prefix)).toBe(true)
    },
  )

  it('has 256 bits of randomness, different every time (RFC 6749 §10.10)', () => {
    const many = new Set(Array.from({ length: 1000 }, () => makeCredential(clientSecret)))
    expect(many.size).toBe(1000)
    expect(new Set([...many].map((credential) => credential.slice(7, 23))).size).toBe(1000)
  })

  it('of one kind is none of another (RFC 7592 appendix A.1)', () => {
    const token = makeCredential(initialAccessToken, 5)
    expect(isCredential(token, registrationAccessToken)).toBe(false)
    expect(
      isCredential(token.replace(initialAccessToken, registrationAccessToken), registrationAccessToken),
    ).toBe(false)
  })

  it('with any one character changed, added or removed is none: its checksum tells', () => {
    const credential = makeCredential(clientSecret)
    for (let at = 0; at < credential.length; at++) {
      const other = credential[at] === 'a' ? 'b' : 'a'
      expect(isCredential(credential.slice(0, at) + other + credential.slice(at + 1), clientSecret)).toBe(
        false,
      )
      expect(isCredential(credential.slice(0, at) + credential.slice(at + 1), clientSecret)).toBe(false)
    }
    for (const noise of [
      '',
      clientSecret,
      `${clientSecret}_`,
      `${credential}a`,
      ` ${credential}`,
      credential.toUpperCase(),
    ]) {
      expect(isCredential(noise, clientSecret), noise).toBe(false)
    }
  })

  it('needs no escaping in HTTP Basic or in a URL (rack-oauth2 sends it as it is)', () => {
    for (let count = 0; count < 100; count++) {
      const credential = makeCredential(initialAccessToken, count)
      expect(encodeURIComponent(credential)).toBe(credential)
    }
  })
})

describe('the key in a credential', () => {
  it('comes back, whatever it is', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (key) => {
        expect(keyOfCredential(makeCredential(initialAccessToken, key), initialAccessToken)).toBe(key)
        expect(decodeKey(encodeKey(key))).toBe(key)
      }),
    )
  })

  it('sorts as text like the number', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(encodeKey(a) < encodeKey(b)).toBe(a < b)
      }),
    )
  })

  it('is not found where there is none, or where anything is wrong', () => {
    const token = makeCredential(initialAccessToken, 77)
    expect(keyOfCredential(token, registrationAccessToken)).toBeUndefined()
    expect(keyOfCredential(makeCredential(initialAccessToken), initialAccessToken)).toBeUndefined()
    expect(keyOfCredential(token.replace('_0', '_1'), initialAccessToken)).toBeUndefined()
    expect(keyOfCredential('', initialAccessToken)).toBeUndefined()
    for (const text of ['', 'zzzzzzzzzzz', '0000000000', '000000000000', '0000000000Z', '-0000000001']) {
      expect(decodeKey(text), text).toBeUndefined()
    }
  })
})
