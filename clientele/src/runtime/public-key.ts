import { createPublicKey } from 'node:crypto'
import type { JsonObject } from '../oauth/json.ts'

const CURVES = new Set(['P-256', 'P-384', 'P-521', 'Ed25519', 'X25519', 'Ed448', 'X448'])

/**
 * Whether a JWK is a public key that the platform accepts. Keys of other types and curves than ours are let pass:
 * RFC 7517 §5 wants them ignored, not refused.
 */
export function isPublicKey(jwk: JsonObject): boolean {
  const known = jwk.kty === 'RSA' || ((jwk.kty === 'EC' || jwk.kty === 'OKP') && CURVES.has(String(jwk.crv)))
  if (!known) return true
  try {
    createPublicKey({ key: jwk as never, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
