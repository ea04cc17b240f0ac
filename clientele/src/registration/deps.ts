import type { Gate } from '../gates/gate.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { ClientStore } from '../stores/store.ts'

/** What the verbs of registration need; each step asks for the part it uses. */
export interface RegistrationDeps {
  readonly gates: readonly Gate[]
  readonly capabilities: Capabilities
  readonly store: ClientStore
  readonly clock: Clock
  readonly keys: Keys
  readonly sealer: Sealer
  /**
   * Asks the authorization server whether it could serve such a client, so that nothing is stored that it would
   * refuse later. Throws `OAuthError`.
   */
  readonly checkServable: (metadata: CompleteMetadata) => Promise<void> | void
  /** How long a client secret lives, in seconds; 0 for ever (RFC 7591 §3.2.1). */
  readonly clientSecretLifetimeSeconds: number
}
