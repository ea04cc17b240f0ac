import type { Permission } from './permission.ts'

/** A program or person of the operator who shows a name and a password (HTTP Basic, RFC 7617). */
export interface ServiceAccountRecord {
  /** The `user-id` of HTTP Basic: never with a colon, which ends it. */
  readonly name: string
  /** argon2id, in PHC text. */
  readonly passwordHash: string
  readonly label?: string
  /**
   * Whose the clients are that it registers: what the operator said, or a word that no other account ever has. Never the
   * name, because somebody else may have that one later, and would get the clients with it.
   */
  readonly owner: string
  readonly permissions: readonly Permission[]
  readonly createdAt: number
  /** Epoch seconds of about its last use: written lazily, at most once a minute. */
  readonly lastUsedAt?: number
}
