import { randomText } from '../../runtime/cryptography.ts'
import { DATABASE_SECONDS } from './database-time.ts'
import type { Query, Statement } from './line.ts'

/**
 * Receipts: how we learn what became of a commit whose answer was lost. Every writing transaction leaves a row with a key
 * that nobody else has. When the connection breaks behind a COMMIT, we write that same row ourselves. Either it is there: the
 * transaction was made. Or ours gets in: the transaction was not made and never will be, because its own receipt no longer
 * fits. While it is still running, the database makes us wait for its end: two rows with one key wait for each other.
 * So a registration that was stored is acknowledged, and one that was not is tried again without being stored twice.
 *
 * So a receipt stays while anybody may ask for it, and a fence while a COMMIT that the network has held back may arrive.
 */
export interface Receipts {
  /** The statements that leave the next receipt, to be sent within the transaction. */
  next(): Receipt
}

export interface Receipt {
  /** Sends them; to be awaited with the rest of the transaction. */
  leave(query: Query): Promise<unknown>[]
  /** What became of the transaction is known: nobody will ask. Until then, or until it is settled, the receipt stays. */
  close(): void
  /** Whether the transaction was made. If it was not, it never will be. */
  settle(query: Query): Promise<boolean>
}

/** Old receipts of a writer are deleted every so many of its transactions. */
const KEPT = 64
/** Those of others only when a writer that was cut off from the database for so long need not be thought of. */
const KEPT_SECONDS = 30 * 86_400

/** In a table of its own kind: whoever may write into it could undo what others are about to commit. */
export function createReceipts(schema: string, table = 'receipts'): Receipts {
  const writer = randomText(9)
  let count = 0
  /** In the order of their numbers. */
  const open = new Set<number>()
  const at = DATABASE_SECONDS
  const insert: Statement = {
    name: 'receipt_insert',
    text: `INSERT INTO ${schema}.${table} (writer, number, at, is_fence) VALUES ($1, $2, ${at}, false)`,
  }
  const clean: Statement = {
    name: 'receipt_clean',
    text: `DELETE FROM ${schema}.${table} WHERE writer = $1 AND number < $2 AND is_fence = false`,
  }
  const cleanOld: Statement = {
    name: 'receipt_clean_old',
    text: `DELETE FROM ${schema}.${table} WHERE at < ${at} - ${KEPT_SECONDS} AND (writer <> $1 OR number < $2)`,
  }
  const fence: Statement = {
    name: 'receipt_fence',
    text: `INSERT INTO ${schema}.${table} (writer, number, at, is_fence) VALUES ($1, $2, ${at}, true)
           ON CONFLICT DO NOTHING`,
  }
  const read: Statement = {
    name: 'receipt_read',
    text: `SELECT is_fence FROM ${schema}.${table} WHERE writer = $1 AND number = $2`,
  }

  return {
    next() {
      const number = ++count
      open.add(number)
      return {
        leave(query) {
          const sent: Promise<unknown>[] = [query(insert, [writer, number])]
          // This one is open too, so there is an oldest.
          const [oldest = number] = open
          const below = Math.min(oldest, number - KEPT)
          if (number % KEPT === 0) sent.push(query(clean, [writer, below]))
          if (number % (KEPT * KEPT) === 1) sent.push(query(cleanOld, [writer, below]))
          return sent
        },
        close: () => void open.delete(number),
        async settle(query) {
          await query(fence, [writer, number])
          // Asked again after a fence of ours whose own answer was lost, this finds the fence.
          const { rows } = await query<{ is_fence: boolean }>(read, [writer, number])
          open.delete(number)
          return rows[0]?.is_fence === false
        },
      }
    },
  }
}
