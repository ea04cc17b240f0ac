import type { ServiceAccountRecord } from '../../clients/service-account.ts'
import type { Keys } from '../../runtime/time-ordered.ts'
import type { ServiceAccountStore } from '../store.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { toName } from './stored-name.ts'
import type { Row } from './table.ts'

type Kept = Omit<ServiceAccountRecord, 'lastUsedAt'>

/** Those who show a name and a password (RFC 7617), under their names. `position` says in which order they were made. */
export function createPostgresServiceAccounts(
  { schema, tables, reads, commit, prepareAudit }: KeyedCredentialsDeps,
  keys: Keys,
): ServiceAccountStore {
  const table = tables.serviceAccounts
  const from = `SELECT ${table.columns.join(', ')} FROM ${schema}.${table.name}`
  const select = { name: 'service_accounts_find', text: `${from} WHERE key = $1` }
  const selectFirst = {
    name: 'service_accounts_first',
    text: `${from} ORDER BY position, key LIMIT $1`,
  }
  const selectBehind = {
    name: 'service_accounts_behind',
    text: `${from} WHERE (position, key) > ($2, $3) ORDER BY position, key LIMIT $1`,
  }
  return {
    async createServiceAccount(account, record) {
      const { lastUsedAt, ...kept } = account
      const key = toName(account.name)
      const row = {
        key,
        position: keys.next(),
        record: JSON.stringify(kept satisfies Kept),
        last_used_at: lastUsedAt ?? null,
      }
      const audit = prepareAudit(record)
      return commit.write<'created' | 'name_taken'>({
        needs: [{ table, key }],
        run(set) {
          if (set.get(table, key)) return 'name_taken'
          set.set(table, key, row)
          set.add(tables.audit, audit())
          return 'created'
        },
      })
    },
    async findServiceAccount(name) {
      const [row] = await reads<Row>(select, [toName(name)])
      return row && toRecord(row)
    },
    async listServiceAccounts({ limit, after }) {
      const atMost = Math.max(0, limit)
      if (after === undefined) return (await reads<Row>(selectFirst, [atMost])).map(toRecord)
      const [behind] = await reads<Row>(select, [toName(after)])
      if (!behind) return []
      return (await reads<Row>(selectBehind, [atMost, behind.position, behind.key])).map(toRecord)
    },
    async deleteServiceAccount(name, record) {
      const key = toName(name)
      const audit = prepareAudit(record)
      return commit.write({
        needs: [{ table, key }],
        run(set) {
          if (!set.get(table, key)) return false
          set.set(table, key, undefined)
          set.add(tables.audit, audit())
          return true
        },
      })
    },
    async noteServiceAccountUse(name, at) {
      const key = toName(name)
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

function toRecord(row: Row): ServiceAccountRecord {
  return {
    ...(JSON.parse(String(row.record)) as Kept),
    ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
  }
}
