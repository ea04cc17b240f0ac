import type { Database } from 'better-sqlite3'
import { decodeKey, encodeKey } from '../../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../../clients/initial-access-token.ts'
import type { InitialAccessTokenStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import { keyedCredentials } from './keyed-credentials.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStoredOrNull } from './stored-text.ts'

/** What a creation does with the token that it spends, within its own transaction. */
export interface TokenUses {
  /** Takes one use. False, and nothing written, when the token is unknown, revoked, expired at `at`, or has none left. */
  take(id: string, at: number): boolean
}

interface TokenRow {
  readonly key: number
  readonly hash: string
  readonly label: StoredText | null
  /** JSON of `Terms`; null for a token without any. */
  readonly terms: string | null
  readonly uses_left: number | null
  readonly expires_at: number | null
  readonly created_at: number
  readonly last_used_at: number | null
  readonly revoked_at: number | null
}

type Terms = Pick<InitialAccessTokenRecord, 'owner' | 'policy' | 'fixed' | 'permissions'>

/** Initial access tokens (RFC 7591 §1.2), under the key that the token carries. */
export function createSqliteInitialAccessTokens(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): InitialAccessTokenStore & TokenUses {
  const insert = database.prepare(
    `INSERT INTO initial_access_tokens
       (key, hash, label, terms, uses_left, expires_at, created_at, last_used_at, revoked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  // Check and write in one statement: under load this is every registration. No limit is null, and null minus one is null.
  const takeUse = database.prepare<[number, number, number]>(
    `UPDATE initial_access_tokens SET uses_left = uses_left - 1, last_used_at = ?
     WHERE key = ? AND (uses_left > 0 OR uses_left IS NULL) AND (expires_at > ? OR expires_at IS NULL)
       AND revoked_at IS NULL`,
  )
  const credentials = keyedCredentials('initial_access_tokens', toRecord, { database, reads, commit, audit })
  return {
    async createInitialAccessToken(token, record) {
      const { id, hash, label, usesLeft, expiresAt, createdAt, lastUsedAt, revokedAt, ...terms } = token
      const key = decodeKey(id)
      if (key === undefined) throw new Error('the id of an initial access token is an encoded key')
      const values = [
        key,
        hash,
        toStoredOrNull(label),
        Object.keys(terms).length === 0 ? null : JSON.stringify(terms satisfies Terms),
        usesLeft,
        expiresAt,
        createdAt,
        lastUsedAt ?? null,
        revokedAt ?? null,
      ]
      const prepared = prepareAudit(record)
      const created = await commit.write(() => {
        if (insert.run(...values).changes === 0) return false
        audit.append(prepared)
        return true
      })
      if (!created) throw new Error('an initial access token with this id exists')
    },
    findInitialAccessToken: async (id) => credentials.find(id),
    listInitialAccessTokens: async (query) => credentials.list(query),
    revokeInitialAccessToken: (id, at, record) => credentials.revoke(id, at, record),
    take(id, at) {
      const key = decodeKey(id)
      return key !== undefined && takeUse.run(at, key, at).changes === 1
    },
  }
}

function toRecord(row: TokenRow): InitialAccessTokenRecord {
  return {
    id: encodeKey(row.key),
    hash: row.hash,
    ...(row.label === null ? {} : { label: fromStored(row.label) }),
    ...(row.terms === null ? {} : (JSON.parse(row.terms) as Terms)),
    usesLeft: row.uses_left,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }
}
