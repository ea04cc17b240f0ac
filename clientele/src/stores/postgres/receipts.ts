import { randomText } from '../../runtime/cryptography.ts'
import type { Query, Statement } from './line.ts'

/**
 * Receipts: how we learn what became of a commit whose answer was lost. Every writing transaction leaves a row with a key
 * that nobody else has. When the connection breaks behind a COMMIT, we write that same row ourselves. Either it is there: the
 * transaction was made. Or ours gets in: the transaction was not made and never will be, because its own receipt no longer
 * fits. While it is still running, the database makes us wait for its end: two rows with one key wait for each other.
 * So a registration that was stored is acknowledged, and one that was not is tried again without being stored twice.
 */
export interface Receipts {
  /** The statements that leave the next receipt, to be sent within the transaction. */
  next(at: number): Receipt
}

export interface Receipt {
  /** Sends them; to be awaited with the rest of the transaction. */
  leave(query: Query): Promise<unknown>[]
  /** Whether the transaction was made. If it was not, it never will be. */
  settle(query: Query): Promise<boolean>
}

/** Old receipts of a line are deleted every so many of its transactions. */
const KEPT = 64
const DAY = 86_400

export function createReceipts(schema: string): Receipts {
  const writer = randomText(9)
  let count = 0
  const insert: Statement = {
    name: 'receipt_insert',
    text: `INSERT INTO ${schema}.receipts (writer, number, at, is_fence) VALUES ($1, $2, $3, false)`,
  }
  const clean: Statement = {
    name: 'receipt_clean',
    text: `DELETE FROM ${schema}.receipts WHERE writer = $1 AND number < $2`,
  }
  const cleanOld: Statement = {
    name: 'receipt_clean_old',
    text: `DELETE FROM ${schema}.receipts WHERE at < $1 AND is_fence = false`,
  }
  const fence: Statement = {
    name: 'receipt_fence',
    text: `INSERT INTO ${schema}.receipts (writer, number, at, is_fence) VALUES ($1, $2, $3, true)
           ON CONFLICT DO NOTHING`,
  }
  const read: Statement = {
    name: 'receipt_read',
    text: `SELECT is_fence FROM ${schema}.receipts WHERE writer = $1 AND number = $2`,
  }

  return {
    next(at) {
      const number = ++count
      return {
        leave(query) {
          const sent: Promise<unknown>[] = [query(insert, [writer, number, at])]
          if (number % KEPT === 0) sent.push(query(clean, [writer, number - KEPT]))
          // Of processes that are no more.
          if (number % (KEPT * KEPT) === 1) sent.push(query(cleanOld, [at - DAY]))
          return sent
        },
        async settle(query) {
          await query(fence, [writer, number, at])
          // Asked again after a fence of ours whose own answer was lost, this finds the fence.
          const { rows } = await query<{ is_fence: boolean }>(read, [writer, number])
          return rows[0]?.is_fence === false
        },
      }
    },
  }
}
