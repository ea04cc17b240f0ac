import type { Database } from 'better-sqlite3'
import type { ServiceAccountRecord } from '../../clients/service-account.ts'
import type { ServiceAccountStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStored } from './stored-text.ts'

interface ServiceAccountRow {
  readonly position: number
  readonly name: StoredText
  readonly password_hash: string
  /** JSON of `Terms`. */
  readonly terms: string
  readonly created_at: number
  readonly last_used_at: number | null
}

type Terms = Pick<ServiceAccountRecord, 'label' | 'owner' | 'permissions'>

/** Those who show a name and a password (RFC 7617). Few, so they are found by an index on the name. */
export function createSqliteServiceAccounts(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): ServiceAccountStore {
  const insert = database.prepare(
    `INSERT INTO service_accounts (name, password_hash, terms, created_at, last_used_at)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const select = database.prepare<[StoredText], ServiceAccountRow>(
    'SELECT * FROM service_accounts WHERE name = ?',
  )
  const selectPage = database.prepare<[number, number], ServiceAccountRow>(
    'SELECT * FROM service_accounts WHERE position > ? ORDER BY position LIMIT ?',
  )
  const remove = database.prepare<[StoredText]>('DELETE FROM service_accounts WHERE name = ?')
  const noteUse = database.prepare<[number, StoredText, number]>(
    'UPDATE service_accounts SET last_used_at = ? WHERE name = ? AND (last_used_at < ? OR last_used_at IS NULL)',
  )
  return {
    async createServiceAccount(account, record) {
      const { name, passwordHash, createdAt, lastUsedAt, ...terms } = account
      const json = JSON.stringify(terms satisfies Terms)
      const prepared = prepareAudit(record)
      return commit.write(() => {
        const values = [toStored(name), passwordHash, json, createdAt, lastUsedAt ?? null]
        if (insert.run(...values).changes === 0) return 'name_taken'
        audit.append(prepared)
        return 'created'
      })
    },
    async findServiceAccount(name) {
      const row = reads(() => select.get(toStored(name)))
      return row && toRecord(row)
    },
    async listServiceAccounts({ limit, after }) {
      const rows = reads(() => {
        const behind = after === undefined ? 0 : select.get(toStored(after))?.position
        return behind === undefined ? [] : selectPage.all(behind, Math.max(0, limit))
      })
      return rows.map(toRecord)
    },
    async deleteServiceAccount(name, record) {
      const prepared = prepareAudit(record)
      return commit.write(() => {
        if (remove.run(toStored(name)).changes === 0) return false
        audit.append(prepared)
        return true
      })
    },
    async noteServiceAccountUse(name, at) {
      await commit.write(() => void noteUse.run(at, toStored(name), at))
    },
  }
}

function toRecord(row: ServiceAccountRow): ServiceAccountRecord {
  return {
    name: fromStored(row.name),
    passwordHash: row.password_hash,
    ...(JSON.parse(row.terms) as Terms),
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  }
}
