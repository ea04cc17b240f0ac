import type { Caller } from '../clients/client.ts'
import type { Credentials } from '../oauth/authorization-header.ts'

/**
 * Who may ask. A gate turns a request's credentials into a caller, or says why not. The credentials choose the gate:
 * one that is present and bad is refused by the gate that recognizes it and never falls through to a weaker one.
 */
export interface Gate {
  /** Recorded with every client that came through: `initial_access_token`. */
  readonly name: string
  /** Whether these credentials are this gate's to judge, by their kind alone. */
  recognizes(credentials: Credentials): boolean
  /** Admits, or throws `OAuthError` with `invalid_token`. */
  admit(credentials: Credentials): Promise<Admission>
}

/** A caller who may register. */
export interface Admission {
  readonly caller: Caller
  /** The initial access token of which the registration uses up one use, in the transaction that creates the client. */
  readonly spends?: string
}
