import type { Database } from 'better-sqlite3'
import type { ApiKeyRecord } from '../../clients/api-key.ts'
import { decodeKey, encodeKey } from '../../clients/credential.ts'
import type { ApiKeyStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import { keyedCredentials } from './keyed-credentials.ts'
import type { Reads } from './reads.ts'

interface ApiKeyRow {
  readonly key: number
  readonly hash: string
  /** JSON of `Terms`. */
  readonly terms: string
  readonly expires_at: number | null
  readonly created_at: number
  readonly last_used_at: number | null
  readonly revoked_at: number | null
}

type Terms = Pick<ApiKeyRecord, 'label' | 'owner' | 'policy' | 'permissions'>

/** API keys, under the key that they carry. */
export function createSqliteApiKeys(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): ApiKeyStore {
  const insert = database.prepare(
    `INSERT INTO api_keys (key, hash, terms, expires_at, created_at, last_used_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const noteUse = database.prepare<[number, number, number]>(
    'UPDATE api_keys SET last_used_at = ? WHERE key = ? AND (last_used_at < ? OR last_used_at IS NULL)',
  )
  const credentials = keyedCredentials('api_keys', toRecord, { database, reads, commit, audit })
  return {
    async createApiKey(apiKey, record) {
      const { id, hash, expiresAt, createdAt, lastUsedAt, revokedAt, ...terms } = apiKey
      const key = decodeKey(id)
      if (key === undefined) throw new Error('the id of an API key is an encoded key')
      const json = JSON.stringify(terms satisfies Terms)
      const values = [key, hash, json, expiresAt, createdAt, lastUsedAt ?? null, revokedAt ?? null]
      const prepared = prepareAudit(record)
      const created = await commit.write(() => {
        if (insert.run(...values).changes === 0) return false
        audit.append(prepared)
        return true
      })
      if (!created) throw new Error('an API key with this id exists')
    },
    findApiKey: async (id) => credentials.find(id),
    listApiKeys: async (query) => credentials.list(query),
    revokeApiKey: (id, at, record) => credentials.revoke(id, at, record),
    async noteApiKeyUse(id, at) {
      const key = decodeKey(id)
      if (key !== undefined) await commit.write(() => void noteUse.run(at, key, at))
    },
  }
}

function toRecord(row: ApiKeyRow): ApiKeyRecord {
  return {
    id: encodeKey(row.key),
    hash: row.hash,
    ...(JSON.parse(row.terms) as Terms),
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }
}
