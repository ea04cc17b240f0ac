import type { ApiKeyRecord } from '../clients/api-key.ts'
import type { ClientRecord } from '../clients/client.ts'
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import type { ServiceAccountRecord } from '../clients/service-account.ts'
import type { JsonObject } from '../oauth/json.ts'

/**
 * Where the registry is kept. A backend implements all of this; a verb asks only for the part that it needs.
 *
 * What every backend guarantees, and `testing/store-contract.ts` proves:
 * - A promise that resolved has been committed durably: the answer to a client is sent after it.
 * - Each method is one transaction. The audit record is written in the same one, or neither is.
 *   What a credential was last used at is no change of it, and has no audit record.
 * - A method that rejects with `StoreUnavailable` changed nothing.
 * - What was written is seen by the very next call, whoever makes it.
 * - Of concurrent callers who want the same last thing (a use, a revision, a code), exactly one gets it.
 * - Any text is safe to ask for and to store: NUL, unpaired surrogates, ten thousand characters, `__proto__`.
 * - A record is a value: later changes to the object that was handed in change nothing. A record that is handed out is
 *   read-only; it may be frozen, and shared with other callers.
 * - An id that its maker promised to be new (a token's, an account's, a key's) and is not is a defect: the method rejects
 *   with another error than `StoreUnavailable`, and changes nothing.
 */
export interface Store
  extends ClientStore,
    InitialAccessTokenStore,
    ApiKeyStore,
    ServiceAccountStore,
    ArtifactStore,
    AccountStore,
    SigningKeyStore,
    AuditStore {
  /** Resolves when the store can answer a read and take a write; rejects with `StoreUnavailable` otherwise. */
  ready(): Promise<void>
  /** Finishes what was accepted, then closes; what comes later rejects with `StoreUnavailable`. Idempotent. */
  close(): Promise<void>
}

export interface ClientStore {
  /**
   * Creates a client and, in the same transaction, spends one use of `spends` (an initial access token's id), which was
   * last used then, and sets `replayMark`.
   * `token_spent`: the token is unknown, revoked, expired at `client.createdAt`, or has no use left; nothing was written.
   * `statement_replayed`: the mark is there already, expired or not; nothing was written.
   * `id_taken`: another client has that id, or had it before it was deleted; nothing was written.
   */
  createClient(
    client: ClientRecord,
    change: ClientCreation,
  ): Promise<'created' | 'token_spent' | 'statement_replayed' | 'id_taken'>
  /** The client with that id in its newest revision, or undefined. Any text may be asked for. */
  findClient(id: string): Promise<ClientRecord | undefined>
  /** Whether a client has that id, or had it before it was deleted. */
  isClientIdTaken(id: string): Promise<boolean>
  /**
   * Replaces a client whose stored revision is `client.revision - 1` and, in the same transaction, sets `replayMark`.
   * `conflict`: someone else was first. `gone`: there is no such client. `statement_replayed`: the mark is there already.
   * Nothing was written in any of these cases.
   */
  replaceClient(
    client: ClientRecord,
    audit: AuditRecord,
    replayMark?: ReplayMark,
  ): Promise<'replaced' | 'conflict' | 'gone' | 'statement_replayed'>
  /** Deletes a client for good. Of two callers, one gets true. Its id is never given out again. */
  deleteClient(id: string, audit: AuditRecord): Promise<boolean>
}

export interface ClientCreation {
  readonly spends?: string
  readonly replayMark?: ReplayMark
  readonly audit: AuditRecord
}

/** Remembers what counts once: an artifact of this kind and id, without a payload. */
export type ReplayMark = Pick<ArtifactRecord, 'kind' | 'id' | 'expiresAt'>

