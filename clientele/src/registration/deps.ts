import type { Gate, Presented } from '../gates/gate.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import type { Policies } from '../policies/policy.ts'
import type { AttemptLimit } from '../runtime/attempt-limit.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { ClientStore } from '../stores/store.ts'
import type { StatementVerifier } from './statement-verifier.ts'

/** What the verbs of registration need; each step asks for the part it uses. */
export interface RegistrationDeps {
  /** Asked in this order. */
  readonly gates: readonly Gate[]
  readonly attempts: AttemptLimit
  /** What every request must show whatever its credentials are: a client certificate, for some. Throws `OAuthError`. */
  readonly checkEveryRequest?: (presented: Presented) => void
  /** A bearer token that no gate recognizes counts as none. Off unless the operator has such clients. */
  readonly ignoreForeignBearer: boolean
  /** The issuers of software statements that the operator trusts; absent where there are none. */
  readonly statements?: StatementVerifier
  readonly capabilities: Capabilities
  /** What may be registered. Exactly one of them governs a client. */
  readonly policies: Policies
  /** Told of a policy that a client or a credential names and that is not there, for the operator to know. */
  readonly reportMissingPolicy?: (policy: string) => void
  /** The members that there are: the standard's and the operator's own. */
  readonly fields: ReadonlyMap<string, MetadataField>
  readonly store: ClientStore
  readonly clock: Clock
  readonly keys: Keys
  readonly sealer: Sealer
  /**
   * Asks the authorization server whether it could serve such a client, so that nothing is stored that it would
   * refuse later. Throws `OAuthError`.
   */
  readonly checkServable: (metadata: CompleteMetadata) => Promise<void> | void
  /** How long a client secret lives where its policy does not say, in seconds; 0 for ever (RFC 7591 §3.2.1). */
  readonly clientSecretLifetimeSeconds: number
}
