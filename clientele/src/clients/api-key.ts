import type { Permission } from './permission.ts'

/** An API key at rest: a program's credential with the permissions it was given. Shown once, only its hash is kept. */
export interface ApiKeyRecord {
  /** The encoded key that the API key carries. */
  readonly id: string
  readonly hash: string
  readonly label?: string
  /** Whose the clients are that it registers. Without one they are the key's own. */
  readonly owner?: string
  /** The name of the policy that governs its clients. */
  readonly policy?: string
  readonly permissions: readonly Permission[]
  /** Epoch seconds, or null for never. */
  readonly expiresAt: number | null
  readonly createdAt: number
  /** Epoch seconds of about its last use: written lazily, at most once a minute. */
  readonly lastUsedAt?: number
  /** Epoch seconds since when it admits nobody. */
  readonly revokedAt?: number
}
