import { isObject } from '../../oauth/json.ts'
import type { Keys } from '../../runtime/time-ordered.ts'
import type { AuditRecord, AuditStore } from '../store.ts'
import type { Reads } from './reads.ts'
import { toName } from './stored-name.ts'
import type { Row } from './table.ts'

/**
 * An audit record as a row: made before the transaction, in the order of the calls. Asked again, because the transaction is
 * tried again, it has another key: the first may be why, where two instances have one number (`instances.ts`).
 */
export type PrepareAudit = (record: AuditRecord) => () => Row

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
    prepareAudit(record) {
      const row = { key: keys.next(), subject: toName(record.subject), record: JSON.stringify(record) }
      let isTaken = false
      return () => {
        if (isTaken) return { ...row, key: keys.next() }
        isTaken = true
        return row
      }
    },
    async listAudit({ subject, limit }) {
      const atMost = Math.max(0, limit)
      const rows =
        subject === undefined
          ? await reads<AuditRow>(newest, [atMost])
          : await reads<AuditRow>(newestOf, [atMost, toName(subject)])
      return rows.flatMap(({ record }) => readAudit(record) ?? [])
    },
  }
}

/** What stands in a row. Hosts that register nobody may add rows too, and what one of them adds may be anything. */
export function readAudit(text: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<AuditRecord> | null
    const texts = [record?.action, record?.subject, record?.actor]
    const { at, detail = {} } = record ?? {}
    const isOne =
      texts.every((part) => typeof part === 'string') && Number.isSafeInteger(at) && isObject(detail)
    return isOne ? (record as AuditRecord) : undefined
  } catch {
    return undefined
  }
}

interface AuditRow {
  readonly record: string
}
