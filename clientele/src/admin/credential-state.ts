/** What has become of a stored credential, as an operator reads it in a list. */
export type CredentialState = 'active' | 'revoked' | 'expired' | 'spent'

interface Mortal {
  readonly revokedAt?: number
  readonly expiresAt: number | null
  readonly usesLeft?: number | null
}

export function credentialState(
  { revokedAt, expiresAt, usesLeft = null }: Mortal,
  now: number,
): CredentialState {
  if (revokedAt !== undefined) return 'revoked'
  if (expiresAt !== null && expiresAt <= now) return 'expired'
  return usesLeft === 0 ? 'spent' : 'active'
}

/** A part of a list, and what to ask for to get the next one. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Absent at the end. */
  readonly next?: string
}

/** Which part of a list. */
export interface PageRequest {
  readonly limit: number
  /** What the part before named as `next`. */
  readonly from?: string
}
