import type { TrustedJwtIssuer } from '../runtime/verify-jwt.ts'

/** An issuer of software statements that the operator trusts (RFC 7591 §2.3), and what it is trusted to say. */
export interface TrustedStatementIssuer extends TrustedJwtIssuer {
  /** Claims under names of the issuer's own, and the members that they are: `software_redirect_uris` → `redirect_uris`. */
  readonly claims: Readonly<Record<string, string>>
  /** The only members that are taken from its statements; absent: every one that it claims. */
  readonly members?: readonly string[]
  /** Members without which a statement of it is not approved here. */
  readonly requiredMembers: readonly string[]
  /**
   * `exact`: the client gets all the redirect URIs of the statement. `subset`: it chooses some of them.
   */
  readonly redirectUris: 'exact' | 'subset'
  /** The pieces of software that are approved here; absent: all that the issuer vouches for. */
  readonly softwareIds?: readonly string[]
  /** Each statement registers one client, by its `jti` (RFC 7519 §4.1.7). */
  readonly isSingleUse: boolean
}
