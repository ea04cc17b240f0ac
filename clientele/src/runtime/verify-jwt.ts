import { compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose'
import { isObject, type JsonObject } from '../oauth/json.ts'
import { findJwtClaimFault, type JwtClaimFault, type JwtClaimRules } from '../oauth/jwt-claims.ts'
import { type Clock, nowInSeconds } from './clock.ts'
import { type IssuerKeys, type KeySet, KeysUnavailable } from './issuer-keys.ts'

/** Signatures that a public key proves. No `none`, and no HS: with a public key as its secret anybody could sign. */
export const SIGNATURE_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
] as const

/** One issuer whose JWTs are taken, and what must hold of them. */
export interface TrustedJwtIssuer extends JwtClaimRules {
  readonly keys: IssuerKeys
  readonly algorithms: readonly string[]
  /** The values of `typ` that are taken, in lower case and without `application/`; absent: any, or none. */
  readonly types?: readonly string[]
}

/** A JWT that proves nothing, and why. Never holds any of its text. */
export class JwtFault extends Error {
  readonly reason: 'malformed' | 'header' | 'type' | 'algorithm' | 'unknown_key' | 'signature' | JwtClaimFault

  constructor(reason: JwtFault['reason'], cause?: unknown) {
    super(`the JWT is not valid: ${reason}`, { cause })
    this.name = 'JwtFault'
    this.reason = reason
  }
}

/**
 * The claims of a JWT, once its signature is proved to be the issuer's (RFC 7515 §5.2, RFC 8725 §3). The key comes from
 * the issuer's own set alone: `jku`, `jwk`, `x5u` and `x5c` of the header are the sender's word and are not looked at,
 * and a `kid` is compared, never followed. Throws `JwtFault`, or `KeysUnavailable`.
 */
export async function verifyJwt(token: string, issuer: TrustedJwtIssuer, clock: Clock): Promise<JsonObject> {
  checkHeader(token, issuer)
  const payload = await proveSignature(token, issuer)
  const claims = parseClaims(payload)
  const fault = findJwtClaimFault(claims, issuer, nowInSeconds(clock))
  if (fault) throw new JwtFault(fault)
  return claims
}

/** Whose JWT it claims to be: to choose between issuers, never to believe it. Undefined for what is no JWT. */
export function claimedIssuer(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token)
    return typeof iss === 'string' ? iss : undefined
  } catch {
    return undefined
  }
}

/** The claims of a JWT whose signature was proved before. */
export function readProvedClaims(token: string): JsonObject {
  return decodeJwt(token) as JsonObject
}

function checkHeader(token: string, { algorithms, types }: TrustedJwtIssuer): void {
  let header: ReturnType<typeof decodeProtectedHeader>
  try {
    header = decodeProtectedHeader(token)
  } catch (cause) {
    throw new JwtFault('malformed', cause)
  }
  if (typeof header.alg !== 'string' || !algorithms.includes(header.alg)) throw new JwtFault('algorithm')
  // RFC 8725 §3.9, RFC 7797 §7: a JWT's payload is always encoded, and no other extension is understood here.
  if (header.crit !== undefined || header.b64 !== undefined) throw new JwtFault('header')
  if (header.kid !== undefined && typeof header.kid !== 'string') throw new JwtFault('header')
  if (types && !types.includes(typeOf(header.typ))) throw new JwtFault('type')
}

/** RFC 7515 §4.1.9: `application/` may be left out, case does not matter. Without one it is a JWT of no special kind. */
function typeOf(typ: unknown): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : 'jwt'
}

async function proveSignature(token: string, { keys, algorithms }: TrustedJwtIssuer): Promise<Uint8Array> {
  const proveWith = async (set: KeySet) =>
    (await compactVerify(token, set as never, { algorithms: [...algorithms] })).payload
  try {
    try {
      return await proveWith(await keys.current())
    } catch (error) {
      const renewed = error instanceof errors.JWKSNoMatchingKey ? await keys.renewed() : undefined
      if (renewed === undefined) throw error
      return await proveWith(renewed)
    }
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error
    const isUnknown =
      error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
    // Also a key of the set that is too weak or none at all: whatever it was, nothing is proved.
    throw new JwtFault(isUnknown ? 'unknown_key' : 'signature', error)
  }
}

function parseClaims(payload: Uint8Array): JsonObject {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    if (isObject(claims)) return claims
  } catch {
    // Told below, with every other payload that is no JSON object.
  }
  throw new JwtFault('malformed')
}
