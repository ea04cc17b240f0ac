import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BOUNDS } from './bounds.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { checkJwks } from './jwks.ts'

const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const OKP = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const rsa = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }) as JsonObject
const reasonOf = (...keys: JsonValue[]) => checkJwks({ keys })?.reason

describe('a JWK Set', () => {
  it('of public RSA, EC and OKP keys is good (RFC 7517 §5)', () => {
    expect(checkJwks({ keys: [EC, OKP, rsa(2048)] })).toBeUndefined()
  })

  it('may be empty', () => {
    expect(checkJwks({ keys: [] })).toBeUndefined()
  })

  it.each(['{"keys":[]}', 1, true, [EC], EC, {}, { keys: EC }, { keys: 'x' }, { keys: null }])(
    'is not %j (RFC 7591 §2)',
    (value) => {
      expect(checkJwks(value as JsonValue)?.reason).toMatch(/^(type|no_keys)$/)
    },
  )

  it('has at most so many keys', () => {
    expect(reasonOf(...Array(BOUNDS.jwks).fill(EC))).toBeUndefined()
    expect(reasonOf(...Array(BOUNDS.jwks + 1).fill(EC))).toBe('too_many')
  })

  it('may have other members, but none that nests without end (RFC 7517 §5)', () => {
    expect(checkJwks({ keys: [EC], issued: 'today', version: 1 })).toBeUndefined()
    expect(checkJwks({ keys: [EC], other: { deep: {} } })?.reason).toBe('too_long')
    expect(checkJwks({ keys: [EC], other: [['x']] })?.reason).toBe('too_long')
    expect(checkJwks({ keys: [EC], other: 'x'.repeat(BOUNDS.jwkTextLength + 1) })?.reason).toBe('too_long')
  })

  it('that mixes signing and encryption keys says the use of each (RFC 7591 §2)', () => {
    expect(reasonOf({ ...EC, use: 'sig' }, { ...EC, use: 'enc' })).toBeUndefined()
    expect(reasonOf({ ...EC, use: 'sig' }, EC)).toBeUndefined()
    expect(reasonOf({ ...EC, use: 'sig' }, { ...EC, use: 'enc' }, EC)).toBe('use_missing')
  })
})

describe('a key', () => {
  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'with the private member %s is refused (OIDC Registration §2)',
    (member) => {
      expect(reasonOf(EC, { ...EC, [member]: 'AQ' })).toBe('private_key')
      expect(reasonOf({ kty: 'unknown', [member]: 'AQ' })).toBe('private_key')
      expect(reasonOf({ ...EC, [member]: null })).toBe('private_key')
    },
  )

  it('that is symmetric is refused, even without its value (OIDC Registration §2)', () => {
    expect(reasonOf({ kty: 'oct', k: 'AQ' })).toBe('private_key')
    expect(reasonOf({ kty: 'oct' })).toBe('private_key')
  })

  it('of RSA has 2048 bits or more (RFC 7518 §3.3)', () => {
    expect(reasonOf(rsa(1024))).toBe('weak_key')
    expect(reasonOf(rsa(3072))).toBeUndefined()
  })

  it.each(['future', 'AKP', 'constructor', '__proto__', 'toString', 'rsa', ''])(
    'of the unknown type %j is kept, to be ignored when it is used (RFC 7517 §5)',
    (kty) => {
      expect(reasonOf({ kty, anything: 'x' })).toBeUndefined()
    },
  )

  it.each([null, 1, 'x', [], {}, { kty: 1 }, { kty: null }])('is not %j', (key) => {
    expect(reasonOf(EC, key as JsonValue)).toBe('bad_key')
    expect(checkJwks({ keys: [EC, key as JsonValue] })).toMatchObject({ index: 1 })
  })

  it.each([
    [{ kty: 'EC', crv: 'P-256', x: EC.x }],
    [{ ...EC, y: 'not base64url!' }],
    [{ ...EC, x: 1 }],
    [{ ...EC, crv: undefined as never }],
    [{ kty: 'OKP', crv: 'Ed25519' }],
    [{ kty: 'RSA', n: 'AQ' }],
    [{ ...EC, kid: 1 }],
    [{ ...EC, use: '' }],
    [{ ...EC, alg: ['ES256'] }],
  ])('lacks what its type needs: %j (RFC 7518 §6)', (key) => {
    expect(reasonOf(key)).toBe('bad_key')
  })

  it('is bounded in members, in length and in depth', () => {
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count - 4 }, (_, index) => [`m${index}`, 1]))
    expect(reasonOf({ ...EC, ...members(BOUNDS.jwkMembers) })).toBeUndefined()
    expect(reasonOf({ ...EC, ...members(BOUNDS.jwkMembers + 1) })).toBe('too_long')
    expect(reasonOf({ ...EC, x5c: ['A'.repeat(BOUNDS.jwkTextLength)] })).toBeUndefined()
    expect(reasonOf({ ...EC, x5c: ['A'.repeat(BOUNDS.jwkTextLength + 1)] })).toBe('too_long')
    expect(reasonOf({ ...EC, x5u: 'A'.repeat(BOUNDS.jwkTextLength + 1) })).toBe('too_long')
    expect(reasonOf({ ...EC, key_ops: [['verify']] })).toBe('too_long')
    expect(reasonOf({ ...EC, other: {} })).toBe('too_long')
  })
})
