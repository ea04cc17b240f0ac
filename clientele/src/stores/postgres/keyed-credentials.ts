import { decodeKey } from '../../clients/credential.ts'
import type { AuditRecord, PageOfKeys } from '../store.ts'
import type { PrepareAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import type { Row, Table } from './table.ts'
import type { Tables } from './tables.ts'

/** Below this are all keys: where a list that shows the newest first begins. */
const LAST_PAGE_KEY = Number.MAX_SAFE_INTEGER

/** What all credentials that carry their record's key are asked: made, found by it, listed newest first, revoked once. */
export interface KeyedCredentials<Credential> {
  create(what: string, id: string, record: AuditRecord, row: Row): Promise<void>
  find(id: string): Promise<Credential | undefined>
  list(query: PageOfKeys): Promise<readonly Credential[]>
  revoke(id: string, at: number, record: AuditRecord): Promise<boolean>
  noteUse(id: string, at: number): Promise<void>
}

export interface KeyedCredentialsDeps {
  readonly schema: string
  readonly tables: Tables
  readonly reads: Reads
  readonly commit: GroupCommit
  readonly prepareAudit: PrepareAudit
}

/** What became of a credential, out of its row. */
export function readUse(row: Row): { readonly lastUsedAt?: number; readonly revokedAt?: number } {
  return {
    ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
    ...(row.revoked_at === null ? {} : { revokedAt: Number(row.revoked_at) }),
  }
}

export function keyedCredentials<Credential>(
  table: Table,
  toRecord: (row: Row) => Credential,
  { schema, tables, reads, commit, prepareAudit }: KeyedCredentialsDeps,
): KeyedCredentials<Credential> {
  const from = `SELECT ${table.columns.join(', ')} FROM ${schema}.${table.name}`
  const select = { name: `${table.name}_find`, text: `${from} WHERE key = $1` }
  const selectPage = {
    name: `${table.name}_page`,
    text: `${from} WHERE key < $1 ORDER BY key DESC LIMIT $2`,
  }
  return {
    async create(what, id, record, row) {
      const key = decodeKey(id)
      if (key === undefined) throw new Error(`the id of ${what} is an encoded key`)
      const audit = prepareAudit(record)
      const created = await commit.write({
        needs: [{ table, key, isNew: true }],
        run(set) {
          if (set.get(table, key)) return false
          set.set(table, key, { ...row, key })
          set.add(tables.audit, audit())
          return true
        },
      })
      if (!created) throw new Error(`${what} with this id exists`)
    },
    async find(id) {
      const key = decodeKey(id)
      // Asked even for no key at all, so that a closed store refuses whatever it is asked.
      const [row] = await reads<Row>(select, [key ?? -1])
      return row && toRecord(row)
    },
    async list({ limit, before }) {
      const below = before === undefined ? LAST_PAGE_KEY : decodeKey(before)
      if (below === undefined) return []
      return (await reads<Row>(selectPage, [below, Math.max(0, limit)])).map(toRecord)
    },
    async revoke(id, at, record) {
      const key = decodeKey(id)
      if (key === undefined) return false
      const audit = prepareAudit(record)
      return commit.write({
        needs: [{ table, key }],
        run(set) {
          const row = set.get(table, key)
          if (!row || row.revoked_at !== null) return false
          set.set(table, key, { ...row, revoked_at: at })
          set.add(tables.audit, audit())
          return true
        },
      })
    },
    async noteUse(id, at) {
      const key = decodeKey(id)
      if (key === undefined) return
      await commit.write({
        needs: [{ table, key }],
        run(set) {
          const row = set.get(table, key)
          if (row && Number(row.last_used_at ?? -1) < at) set.set(table, key, { ...row, last_used_at: at })
        },
      })
    },
  }
}
