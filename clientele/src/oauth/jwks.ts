import { BOUNDS } from './bounds.ts'
import { hasBrokenText } from './broken-text.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import type { ShapeFault } from './shape-fault.ts'

/** Members that hold private or symmetric key material, by `kty` (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
/** What a public key of a known type must have. Keys of other types are ignored (RFC 7517 §5). */
const REQUIRED: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
])
const BASE64URL = /^[A-Za-z0-9_-]+$/
/** base64url characters of a 2048-bit modulus. */
const RSA_2048_LENGTH = 342

/**
 * The shape of a JWK Set (RFC 7517 §5) that a client registers: public keys only (OIDC Registration §2, errata 2).
 * Whether a point is on its curve is asked of the platform later (`registration/steps/check-keys.ts`).
 */
export function checkJwks(value: JsonValue): ShapeFault | undefined {
  if (!isObject(value)) return { reason: 'type', message: 'must be a JSON object that holds a JWK Set' }
  const { keys, ...others } = value
  if (!Array.isArray(keys)) return { reason: 'no_keys', message: 'must have an array member named keys' }
  // Other members are kept (RFC 7517 §5), so they are bounded: nesting without end breaks what writes it out again.
  if (Object.values(others).some((member) => isOversized(member as JsonValue))) {
    return { reason: 'too_long', message: 'has a member that is larger than this server takes' }
  }
  if (keys.length > BOUNDS.jwks) return { reason: 'too_many', message: `has more than ${BOUNDS.jwks} keys` }
  for (const [index, key] of keys.entries()) {
    const found = keyFault(key as JsonValue)
    if (found) return { ...found, index }
  }
  if (hasBrokenText(value)) return { reason: 'broken_character', message: 'has a NUL or a broken character' }
  return mixedUseFault(keys.filter(isObject))
}

function keyFault(key: JsonValue): ShapeFault | undefined {
  if (!isObject(key) || typeof key.kty !== 'string') {
    return { reason: 'bad_key', message: 'must be a JWK with a kty' }
  }
  if (
    Object.keys(key).length > BOUNDS.jwkMembers ||
    Object.values(key).some((member) => isOversized(member as JsonValue))
  ) {
    return { reason: 'too_long', message: 'is larger than this server takes' }
  }
  if (key.kty === 'oct' || PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))) {
    return {
      reason: 'private_key',
      message: 'must be a public key: it holds private or symmetric key material',
    }
  }
  const missing = REQUIRED.get(key.kty)?.find((member) => !isBase64Url(key[member]))
  if (missing) return { reason: 'bad_key', message: `has no valid ${missing}` }
  if (key.kty === 'RSA' && String(key.n).length < RSA_2048_LENGTH) {
    return { reason: 'weak_key', message: 'must be an RSA key of 2048 bits or more (RFC 7518 §3.3)' }
  }
  for (const member of ['kid', 'use', 'alg']) {
    if (key[member] !== undefined && (typeof key[member] !== 'string' || key[member] === '')) {
      return { reason: 'bad_key', message: `has a ${member} that is not a string` }
    }
  }
  return undefined
}

/** With signing and encryption keys side by side, every key says its use (RFC 7591 §2, OIDC Discovery §3). */
function mixedUseFault(keys: readonly JsonObject[]): ShapeFault | undefined {
  const uses = new Set(keys.map((key) => key.use))
  if (!(uses.has('sig') && uses.has('enc') && uses.has(undefined))) return undefined
  return { reason: 'use_missing', message: 'has signing and encryption keys, so every key must have use' }
}

function isOversized(value: JsonValue): boolean {
  if (typeof value === 'string') return value.length > BOUNDS.jwkTextLength
  if (Array.isArray(value)) return value.length > BOUNDS.jwks || value.some(isNoShortText)
  return isObject(value)
}

/** An element of an array in a JWK (x5c, key_ops) is text; anything nested could be nested without end. */
function isNoShortText(value: unknown): boolean {
  return typeof value !== 'string' || value.length > BOUNDS.jwkTextLength
}

/** Also true of curve names, which have the same characters. */
function isBase64Url(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && BASE64URL.test(value)
}
