import type { Database } from 'better-sqlite3'
import { decodeKey } from '../../clients/credential.ts'
import type { AuditRecord } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'

/** Below this are all keys: where a list that shows the newest first begins. */
const LAST_PAGE_KEY = Number.MAX_SAFE_INTEGER

/** What all credentials that carry their record's key are asked: found by it, listed newest first, revoked once. */
export interface KeyedCredentials<Credential> {
  find(id: string): Credential | undefined
  list(query: { readonly limit: number; readonly before?: string }): readonly Credential[]
  revoke(id: string, at: number, record: AuditRecord): Promise<boolean>
}

/** Those of `table`, whose columns `key` and `revoked_at` mean what their names say. */
export function keyedCredentials<Row, Credential>(
  table: 'api_keys' | 'initial_access_tokens',
  toRecord: (row: Row) => Credential,
  { database, reads, commit, audit }: KeyedCredentialsDeps,
): KeyedCredentials<Credential> {
  const select = database.prepare<[number], Row>(`SELECT * FROM ${table} WHERE key = ?`)
  const selectPage = database.prepare<[number, number], Row>(
    `SELECT * FROM ${table} WHERE key < ? ORDER BY key DESC LIMIT ?`,
  )
  const revoke = database.prepare<[number, number]>(
    `UPDATE ${table} SET revoked_at = ? WHERE key = ? AND revoked_at IS NULL`,
  )
  return {
    find(id) {
      const key = decodeKey(id)
      const row = reads(() => (key === undefined ? undefined : select.get(key)))
      return row && toRecord(row)
    },
    list({ limit, before }) {
      const below = before === undefined ? LAST_PAGE_KEY : decodeKey(before)
      if (below === undefined) return []
      return reads(() => selectPage.all(below, Math.max(0, limit))).map(toRecord)
    },
    async revoke(id, at, record) {
      const key = decodeKey(id)
      if (key === undefined) return false
      const prepared = prepareAudit(record)
      return commit.write(() => {
        if (revoke.run(at, key).changes === 0) return false
        audit.append(prepared)
        return true
      })
    },
  }
}

interface KeyedCredentialsDeps {
  readonly database: Database
  readonly reads: Reads
  readonly commit: GroupCommit
  readonly audit: SqliteAudit
}
