import type { AccountStore } from './store/accounts.ts'
import type { ArtifactStore } from './store/artifacts.ts'
import type { AuditStore } from './store/audit.ts'
import type { ClientStore } from './store/clients.ts'
import type { ApiKeyStore, InitialAccessTokenStore, ServiceAccountStore } from './store/credentials.ts'
import type { AuditFeed, CursorStore } from './store/feed.ts'
import type { LeaseStore } from './store/leases.ts'
import type { SigningKeyStore } from './store/signing-keys.ts'

export type { AccountRecord, AccountStore } from './store/accounts.ts'
export type { ArtifactRecord, ArtifactStore, ReplayMark } from './store/artifacts.ts'
export type { AuditAction, AuditRecord, AuditStore } from './store/audit.ts'
export type {
  Budget,
  BudgetExhausted,
  ClientCreation,
  ClientReplacement,
  ClientStore,
} from './store/clients.ts'
export type {
  ApiKeyStore,
  InitialAccessTokenStore,
  PageOfKeys,
  ServiceAccountStore,
} from './store/credentials.ts'
export type { AuditFeed, CursorStore, FeedEntry } from './store/feed.ts'
export type { Lease, LeaseStore } from './store/leases.ts'
export type { SigningKeyRecord, SigningKeyStore } from './store/signing-keys.ts'

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
    AuditStore,
    AuditFeed,
    CursorStore,
    LeaseStore {
  /** Resolves when the store can answer a read and take a write; rejects with `StoreUnavailable` otherwise. */
  ready(): Promise<void>
  /** Finishes what was accepted, then closes; what comes later rejects with `StoreUnavailable`. Idempotent. */
  close(): Promise<void>
}

/** The store could not be reached or could not write. Nothing was changed; the caller may try again. */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('the store is unavailable', { cause })
    this.name = 'StoreUnavailable'
  }
}
