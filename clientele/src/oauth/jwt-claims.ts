import type { JsonObject, JsonValue } from './json.ts'

/** What must hold of a JWT's registered claims (RFC 7519 §4.1), once its signature is proved. */
export interface JwtClaimRules {
  readonly issuer: string
  /** One of them must be in `aud`; absent where whoever checks is no audience itself. */
  readonly audiences?: readonly string[]
  /** Whether a token without `aud` is for everybody; one that has it is always for those that it names alone. */
  readonly isAudienceOptional?: boolean
  /** Whether a token without `exp` is refused. */
  readonly needsExpiry: boolean
  /** Seconds since `iat` after which it is too old; then `iat` must be there. */
  readonly maxAgeSeconds?: number
  /** How far the issuer's clock may be from ours (RFC 7519 §4.1.4: a few minutes at most). */
  readonly clockSkewSeconds: number
}

/** Which rule a token breaks; for the log, and for errors that may say so. */
export type JwtClaimFault =
  | 'issuer'
  | 'audience'
  | 'expiry_missing'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_the_future'
  | 'too_old'
  | 'claim_type'

/**
 * The first rule that the claims break, or undefined. A token is valid up to, and not at, `exp` plus the skew, and from
 * `nbf` and `iat` minus the skew (RFC 7519 §4.1.4 to §4.1.6).
 */
export function findJwtClaimFault(
  claims: JsonObject,
  rules: JwtClaimRules,
  now: number,
): JwtClaimFault | undefined {
  const { exp, nbf, iat } = claims
  const skew = rules.clockSkewSeconds
  if (claims.iss !== rules.issuer) return 'issuer'
  if (![exp, nbf, iat].every(isNumericDate)) return 'claim_type'
  if (exp === undefined && rules.needsExpiry) return 'expiry_missing'
  if (exp !== undefined && now >= Number(exp) + skew) return 'expired'
  if (nbf !== undefined && now < Number(nbf) - skew) return 'not_yet_valid'
  if (iat !== undefined && now < Number(iat) - skew) return 'issued_in_the_future'
  if (rules.maxAgeSeconds !== undefined) {
    if (iat === undefined) return 'claim_type'
    if (now - Number(iat) >= rules.maxAgeSeconds + skew) return 'too_old'
  }
  return isForUs(claims, rules) ? undefined : 'audience'
}

/** RFC 7519 §4.1.3: whoever is not among the audience that is named must refuse it. */
function isForUs({ aud }: JsonObject, { audiences, isAudienceOptional }: JwtClaimRules): boolean {
  if (audiences === undefined) return true
  if (aud === undefined) return isAudienceOptional === true
  return (Array.isArray(aud) ? aud : [aud]).some((name) => audiences.includes(name as string))
}

function isNumericDate(value: JsonValue | undefined): boolean {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0)
}
