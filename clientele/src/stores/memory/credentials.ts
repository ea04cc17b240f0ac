import type { ApiKeyRecord } from '../../clients/api-key.ts'
import { decodeKey } from '../../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../../clients/initial-access-token.ts'
import type { ServiceAccountRecord } from '../../clients/service-account.ts'
import type {
  ApiKeyStore,
  AuditRecord,
  InitialAccessTokenStore,
  PageOfKeys,
  ServiceAccountStore,
} from '../store.ts'
import { copy } from './copy.ts'

/** What a creation does with the token that it spends. */
export interface TokenUses {
  /** Takes one use. False, and nothing changed, when the token is unknown, revoked, expired at `at`, or has none left. */
  take(id: string, at: number): boolean
}

/** Stored credentials: initial access tokens, API keys, service accounts. */
export function createMemoryCredentials(
  checkOpen: () => void,
  append: (record: AuditRecord) => void,
): InitialAccessTokenStore & ApiKeyStore & ServiceAccountStore & TokenUses {
  const tokens = new Map<string, InitialAccessTokenRecord>()
  const apiKeys = new Map<string, ApiKeyRecord>()
  const serviceAccounts = new Map<string, ServiceAccountRecord>()

  function revoke<T extends Revocable>(records: Map<string, T>, id: string, at: number, record: AuditRecord) {
    checkOpen()
    const found = records.get(id)
    if (!found || found.revokedAt !== undefined) return false
    records.set(id, { ...found, revokedAt: at })
    append(record)
    return true
  }

  return {
    take(id, at) {
      const token = tokens.get(id)
      if (!token || token.usesLeft === 0 || token.revokedAt !== undefined) return false
      if (token.expiresAt !== null && token.expiresAt <= at) return false
      const usesLeft = token.usesLeft === null ? null : token.usesLeft - 1
      tokens.set(id, { ...token, usesLeft, lastUsedAt: at })
      return true
    },
    async createInitialAccessToken(token, record) {
      checkOpen()
      if (tokens.has(token.id)) throw new Error('an initial access token with this id exists')
      tokens.set(token.id, copy(token))
      append(record)
    },
    async findInitialAccessToken(id) {
      checkOpen()
      return copy(tokens.get(id))
    },
    async listInitialAccessTokens(page) {
      checkOpen()
      return newestFirst(tokens, page)
    },
    revokeInitialAccessToken: async (id, at, record) => revoke(tokens, id, at, record),

    async createApiKey(key, record) {
      checkOpen()
      if (apiKeys.has(key.id)) throw new Error('an API key with this id exists')
      apiKeys.set(key.id, copy(key))
      append(record)
    },
    async findApiKey(id) {
      checkOpen()
      return copy(apiKeys.get(id))
    },
    async listApiKeys(page) {
      checkOpen()
      return newestFirst(apiKeys, page)
    },
    revokeApiKey: async (id, at, record) => revoke(apiKeys, id, at, record),
    async noteApiKeyUse(id, at) {
      checkOpen()
      noteUse(apiKeys, id, at)
    },

    async createServiceAccount(account, record) {
      checkOpen()
      if (serviceAccounts.has(account.name)) return 'name_taken'
      serviceAccounts.set(account.name, copy(account))
      append(record)
      return 'created'
    },
    async findServiceAccount(name) {
      checkOpen()
      return copy(serviceAccounts.get(name))
    },
    async listServiceAccounts({ limit, after }) {
      checkOpen()
      const all = [...serviceAccounts.values()]
      const behind = after === undefined ? 0 : all.findIndex(({ name }) => name === after) + 1
      return behind === 0 && after !== undefined ? [] : all.slice(behind, behind + limit).map(copy)
    },
    async deleteServiceAccount(name, record) {
      checkOpen()
      if (!serviceAccounts.delete(name)) return false
      append(record)
      return true
    },
    async noteServiceAccountUse(name, at) {
      checkOpen()
      noteUse(serviceAccounts, name, at)
    },
  }
}

interface Revocable {
  readonly id: string
  readonly revokedAt?: number
}

function newestFirst<T extends Revocable>(records: Map<string, T>, { limit, before }: PageOfKeys): T[] {
  if (before !== undefined && decodeKey(before) === undefined) return []
  // Encoded keys sort like the numbers that they are.
  const older = [...records.values()].filter(({ id }) => before === undefined || id < before)
  return older
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(copy)
}

function noteUse<T extends { readonly lastUsedAt?: number }>(
  records: Map<string, T>,
  name: string,
  at: number,
): void {
  const found = records.get(name)
  if (found && (found.lastUsedAt ?? 0) < at) records.set(name, { ...found, lastUsedAt: at })
}
