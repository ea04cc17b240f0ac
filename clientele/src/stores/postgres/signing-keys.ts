import type { AuditRecord, SigningKeyRecord, SigningKeyStore } from '../store.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import type { Query } from './line.ts'
import { toName } from './stored-name.ts'
import { toColumns } from './table.ts'

/**
 * The keys of the authorization server, their private parts sealed by their maker. They change once in months, so whoever
 * changes them locks them all, by the row that stands for them, in a table that authorization hosts may lock.
 */
export function createPostgresSigningKeys({
  schema,
  tables,
  reads,
  commit,
  prepareAudit,
}: KeyedCredentialsDeps): SigningKeyStore {
  const selectAll = {
    name: 'signing_keys_all',
    text: `SELECT record FROM ${schema}.signing_keys ORDER BY created_at, position`,
  }
  const lock = {
    name: 'signing_keys_lock',
    text: `SELECT name FROM ${schema}.authorization_locks WHERE name = 'signing_keys' FOR UPDATE`,
  }
  const rowsNow = {
    name: 'signing_keys_rows',
    text: `SELECT key, position, record FROM ${schema}.signing_keys ORDER BY position`,
  }
  const insert = {
    name: 'signing_keys_insert',
    text: `INSERT INTO ${schema}.signing_keys (key, position, created_at, record)
           SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])`,
  }
  const retire = {
    name: 'signing_keys_retire',
    text: `UPDATE ${schema}.signing_keys AS t SET record = u.record
           FROM unnest($1::text[], $2::text[]) AS u (key, record) WHERE t.key = u.key`,
  }
  const remove = { name: 'signing_keys_remove', text: `DELETE FROM ${schema}.signing_keys WHERE key = $1` }

  async function readLocked(query: Query): Promise<readonly SigningKeyRow[]> {
    await query(lock)
    return (await query<SigningKeyRow>(rowsNow)).rows
  }
  function add(query: Query, keys: readonly SigningKeyRecord[], behind: number) {
    const rows = keys.map((key, index) => ({
      key: toName(key.kid),
      position: behind + 1 + index,
      created_at: key.createdAt,
      record: JSON.stringify(key),
    }))
    return query(insert, toColumns(['key', 'position', 'created_at', 'record'], rows))
  }
  async function audit(query: Query, record: AuditRecord) {
    const rows = [prepareAudit(record)()]
    await query(tables.audit.insert, toColumns(tables.audit.columns, rows))
    const { statement, values } = tables.audit.accompany!(rows)
    await query(statement, values)
  }

  return {
    async listSigningKeys() {
      return (await reads<SigningKeyRow>(selectAll)).map(parse)
    },
    async createFirstSigningKeys(keys, record) {
      if (new Set(keys.map((key) => key.kid)).size < keys.length)
        throw new Error('two signing keys have one kid')
      const kept = structuredClone(keys)
      return commit.alone(async (query) => {
        if ((await readLocked(query)).length > 0) return false
        await add(query, kept, 0)
        await audit(query, record)
        return true
      })
    },
    async rotateSigningKey(added, { at, deleteAfter }, record) {
      const kept = structuredClone(added)
      const rotated = await commit.alone(async (query) => {
        const rows = await readLocked(query)
        if (rows.some((row) => row.key === toName(kept.kid))) return false
        const retired = rows
          .map((row) => ({ ...row, parsed: parse(row) }))
          .filter(({ parsed }) => parsed.alg === kept.alg && parsed.retiredAt === undefined)
          .map(({ key, parsed }) => ({
            key,
            record: JSON.stringify({ ...parsed, retiredAt: at, deleteAfter }),
          }))
        await query(retire, toColumns(['key', 'record'], retired))
        await add(query, [kept], rows.at(-1)?.position ?? 0)
        await audit(query, record)
        return true
      })
      if (!rotated) throw new Error('a signing key with this kid exists')
    },
    async deleteSigningKey(kid, record) {
      return commit.alone(async (query) => {
        const row = (await readLocked(query)).find(({ key }) => key === toName(kid))
        if (!row || parse(row).retiredAt === undefined) return false
        await query(remove, [row.key])
        await audit(query, record)
        return true
      })
    },
  }
}

interface SigningKeyRow {
  readonly key: string
  readonly position: number
  readonly record: string
}

function parse(row: SigningKeyRow): SigningKeyRecord {
  return JSON.parse(row.record) as SigningKeyRecord
}
