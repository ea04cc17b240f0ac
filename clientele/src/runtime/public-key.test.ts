import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../oauth/json.ts'
import { isPublicKey } from './public-key.ts'

const publicJwk = (...args: [string, object?]) =>
  (
    generateKeyPairSync as unknown as (...args: unknown[]) => {
      publicKey: { export(format: object): JsonObject }
    }
  )(...args).publicKey.export({ format: 'jwk' })

const EC = publicJwk('ec', { namedCurve: 'P-256' })

describe('a public key', () => {
  it.each([
    ['EC P-256', EC],
    ['EC P-384', publicJwk('ec', { namedCurve: 'P-384' })],
    ['EC P-521', publicJwk('ec', { namedCurve: 'P-521' })],
    ['RSA', publicJwk('rsa', { modulusLength: 2048 })],
    ['Ed25519', publicJwk('ed25519')],
    ['X25519', publicJwk('x25519')],
  ])('of %s is accepted', (_, jwk) => {
    expect(isPublicKey(jwk)).toBe(true)
    expect(isPublicKey({ ...jwk, kid: 'k', use: 'sig', x5c: ['ignored'] })).toBe(true)
  })

  it('is not a point off its curve (RFC 7518 §6.2.1)', () => {
    expect(isPublicKey({ ...EC, y: EC.x! })).toBe(false)
    expect(isPublicKey({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' })).toBe(false)
    expect(isPublicKey({ ...EC, crv: 'P-384' })).toBe(false)
    expect(isPublicKey({ kty: 'OKP', crv: 'Ed25519', x: 'AA' })).toBe(false)
  })

  it.each([
    { kty: 'future' },
    { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' },
    { kty: 'constructor' },
    { kty: 'AKP', alg: 'ML-DSA-44' },
  ])(
    'of a type or curve that the platform does not know is let pass, to be ignored: %j (RFC 7517 §5)',
    (jwk) => {
      expect(isPublicKey(jwk)).toBe(true)
    },
  )
})
