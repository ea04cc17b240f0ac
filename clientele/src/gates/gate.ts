import type { Caller, Proviso } from '../clients/client.ts'
import type { Permission } from '../clients/permission.ts'
import type { Credentials } from '../oauth/authorization-header.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'

export type { Proviso } from '../clients/client.ts'
export { PERMISSIONS, type Permission } from '../clients/permission.ts'

/** What somebody wants of the registry (RFC 7591 §3, RFC 7592 §2). */
export type Operation = 'register' | 'read' | 'update' | 'delete'

/** What a request shows of whoever sent it. */
export interface Presented {
  readonly operation: Operation
  /** Of the `Authorization` header. */
  readonly credentials: Credentials
  /** Of the TLS connection, or of a trusted proxy's `Client-Cert` header (RFC 9440). */
  readonly certificate?: RequestCertificate
  /** Where it comes from, as the limits count it. */
  readonly address: string
  /** The request itself, for a gate of the host application. Its body is not a gate's to read. */
  readonly request?: Request
}

/**
 * Who may ask. A gate turns what a request shows into a caller, or says why not. The request's own credentials choose
 * the gate: one that is present and bad is refused by the gate that recognizes it and never falls through to a weaker one.
 */
export interface Gate {
  /** Recorded with every client that came through: `initial_access_token`. */
  readonly name: string
  /** How the gate asks for its credentials (RFC 9110 §11.6.1): a scheme, or none where a challenge cannot help. */
  readonly challenge?: 'Bearer' | 'Basic'
  /**
   * Its secrets are words that people choose, or judging them is dear. After too many failures an address then waits, also
   * with good credentials; at other gates what is good passes whatever failed before it.
   */
  readonly isGuessable?: boolean
  /** Whether this is the gate's to judge, by form alone: a scheme, a prefix, the presence of a certificate. */
  recognizes(presented: Presented): boolean
  /**
   * Admits, or throws `OAuthError`: `invalid_token` for bad credentials (`access_denied` where the gate has no challenge
   * with which to ask for better ones), `insufficient_scope` for too small ones.
   */
  admit(presented: Presented): Promise<Admission>
}

/** A caller who may go on. */
export interface Admission {
  readonly caller: Caller
  /** What the caller may do beyond registering ordinary clients. */
  readonly permissions: readonly Permission[]
  /** The initial access token of which a registration uses up one use, in the transaction that creates the client. */
  readonly spends?: string
  /** Values that the client gets whatever it asks for, now and at every update. */
  readonly fixed?: ClientMetadata
  /** The policy that governs the client. */
  readonly policy?: string
  /** The admission holds only if the registration turns out to be so: a weak gate lets weak clients in. */
  readonly proviso?: Proviso
}
