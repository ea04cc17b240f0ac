import type { Keys } from '../../runtime/time-ordered.ts'
import type { AuditRecord, AuditStore } from '../store.ts'
import type { Reads } from './reads.ts'
import { toName } from './stored-name.ts'
import type { Row } from './table.ts'

/** An audit record as a row: made before the transaction, in the order of the calls. */
export type PrepareAudit = (record: AuditRecord) => Row

/**
 * The audit records, each written in the transaction of the change that it tells of. Its key grows with the clock of the
 * instance that writes it, so records of instances whose clocks differ lie as far out of order as the clocks are apart.
 */
export function createPostgresAudit(
  schema: string,
  reads: Reads,
  keys: Keys,
): Pick<AuditStore, 'listAudit'> & { readonly prepareAudit: PrepareAudit } {
  const newest = {
    name: 'audit_newest',
    text: `SELECT record FROM ${schema}.audit ORDER BY key DESC LIMIT $1`,
  }
  const newestOf = {
    name: 'audit_newest_of',
    text: `SELECT record FROM ${schema}.audit WHERE subject = $2 ORDER BY key DESC LIMIT $1`,
  }
  return {
    prepareAudit: (record) => ({
      key: keys.next(),
      subject: toName(record.subject),
      record: JSON.stringify(record),
    }),
    async listAudit({ subject, limit }) {
      const atMost = Math.max(0, limit)
      const rows =
        subject === undefined
          ? await reads<AuditRow>(newest, [atMost])
          : await reads<AuditRow>(newestOf, [atMost, toName(subject)])
      return rows.map(({ record }) => JSON.parse(record) as AuditRecord)
    },
  }
}

interface AuditRow {
  readonly record: string
}
