import type { Database } from 'better-sqlite3'
import type { ClientRecord } from '../../clients/client.ts'
import { keyFromUuid } from '../../runtime/time-ordered.ts'
import { claimBudgets } from '../plan-budgets.ts'
import type { ClientStore } from '../store.ts'
import type { ReplayMarks } from './artifacts.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { BudgetUses } from './budgets.ts'
import type { ClientPages } from './client-pages.ts'
import type { ClientTerms } from './client-terms.ts'
import type { GroupCommit } from './group-commit.ts'
import type { TokenUses } from './initial-access-tokens.ts'
import type { Reads } from './reads.ts'
import { createRecentClients, type RecentClients } from './recent-clients.ts'
import { type StoredText, toStored } from './stored-text.ts'

/** Below this are no keys: where a list of all clients begins. */
const BEFORE_ALL_KEYS = Number.MIN_SAFE_INTEGER

/** What is counted, marked or indexed in the transaction that changes a client. */
export type WithinClientChange = TokenUses & ReplayMarks & BudgetUses & ClientTerms

/**
 * Clients. A client whose id is a UUIDv7 of ours lies under the growing integer that the id carries, so that clients who
 * register together share warm pages. Any other id, and a UUIDv7 whose integer another client has already, is found
 * through an index on the text, which holds such clients only; their keys are negative.
 *
 * A deleted client leaves its row behind, without the record: its id is never given out again.
 */
export function createSqliteClients(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
  audit: SqliteAudit,
  within: WithinClientChange,
  pages: ClientPages,
  recent: RecentClients = createRecentClients(),
): Omit<ClientStore, 'countBudget' | 'deleteExpiredBudgets'> {
  const insertKeyed = database.prepare<[number, string, number, string]>(
    'INSERT INTO clients (key, id, revision, record) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const insertNamed = database.prepare<[StoredText, number, string]>(
    `INSERT INTO clients (key, id, revision, record)
     VALUES (coalesce((SELECT max(key) FROM clients WHERE key < 0), -4503599627370496) + 1, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const selectKeyed = database.prepare<[number], ClientRow>(
    'SELECT key, id, revision, record FROM clients WHERE key = ?',
  )
  const selectNamed = database.prepare<[StoredText], ClientRow>(
    'SELECT key, id, revision, record FROM clients WHERE key < 0 AND id = ?',
  )
  const update = database.prepare<[number, string, number]>(
    'UPDATE clients SET revision = ?, record = ? WHERE key = ?',
  )
  const bury = database.prepare<[number]>('UPDATE clients SET record = NULL WHERE key = ?')
  const undoInsert = database.prepare<[number]>('DELETE FROM clients WHERE key = ?')

  function findRow(id: string): ClientRow | undefined {
    const key = keyFromUuid(id)
    const row = key === undefined ? undefined : selectKeyed.get(key)
    return row?.id === id ? row : selectNamed.get(toStored(id))
  }
  /** The key of the new row, or undefined when the id is taken. */
  function insert(id: string, revision: number, record: string): number | undefined {
    const key = keyFromUuid(id)
    if (key !== undefined) {
      if (insertKeyed.run(key, id, revision, record).changes === 1) return key
      if (selectKeyed.get(key)?.id === id) return undefined
    }
    const { changes, lastInsertRowid } = insertNamed.run(toStored(id), revision, record)
    return changes === 1 ? Number(lastInsertRowid) : undefined
  }

  /** The client as a row has it. Whoever changes a client has just read it, so this is parsed already most of the time. */
  function recordOf(id: string, text: string): ClientRecord {
    return recent.get(id) ?? (JSON.parse(text) as ClientRecord)
  }

  return {
    async createClient(client, { spends, replayMark, budgets, audit: auditRecord }) {
      const { id, createdAt, revision } = client
      const record = JSON.stringify(client)
      const claim = claimBudgets(client.holds, budgets, createdAt)
      const terms = client.terms && [...client.terms]
      const prepared = prepareAudit(auditRecord)
      return commit.write(() => {
        const key = insert(id, revision, record)
        if (key === undefined) return 'id_taken'
        if (replayMark && within.isMarked(replayMark)) {
          undoInsert.run(key)
          return 'statement_replayed'
        }
        const writes = within.planBudgets(claim)
        if ('exhausted' in writes) {
          undoInsert.run(key)
          return writes
        }
        if (spends !== undefined && !within.take(spends, createdAt)) {
          undoInsert.run(key)
          return 'token_spent'
        }
        if (replayMark) within.mark(replayMark)
        within.writeBudgets(writes)
        within.writeTerms(key, undefined, terms)
        audit.append(prepared)
        return 'created'
      })
    },

    async findClient(id) {
      return reads(() => {
        const known = recent.get(id)
        if (known) return known
        const record = findRow(id)?.record
        return typeof record === 'string' ? recent.remember(record) : undefined
      })
    },

    async isClientIdTaken(id) {
      return reads(() => findRow(id) !== undefined)
    },

    async listClients({ limit, after, term }) {
      const behind = after === undefined ? BEFORE_ALL_KEYS : reads(() => findRow(after)?.key)
      return behind === undefined ? [] : pages({ behind, limit, ...(term === undefined ? {} : { term }) })
    },

    async replaceClient(client, { replayMark, budgets, audit: auditRecord }) {
      const { id, revision, updatedAt } = client
      const record = JSON.stringify(client)
      const claim = claimBudgets(client.holds, budgets, updatedAt)
      const terms = client.terms && [...client.terms]
      const prepared = prepareAudit(auditRecord)
      return commit.write(() => {
        const stored = findRow(id)
        if (!stored || stored.record === null) return 'gone'
        if (stored.revision !== revision - 1) return 'conflict'
        if (replayMark && within.isMarked(replayMark)) return 'statement_replayed'
        const before = recordOf(id, stored.record)
        const writes = within.planBudgets(claim, before.holds)
        if ('exhausted' in writes) return writes
        if (replayMark) within.mark(replayMark)
        within.writeBudgets(writes)
        within.writeTerms(stored.key, before.terms, terms)
        recent.forget(id)
        update.run(revision, record, stored.key)
        audit.append(prepared)
        return 'replaced'
      })
    },

    async deleteClient(id, auditRecord) {
      const prepared = prepareAudit(auditRecord)
      return commit.write(() => {
        const stored = findRow(id)
        if (!stored || stored.record === null) return false
        const { holds, terms } = recordOf(id, stored.record)
        within.giveBackBudgets(holds)
        within.writeTerms(stored.key, terms, undefined)
        recent.forget(id)
        bury.run(stored.key)
        audit.append(prepared)
        return true
      })
    },
  }
}

interface ClientRow {
  readonly key: number
  readonly id: StoredText
  readonly revision: number
  /** JSON, or null for a deleted client. */
  readonly record: string | null
}
