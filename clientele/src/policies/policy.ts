import type { Caller, ClientRecord, DecisionEffect, Vouched } from '../clients/client.ts'
import type { Permission } from '../clients/permission.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import type { JsonValue } from '../oauth/json.ts'
import type { Budget } from '../stores/store.ts'

/**
 * What may be registered. A policy is data (`policy-language.ts`) compiled into pure rules; exactly one governs a
 * registration, at its creation and at every update. Rules are judged on the resulting state, in two rounds: over what was
 * asked, before the standard's defaults are filled in, and over what would be granted, until nothing changes any more.
 */
export interface Policy {
  readonly name: string
  /** The first 12 digits of a SHA-256 over what the policy says, what it extends included: it cannot be forgotten to be raised. */
  readonly revision: string
  readonly description?: string
  /** `words`: the client is told which member, and which rule in words. `public`: also the rule's and the policy's names. */
  readonly explain: 'words' | 'public'
  /** Whether this policy takes such a request, where no credential names one. */
  appliesTo(situation: Situation): boolean
  /** First round: before the standard's defaults, over what was asked, what is vouched for and what is fixed. */
  readonly askedRules: readonly Rule<ClientMetadata>[]
  /** Second round: over the complete metadata, in this order. */
  readonly grantedRules: readonly Rule<CompleteMetadata>[]
  readonly credentials: CredentialTerms
  /** Which budgets a registration counts against (RFC 7591 §5: a registry that anybody can fill is an attack). */
  budgetsOf(metadata: CompleteMetadata, facts: Facts): readonly NamedBudget[]
}

/**
 * One rule: a pure function from metadata and facts to decisions; it may look something up, and then returns a promise. It
 * changes nothing itself, so that the same rule judges, explains, rehearses and replays.
 */
export interface Rule<Metadata extends ClientMetadata = CompleteMetadata> {
  /** Its place in the policy: `redirect_uris.hosts`. */
  readonly name: string
  decide(metadata: Metadata, facts: Facts): readonly Decision[] | Promise<readonly Decision[]>
}

/** What a rule wants. Nothing, where all is well. */
export type Decision = Amendment | Refusal | Denial

/** Puts a value in, or takes one away (`to` undefined). Values that a credential fixed are not amended but refused. */
export interface Amendment {
  readonly kind: 'amend'
  readonly member: string
  readonly effect: DecisionEffect
  readonly to: JsonValue | undefined
  /** One sentence for the client's developer, without the subject: `is not on a host that this server accepts`. */
  readonly because: string
}

/** The value is not acceptable: the request is refused, together with every other problem in it. */
export interface Refusal {
  readonly kind: 'refuse'
  readonly member: string
  /** Ours, stable, behind the member's name: `host` for `redirect_uris.host`. */
  readonly reason: string
  readonly because: string
  /** Which element, where the member is an array. */
  readonly index?: number
}

/** Nobody gets this registration, whatever it says. */
export interface Denial {
  readonly kind: 'deny'
  readonly reason: string
  readonly because: string
}

/** Where a request comes from: what a policy is chosen by. */
export interface Situation {
  readonly caller: Caller
  readonly permissions: readonly Permission[]
  /** The network address, as the limits count it. */
  readonly address: string
  /** The software statement's, once it was proved. */
  readonly vouched?: Vouched
  /** What the client says of itself, and nobody vouches for. */
  readonly claimed: ClientMetadata
}

/** What a rule may know. Everything is here; a rule reads no clock and no store. */
export interface Facts extends Situation {
  readonly operation: 'register' | 'update'
  /** What the client itself asked for. */
  readonly requested: ClientMetadata
  /** What its credential fixed. */
  readonly fixed?: ClientMetadata
  /** In the second round: what was asked, vouched for and fixed, as the first round left it. The rest counts as left out. */
  readonly counted?: ClientMetadata
  /** At an update: the client as it is stored. */
  readonly client?: ClientRecord
  readonly capabilities: Capabilities
  /** Epoch seconds. */
  readonly now: number
}

/** How a client's credentials are made. */
export interface CredentialTerms {
  /** Undefined for the standard one, a UUIDv7. May return a promise. Is asked again when the id is taken. */
  readonly makeClientId?: (metadata: CompleteMetadata, facts: Facts) => string | Promise<string>
  /** Undefined for the standard one: 256 bits with a prefix that secret scanners know. */
  readonly makeClientSecret?: (metadata: CompleteMetadata, facts: Facts) => string | Promise<string>
  /** Whether a caller with the permission `oauth-client-override` may choose id and secret. */
  readonly callerMayChoose: boolean
  /** Seconds; 0 for ever; undefined for the server's own (`registration.client_secret_lifetime_seconds`). */
  readonly clientSecretLifetimeSeconds?: number
  /** Seconds; 0 for ever. */
  readonly registrationAccessTokenLifetimeSeconds: number
  /** When the client gets a new registration access token: never, with each update, or with each read and update. */
  readonly registrationAccessTokenRotation: 'never' | 'update' | 'use'
}

/** A budget, and how it is spoken of. */
export interface NamedBudget extends Budget {
  /** Its place in the policy: `limits.network_per_day`. */
  readonly rule: string
  /** One sentence for the client's developer: `this network has registered as many clients today as it may`. */
  readonly because: string
  /** The member that it is about (a name that must be unique), or absent for a limit on clients. */
  readonly member?: string
}

/** All policies of a server, and which governs what. */
export interface Policies {
  /** Exactly one: what the credential names, else the first that applies, else the default. */
  choose(named: string | undefined, situation: Situation): Policy
  /** The policy of that name in its newest revision, or undefined. */
  find(name: string): Policy | undefined
  readonly default: Policy
  readonly all: readonly Policy[]
}
