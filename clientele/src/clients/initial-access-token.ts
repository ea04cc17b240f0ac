/** An initial access token at rest (RFC 7591 §1.2). The token itself is shown once and only its hash is kept. */
export interface InitialAccessTokenRecord {
  /** The encoded key that the token carries. */
  readonly id: string
  readonly hash: string
  readonly label?: string
  /** Registrations that are left, or null for no limit. */
  readonly usesLeft: number | null
  /** Epoch seconds, or null for never. */
  readonly expiresAt: number | null
  readonly createdAt: number
}
