import type { Database } from 'better-sqlite3'
import type { JsonObject } from '../../oauth/json.ts'
import type { AuditAction, AuditFeed, AuditRecord, AuditStore } from '../store.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStored } from './stored-text.ts'

/** The audit records, appended in the transaction of the change that they tell of. */
export interface SqliteAudit extends Pick<AuditStore, 'listAudit'>, AuditFeed {
  /** Within a transaction: appends a prepared record. */
  append(record: PreparedAudit): void
}

/** An audit record as values to bind: made before the transaction, because what is expensive waits outside. */
export type PreparedAudit = readonly [number, AuditAction, StoredText, StoredText, string | null]

interface AuditRow {
  readonly position: number
  readonly at: number
  readonly action: AuditAction
  readonly subject: StoredText
  readonly actor: StoredText
  readonly detail: string | null
}

export function prepareAudit(record: AuditRecord): PreparedAudit {
  const detail = record.detail === undefined ? null : JSON.stringify(record.detail)
  return [record.at, record.action, toStored(record.subject), toStored(record.actor), detail]
}

export function createSqliteAudit(database: Database, reads: Reads): SqliteAudit {
  const insert = database.prepare(
    'INSERT INTO audit (at, action, subject, actor, detail) VALUES (?, ?, ?, ?, ?)',
  )
  const newest = database.prepare<[number], AuditRow>('SELECT * FROM audit ORDER BY position DESC LIMIT ?')
  const newestOf = database.prepare<[StoredText, number], AuditRow>(
    'SELECT * FROM audit WHERE subject = ? ORDER BY position DESC LIMIT ?',
  )
  // One transaction runs at a time, so the order of writing is the order of the commits.
  const next = database.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit WHERE position > ? ORDER BY position LIMIT ?',
  )
  const end = database.prepare<[], number | null>('SELECT max(position) FROM audit').pluck()
  return {
    async listAuditAfter({ after, limit }) {
      const rows = reads(() => next.all(Number(after ?? 0), Math.max(0, limit)))
      return rows.map((row) => ({ position: `${row.position}`, record: toRecord(row) }))
    },
    async findAuditEnd() {
      const position = reads(() => end.get())
      return position == null ? undefined : `${position}`
    },
    append(record) {
      insert.run(...record)
    },
    async listAudit({ subject, limit }) {
      const atMost = Math.max(0, limit)
      const rows = reads(() =>
        subject === undefined ? newest.all(atMost) : newestOf.all(toStored(subject), atMost),
      )
      return rows.map(toRecord)
    },
  }
}

function toRecord(row: AuditRow): AuditRecord {
  return {
    action: row.action,
    at: row.at,
    subject: fromStored(row.subject),
    actor: fromStored(row.actor),
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as JsonObject }),
  }
}