export interface InitialAccessTokenStore {
  createInitialAccessToken(token: InitialAccessTokenRecord, audit: AuditRecord): Promise<void>
  /** The token, also when it is expired, spent or revoked (the caller says so better), or undefined. */
  findInitialAccessToken(id: string): Promise<InitialAccessTokenRecord | undefined>
  /** The newest first, at most `limit`; those made before the token `before`, when given. */
  listInitialAccessTokens(page: PageOfKeys): Promise<readonly InitialAccessTokenRecord[]>
  /** Ends it at `at`. Of two callers one gets true; false, and nothing written, when it is unknown or revoked already. */
  revokeInitialAccessToken(id: string, at: number, audit: AuditRecord): Promise<boolean>
}

/** A part of a list whose ids are encoded keys. */
export interface PageOfKeys {
  readonly limit: number
  /** The last id of the part before. */
  readonly before?: string
}

export interface ApiKeyStore {
  createApiKey(key: ApiKeyRecord, audit: AuditRecord): Promise<void>
  /** The key, also when it is expired or revoked (the caller says so better), or undefined. */
  findApiKey(id: string): Promise<ApiKeyRecord | undefined>
  /** The newest first, at most `limit`; those made before the key `before`, when given. */
  listApiKeys(page: PageOfKeys): Promise<readonly ApiKeyRecord[]>
  /** Ends it at `at`. Of two callers one gets true; false, and nothing written, when it is unknown or revoked already. */
  revokeApiKey(id: string, at: number, audit: AuditRecord): Promise<boolean>
  /** Sets `lastUsedAt` forward to `at`, never back. No error when there is no such key. */
  noteApiKeyUse(id: string, at: number): Promise<void>
}

export interface ServiceAccountStore {
  /** `name_taken`: nothing was written. */
  createServiceAccount(account: ServiceAccountRecord, audit: AuditRecord): Promise<'created' | 'name_taken'>
  findServiceAccount(name: string): Promise<ServiceAccountRecord | undefined>
  /** By the time of their making, at most `limit`; those behind the account `after`, when given. */
  listServiceAccounts(page: {
    readonly limit: number
    readonly after?: string
  }): Promise<readonly ServiceAccountRecord[]>
  /** Deletes it for good. Of two callers, one gets true. The name is free again; nothing may be owned by it. */
  deleteServiceAccount(name: string, audit: AuditRecord): Promise<boolean>
  /** Sets `lastUsedAt` forward to `at`, never back. No error when there is no such account. */
  noteServiceAccountUse(name: string, at: number): Promise<void>
}

/** What the authorization server keeps for a while: codes, tokens, grants, sessions, interactions, replay marks. */
export interface ArtifactRecord {
  /** The engine's model name: `AccessToken`, `Session`, … Part of the identity. */
  readonly kind: string
  /** Found by this. Growing text (see `runtime/time-ordered.ts`) wherever we choose it; any text otherwise. */
  readonly id: string
  /** SHA-256 of the bearer value, where the artifact is one; the value itself is not stored. */
  readonly hash?: string
  readonly payload: JsonObject
  readonly clientId?: string
  readonly grantId?: string
  /** A session's or an interaction's second name. */
  readonly uid?: string
  readonly userCode?: string
  /** Epoch seconds; absent for never. */
  readonly expiresAt?: number
  /** Epoch seconds of the first use, for what may be used once. */
  readonly consumedAt?: number
}

export interface ArtifactStore {
  /** Creates the artifact, or replaces the one of the same kind and id. */
  saveArtifact(artifact: ArtifactRecord): Promise<void>
  /** The artifact, also when expired or consumed (the caller says so better), or undefined. */
  findArtifact(kind: string, id: string): Promise<ArtifactRecord | undefined>
  findArtifactByUid(kind: string, uid: string): Promise<ArtifactRecord | undefined>
  findArtifactByUserCode(kind: string, userCode: string): Promise<ArtifactRecord | undefined>
  /**
   * Marks an artifact as used. Exactly one caller ever gets true; false for consumed or unknown ones.
   * `payload`, when given, replaces the artifact's payload in the same transaction.
   */
  consumeArtifact(kind: string, id: string, at: number, payload?: JsonObject): Promise<boolean>
  /** Deletes one; no error when there is none. */
  deleteArtifact(kind: string, id: string): Promise<void>
  /** Deletes every artifact of a grant, the grant's own record (kind `Grant`, that id) included. */
  deleteArtifactsOfGrant(grantId: string): Promise<void>
  /** Deletes at most `limit` artifacts that expired before `now`; how many it deleted. */
  deleteExpiredArtifacts(now: number, limit: number): Promise<number>
}

