/** What a registrar is made of: values, handed in by the program that embeds it. Nothing is read from anywhere else. */
import type { Gate, Presented } from '../gates/gate.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { CustomMembers } from '../policies/define-custom-members.ts'
import type { CredentialTerms } from '../policies/policy.ts'
import type { PolicyDefinition } from '../policies/policy-definition.ts'
import type { StatementVerifier } from '../registration/statement-verifier.ts'
import type { AttemptLimit } from '../runtime/attempt-limit.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ClientStore, InitialAccessTokenStore } from '../stores/store.ts'
import type { RegistrarEvent } from './events.ts'

/** Options of `createRegistrar`. Whatever is wrong with them is a `RegistrarOptionsError` when the registrar is made. */
export interface RegistrarOptions {
  /**
   * The issuer identifier of the authorization server that the clients are for (RFC 8414 §2). With `registrationEndpoint`
   * it rules every address in every answer; the Host header never does.
   */
  readonly issuer: string
  /** Where clients are kept: `clientele/stores/…`, or a store of your own that passes `describeStore` of `clientele/testing`. */
  readonly store: RegistrarStore
  /**
   * Who may register, asked in this order: `clientele/gates`, or gates of your own. The first that recognizes what a
   * request shows decides. They also open the registrations of those whom they know (RFC 7592 beside the registration access token).
   */
  readonly gates: readonly Gate[]
  /**
   * 32 random bytes that seal the client secrets which must be read back (AES-256-GCM). Keep them outside the database, and
   * keep them: with another key the secrets that are stored do not open.
   */
  readonly sealingKey: Uint8Array
  /**
   * Where clients are registered (RFC 7591 §3): an address, or a path on the issuer's origin such as `/connect/dcr`. The client
   * configuration endpoint of a client is `/<client_id>` below it. Default: `/register` below the issuer.
   */
  readonly registrationEndpoint?: string
  /** What may be registered; the presets can be named and extended without being listed. Default: the presets alone. */
  readonly policies?: readonly PolicyDefinition[]
  /** The policy that governs where no credential names one and no policy's conditions hold. Default: the preset `default`. */
  readonly defaultPolicy?: string
  /** Members of your own beside the standard's: `defineCustomMembers` of `clientele/custom-members`. */
  readonly customMembers?: CustomMembers
  /**
   * What the authorization server can do, where it is not what the built-in one does: nothing beyond it is granted
   * (RFC 7591 §3.2.1). Most of all `scopes`, `defaultScopes`, `grantTypes`, `responseTypes` and `authMethods`.
   * Default of `defaultScopes`: those of the built-in server's that are in `scopes`.
   */
  readonly capabilities?: Partial<Capabilities>
  /** The issuers of software statements that you trust (RFC 7591 §2.3). Default: none, and statements are ignored. */
  readonly statements?: StatementVerifier
  /** How ids and secrets are made, where a policy does not say it itself. */
  readonly generators?: Generators
  /**
   * Asks your authorization server whether it could serve such a client, so that nothing is registered that it would refuse
   * later. Throws `OAuthError`.
   */
  readonly checkServable?: (metadata: CompleteMetadata) => Promise<void> | void
  /** What every request must show whatever its credentials are, such as a client certificate. Throws `OAuthError`. */
  readonly checkEveryRequest?: (presented: Presented) => void
  readonly limits?: RegistrarLimits
  /** How long a client secret lives where its policy does not say, in seconds; 0, the default, for ever (RFC 7591 §3.2.1). */
  readonly clientSecretLifetimeSeconds?: number
  /** A bearer token that no gate recognizes counts as none. Default: false, and it is refused. */
  readonly ignoreForeignBearer?: boolean
  /** Allows an `http` issuer that is not a loopback address, for closed networks. Default: false. */
  readonly allowInsecureIssuer?: boolean
  /** The number of this process, 0 to 255, among those that share the store: then no two make one key. Default: it is alone. */
  readonly instance?: number
  /** Where the time comes from. Default: the machine's clock. */
  readonly clock?: Clock
  /**
   * Hears of every change after it was committed. What it throws goes to `onFault`; it holds no answer up. It is told once and
   * by this process only: what must not be missed is read from the store's audit feed.
   */
  readonly onEvent?: (event: RegistrarEvent) => void | Promise<void>
  /**
   * Hears of every fault that is not the caller's; the caller is answered 500 with a fixed sentence and the request's id.
   * Without it `fetch` rejects with the fault, so that your framework reports it; where it throws, `fetch` rejects with both, as
   * an `AggregateError`.
   */
  readonly onFault?: (error: unknown, requestId: string | undefined) => void
}

/** The part of a store that a registrar uses. Initial access tokens only where it is asked to make some. */
export type RegistrarStore = ClientStore & Partial<Pick<InitialAccessTokenStore, 'createInitialAccessToken'>>

/** How ids and secrets are made. Each may return a promise; a client id is asked for again when it is taken. */
export interface Generators {
  /** Default: a UUIDv7. */
  readonly clientId?: NonNullable<CredentialTerms['makeClientId']>
  /** Default: 256 random bits with a prefix that secret scanners know. At least 128 unpredictable bits are its own duty. */
  readonly clientSecret?: NonNullable<CredentialTerms['makeClientSecret']>
}

/** Bounds on what strangers may cost. */
export interface RegistrarLimits {
  /** Bytes of a request body, 1024 to 1048576; a longer one is answered 413. Default: 65536. */
  readonly bodyBytes?: number
  /**
   * Refused credentials from one network address within the window, before further bad ones are answered 429. Default: 50
   * within 900 seconds, counted in this process. `clientAddress` tells the addresses apart: without it nobody is told apart,
   * and nothing is counted. False: never.
   */
  readonly failures?: { readonly perAddress: number; readonly windowSeconds: number } | false
  /** A count of your own instead, such as one that several processes share. */
  readonly attempts?: AttemptLimit
}
