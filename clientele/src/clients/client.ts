import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'

/**
 * A client is an envelope of ours around `metadata`, which is theirs. What was *requested*, what was *granted* and what
 * was *dropped* on the way are kept apart, so that nothing is ever echoed merely because it was sent.
 * Wire words stay wire words (`redirect_uris`); ours are camelCase. Times are epoch seconds.
 */
export interface ClientRecord {
  /** The `client_id`: a UUIDv7 where the server chose it. No secret, never reused. */
  readonly id: string
  /**
   * How the client came in. `unregistered`: it did not; nobody registered it, the operator lets such ids be used, and this
   * record is in no store.
   */
  readonly door: 'registration_request' | 'unregistered'
  /** What the client asked for: every member that we know, before defaults and narrowing. */
  readonly requested: ClientMetadata
  /** What is in force. The only metadata that is enforced and returned. */
  readonly granted: CompleteMetadata
  /** What was asked and not granted, and the rule that did it. */
  readonly dropped: readonly Dropped[]
  /** Who registered it. */
  readonly caller: Caller
  /** Values that the gate fixed: the client cannot change them, nor lose them by leaving them out. */
  readonly fixed?: ClientMetadata
  /**
   * The scopes that somebody with a say gave it: whoever has the permission `oauth-client-override`, or a credential that
   * fixed them. Only these open this server's own registration, whatever else is granted: a scope that anybody could
   * have yesterday may be one that opens it today.
   */
  readonly entrustedScopes?: readonly string[]
  /** Members that a caller with the permission `oauth-client-override` gave it, as long as they are what they were then. */
  readonly entrustedMembers?: readonly string[]
  /** What a weak gate let it in as; it stays that at every update. */
  readonly proviso?: Proviso
  /**
   * The policy that governs it, now and at every update; in its newest revision, whoever asks. Absent in records from
   * before there were policies: the default policy governs those.
   */
  readonly policy?: string
  /** The revision of the policy that judged what is granted; absent where an operator gave it another policy since. */
  readonly policyRevision?: string
  /** What the policy did to what was asked, and by which of its rules. Absent where it let everything be. */
  readonly decisions?: readonly RecordedDecision[]
  /** Keys of the standing budgets that this client counts against (`stores/store.ts`). */
  readonly holds?: readonly string[]
  /** What operators find it by, `member=value`: the values of searchable custom members. */
  readonly terms?: readonly string[]
  readonly vouched?: Vouched
  /** The client's secrets, newest first; empty for a client that needs none. */
  readonly secrets: readonly StoredSecret[]
  /** SHA-256 of the registration access token (RFC 7592 §1.2); where tokens are rotated, of the one that was used last. */
  readonly registrationAccessTokenHash: string
  /** Epoch seconds after which the registration access token opens nothing; absent for never. */
  readonly registrationAccessTokenExpiresAt?: number
  /**
   * Where tokens are rotated: those that were handed out since, none of them used yet. The first use of one ends all others,
   * because an answer that was lost on the way must not cost a client its only way in.
   */
  readonly unusedRegistrationAccessTokens?: readonly StoredAccessToken[]
  readonly createdAt: number
  readonly updatedAt: number
  /** Grows by one with every change: optimistic concurrency, and the key of every cache. */
  readonly revision: number
}

/** A registration access token, as it is kept. */
export interface StoredAccessToken {
  /** SHA-256. */
  readonly hash: string
  /** Epoch seconds after which it opens nothing; absent for never. */
  readonly expiresAt?: number
}

/** A value that was asked for and is not in force. */
export interface Dropped {
  readonly member: string
  readonly value: JsonValue
  /** Ours, stable: `grant_types.unsupported`. */
  readonly reason: string
}

/** One thing that a policy did to a registration, as it is kept and explained. */
export interface RecordedDecision {
  readonly member: string
  /** `default`, `forced`, `chosen`: a value was put in. `narrowed`: a part of it went. `dropped`: all of it went. */
  readonly effect: DecisionEffect
  /** What stood there before; absent where nothing did. */
  readonly from?: JsonValue
  /** What stands there now; absent where nothing does. */
  readonly to?: JsonValue
  /** The rule of the policy, by its place in it: `redirect_uris.hosts`. */
  readonly rule: string
  /** Why, in words that are fit for the client. */
  readonly because: string
}

export type DecisionEffect = 'default' | 'forced' | 'chosen' | 'narrowed' | 'dropped'

/** `public_client`: it authenticates with `none`. `software_statement`: a trusted issuer vouches for it. */
export type Proviso = 'public_client' | 'software_statement'

/** Who asked: the gate that admitted them, and by which credential's record (never the credential). */
export interface Caller {
  readonly gate: string
  /** The record of the credential, or the name of the account. */
  readonly id?: string
  /** Whose the client is: who may manage it through that gate besides the holder of its registration access token. */
  readonly owner?: string
  /** The claims of the token that the caller showed. */
  readonly claims?: JsonObject
  readonly certificate?: RequestCertificate
}

/** How the audit trail names a caller. */
export function actorOf({ gate, id }: Caller): string {
  return id === undefined ? gate : `${gate}:${id}`
}

/** What a trusted third party said of the client (RFC 7591 §2.3). */
export interface Vouched {
  /** The issuer of the software statement: with `software_id`, all instances of one piece of software are one group. */
  readonly issuer: string
  /** The statement as it was sent, to be returned byte for byte. */
  readonly statement: string
  /** The metadata that it claims. They win over the client's own words, at every update too. */
  readonly metadata: ClientMetadata
  /** What it leaves to the client, within bounds; they hold at every update too. */
  readonly bounds?: StatementBounds
}

/** What a software statement lets the client choose from. */
export interface StatementBounds {
  /** The client registers some of these. */
  readonly redirectUris?: readonly string[]
  /** The client registers https redirect URIs on these hosts. */
  readonly redirectHosts?: readonly string[]
}

/** A client secret at rest: its hash to compare with, and a sealed copy, because RFC 7592 §2.1 reads it back. */
export interface StoredSecret {
  readonly hash: string
  readonly sealed: string
  readonly createdAt: number
  /** Epoch seconds; 0 for never, as RFC 7591 §3.2.1 writes it. */
  readonly expiresAt: number
}
