import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { Permission } from './permission.ts'

/** An initial access token at rest (RFC 7591 §1.2). The token itself is shown once and only its hash is kept. */
export interface InitialAccessTokenRecord {
  /** The encoded key that the token carries. */
  readonly id: string
  readonly hash: string
  readonly label?: string
  /** Whose the clients are that it registers: who may manage them through another gate. */
  readonly owner?: string
  /** The name of a policy, recorded with the clients that it registers. */
  readonly policy?: string
  /** What its clients get whatever they ask for, now and at every update. */
  readonly fixed?: ClientMetadata
  /** What its holder may do beyond registering ordinary clients. */
  readonly permissions?: readonly Permission[]
  /** Registrations that are left, or null for no limit. */
  readonly usesLeft: number | null
  /** Epoch seconds, or null for never. */
  readonly expiresAt: number | null
  readonly createdAt: number
  /** Epoch seconds of the registration that used it last: written with the client, so it never lags. */
  readonly lastUsedAt?: number
  /** Epoch seconds since when it admits nobody. */
  readonly revokedAt?: number
}
