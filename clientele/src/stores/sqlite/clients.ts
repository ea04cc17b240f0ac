import type { Database } from 'better-sqlite3'
import { keyFromUuid } from '../../runtime/time-ordered.ts'
import type { ClientStore } from '../store.ts'
import type { ReplayMarks } from './artifacts.ts'
import { prepareAudit, type SqliteAudit } from './audit.ts'
import type { GroupCommit } from './group-commit.ts'
import type { TokenUses } from './initial-access-tokens.ts'
import type { Reads } from './reads.ts'
import { createRecentClients, type RecentClients } from './recent-clients.ts'
import { type StoredText, toStored } from './stored-text.ts'

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
  once: TokenUses & ReplayMarks,
  recent: RecentClients = createRecentClients(),
): ClientStore {
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

  return {
    async createClient(client, { spends, replayMark, audit: auditRecord }) {
      const { id, createdAt, revision } = client
      const record = JSON.stringify(client)
      const prepared = prepareAudit(auditRecord)
      return commit.write(() => {
        const key = insert(id, revision, record)
        if (key === undefined) return 'id_taken'
        if (replayMark && once.isMarked(replayMark)) {
          undoInsert.run(key)
          return 'statement_replayed'
        }
        if (spends !== undefined && !once.take(spends, createdAt)) {
          undoInsert.run(key)
          return 'token_spent'
        }
        if (replayMark) once.mark(replayMark)
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

    async replaceClient(client, auditRecord, replayMark) {
      const { id, revision } = client
      const record = JSON.stringify(client)
      const prepared = prepareAudit(auditRecord)
      return commit.write(() => {
        const stored = findRow(id)
        if (!stored || stored.record === null) return 'gone'
        if (stored.revision !== revision - 1) return 'conflict'
        if (replayMark) {
          if (once.isMarked(replayMark)) return 'statement_replayed'
          once.mark(replayMark)
        }
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
