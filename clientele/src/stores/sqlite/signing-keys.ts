import type { Database } from 'better-sqlite3'
import type { JsonObject } from '../../oauth/json.ts'
import type { SigningKeyRecord, SigningKeyStore } from '../store.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStored } from './stored-text.ts'

/** The keys of the authorization server, their private parts sealed by their maker. */
export function createSqliteSigningKeys(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
): SigningKeyStore {
  const insert = database.prepare(
    `INSERT INTO signing_keys (kid, alg, public_jwk, sealed_private_jwk, created_at, retired_at, delete_after)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectAll = database.prepare<[], SigningKeyRow>(
    'SELECT * FROM signing_keys ORDER BY created_at, position',
  )
  const exists = database.prepare<[StoredText], 1>('SELECT 1 FROM signing_keys WHERE kid = ?').pluck()
  const count = database.prepare<[], number>('SELECT count(*) FROM signing_keys').pluck()
  const retire = database.prepare<[number, number, string]>(
    'UPDATE signing_keys SET retired_at = ?, delete_after = ? WHERE alg = ? AND retired_at IS NULL',
  )
  const remove = database.prepare<[StoredText]>(
    'DELETE FROM signing_keys WHERE kid = ? AND retired_at IS NOT NULL',
  )

  return {
    async listSigningKeys() {
      return reads(() => selectAll.all()).map(toRecord)
    },
    async createFirstSigningKeys(keys, record) {
      if (new Set(keys.map((key) => key.kid)).size < keys.length)
        throw new Error('two signing keys have one kid')
      const rows = keys.map(toValues)
      const prepared = prepareAudit(record)
      return commit.write(() => {
        if (count.get() !== 0) return false
        for (const row of rows) insert.run(...row)
        audit.append(prepared)
        return true
      })
    },
    async rotateSigningKey(added, retired, record) {
      const { kid, alg } = added
      const { at, deleteAfter } = retired
      const row = toValues(added)
      const prepared = prepareAudit(record)
      const rotated = await commit.write(() => {
        if (exists.get(toStored(kid))) return false
        retire.run(at, deleteAfter, alg)
        insert.run(...row)
        audit.append(prepared)
        return true
      })
      if (!rotated) throw new Error('a signing key with this kid exists')
    },
    async deleteSigningKey(kid, record) {
      const prepared = prepareAudit(record)
      return commit.write(() => {
        if (remove.run(toStored(kid)).changes === 0) return false
        audit.append(prepared)
        return true
      })
    },
  }
}

interface SigningKeyRow {
  readonly kid: StoredText
  readonly alg: string
  readonly public_jwk: string
  readonly sealed_private_jwk: string
  readonly created_at: number
  readonly retired_at: number | null
  readonly delete_after: number | null
}

function toValues(key: SigningKeyRecord): readonly unknown[] {
  return [
    toStored(key.kid),
    key.alg,
    JSON.stringify(key.publicJwk),
    key.sealedPrivateJwk,
    key.createdAt,
    key.retiredAt ?? null,
    key.deleteAfter ?? null,
  ]
}

function toRecord(row: SigningKeyRow): SigningKeyRecord {
  return {
    kid: fromStored(row.kid),
    alg: row.alg,
    publicJwk: JSON.parse(row.public_jwk) as JsonObject,
    sealedPrivateJwk: row.sealed_private_jwk,
    createdAt: row.created_at,
    ...(row.retired_at === null ? {} : { retiredAt: row.retired_at }),
    ...(row.delete_after === null ? {} : { deleteAfter: row.delete_after }),
  }
}