/** An end-user who can sign in. */
export interface AccountRecord {
  /** The `sub` of ID Tokens of public subject type. */
  readonly id: string
  /** As compared: trimmed and lower-cased. */
  readonly email: string
  /** argon2id, in PHC text. */
  readonly passwordHash: string
  readonly createdAt: number
}

export interface AccountStore {
  /** `email_taken`: nothing was written. */
  createAccount(account: AccountRecord, audit: AuditRecord): Promise<'created' | 'email_taken'>
  findAccount(id: string): Promise<AccountRecord | undefined>
  findAccountByEmail(email: string): Promise<AccountRecord | undefined>
}

/** A key of the authorization server. */
export interface SigningKeyRecord {
  readonly kid: string
  readonly alg: string
  readonly publicJwk: JsonObject
  /** The private JWK, sealed with context `signing_key:<kid>`. */
  readonly sealedPrivateJwk: string
  readonly createdAt: number
  /** Epoch seconds since when it no longer signs; absent for keys that sign. It stays published until `deleteAfter`. */
  readonly retiredAt?: number
  /** Epoch seconds after which nothing that it signed is valid any more. */
  readonly deleteAfter?: number
}

export interface SigningKeyStore {
  /** All keys, oldest first; of the same second, in the order in which they were written. */
  listSigningKeys(): Promise<readonly SigningKeyRecord[]>
  /** Writes the first keys. False, and nothing written, when there are keys already: two instances may start at once. */
  createFirstSigningKeys(keys: readonly SigningKeyRecord[], audit: AuditRecord): Promise<boolean>
  /** Adds `added`, and retires every key of the same `alg` that still signs. */
  rotateSigningKey(
    added: SigningKeyRecord,
    retired: { readonly at: number; readonly deleteAfter: number },
    audit: AuditRecord,
  ): Promise<void>
  /** Deletes a retired key. Of two callers, one gets true; false, and nothing written, for a key that signs. */
  deleteSigningKey(kid: string, audit: AuditRecord): Promise<boolean>
}

/** What happened, to what, by whom. Never a secret, never a token. */
export interface AuditRecord {
  readonly action: AuditAction
  /** Epoch seconds. */
  readonly at: number
  /** The client, token, account or key that it happened to. */
  readonly subject: string
  /** The gate or the operator, and the id of their credential's record. */
  readonly actor: string
  readonly detail?: JsonObject
}

export type AuditAction =
  | 'client.registered'
  | 'client.updated'
  | 'client.deleted'
  | 'client.used_unregistered'
  | 'initial_access_token.created'
  | 'initial_access_token.revoked'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'service_account.created'
  | 'service_account.deleted'
  | 'account.created'
  | 'signing_keys.created'
  | 'signing_key.rotated'
  | 'signing_key.deleted'

export interface AuditStore {
  /** Writes a record about something that changed nothing else here. */
  appendAudit(record: AuditRecord): Promise<void>
  /** The newest records first, at most `limit`; about `subject` only, when given. */
  listAudit(query: { readonly subject?: string; readonly limit: number }): Promise<readonly AuditRecord[]>
}

/** The store could not be reached or could not write. Nothing was changed; the caller may try again. */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('the store is unavailable', { cause })
    this.name = 'StoreUnavailable'
  }
}
