import type { Database } from 'better-sqlite3'
import { decodeKey } from '../../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../../clients/initial-access-token.ts'
import type { InitialAccessTokenStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStoredOrNull } from './stored-text.ts'

/** What a creation does with the token that it spends, within its own transaction. */
export interface TokenUses {
  /** Takes one use. False, and nothing written, when the token is unknown, expired at `at`, or has none left. */
  take(id: string, at: number): boolean
  /** Undoes a `take` of the same transaction. */
  giveBack(id: string): void
}

interface TokenRow {
  readonly hash: string
  readonly label: StoredText | null
  readonly uses_left: number | null
  readonly expires_at: number | null
  readonly created_at: number
}

/** Initial access tokens (RFC 7591 §1.2), under the key that the token carries. */
export function createSqliteInitialAccessTokens(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): InitialAccessTokenStore & TokenUses {
  const insert = database.prepare(
    `INSERT INTO initial_access_tokens (key, hash, label, uses_left, expires_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = database.prepare<[number], TokenRow>('SELECT * FROM initial_access_tokens WHERE key = ?')
  // Check and write in one statement: under load this is every registration. No limit is null, and null minus one is null.
  const takeUse = database.prepare<[number, number]>(
    `UPDATE initial_access_tokens SET uses_left = uses_left - 1
     WHERE key = ? AND (uses_left > 0 OR uses_left IS NULL) AND (expires_at > ? OR expires_at IS NULL)`,
  )
  const giveUseBack = database.prepare<[number]>(
    'UPDATE initial_access_tokens SET uses_left = uses_left + 1 WHERE key = ?',
  )
  return {
    async createInitialAccessToken(token, record) {
      const key = decodeKey(token.id)
      if (key === undefined) throw new Error('the id of an initial access token is an encoded key')
      const { hash, usesLeft, expiresAt, createdAt } = token
      const label = toStoredOrNull(token.label)
      const prepared = prepareAudit(record)
      const created = await commit.write(() => {
        if (insert.run(key, hash, label, usesLeft, expiresAt, createdAt).changes === 0) return false
        audit.append(prepared)
        return true
      })
      if (!created) throw new Error('an initial access token with this id exists')
    },
    async findInitialAccessToken(id) {
      const key = decodeKey(id)
      const row = key === undefined ? undefined : reads(() => select.get(key))
      return row && toRecord(id, row)
    },
    take(id, at) {
      const key = decodeKey(id)
      return key !== undefined && takeUse.run(key, at).changes === 1
    },
    giveBack(id) {
      giveUseBack.run(decodeKey(id)!)
    },
  }
}

function toRecord(id: string, row: TokenRow): InitialAccessTokenRecord {
  return {
    id,
    hash: row.hash,
    ...(row.label === null ? {} : { label: fromStored(row.label) }),
    usesLeft: row.uses_left,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  }
}
