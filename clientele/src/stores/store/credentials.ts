import type { ApiKeyRecord } from '../../clients/api-key.ts'
import type { InitialAccessTokenRecord } from '../../clients/initial-access-token.ts'
import type { ServiceAccountRecord } from '../../clients/service-account.ts'
import type { AuditRecord } from './audit.ts'

/** What callers show at the gates. Part of the contract in `stores/store.ts`. */
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
