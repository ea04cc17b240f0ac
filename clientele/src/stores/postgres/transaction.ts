import type { Answer, Query } from './line.ts'
import type { Receipt } from './receipts.ts'
import { Contention, meaningOf } from './store-error.ts'
import type { Row, Table, Value } from './table.ts'
import { createWorkingSet, type Need, type WorkingSet, type Write } from './working-set.ts'

/** The connection broke behind a COMMIT: whether the transaction was made is unknown until `receipt` is settled. */
export class InDoubt extends Error {
  readonly receipt: Receipt
  constructor(receipt: Receipt, cause: unknown) {
    super('the connection was lost behind a commit', { cause })
    this.name = 'InDoubt'
    this.receipt = receipt
  }
}

/** What goes into one transaction. */
export interface TransactionPlan {
  readonly needs: readonly Need[]
  /** Decides everything, on rows that were read; synchronously, so that nothing comes between. */
  readonly decide: (set: WorkingSet) => void
  /** The tables in the order in which they are written. */
  readonly order: readonly Table[]
  readonly receipt: Receipt
}

/**
 * One transaction for a batch: two round trips when something must be looked at first, one when not, and one more when rows
 * are compared rather than locked. Rejects with `InDoubt`, or with an error after which nothing was changed.
 */
export async function runTransaction(query: Query, plan: TransactionPlan): Promise<void> {
  const { needs, decide, order, receipt } = plan
  const begin = needs.length > 0 ? [query('BEGIN')] : []
  try {
    const { set, writes } = createWorkingSet(await load(query, needs, order, begin))
    decide(set)
    const all = writes(order)
    if (all.length > 0) {
      if (needs.length === 0) begin.push(query('BEGIN'))
      await commit(query, begin.splice(0), all, receipt)
    } else if (needs.length > 0) await query('COMMIT')
    receipt.close()
  } catch (error) {
    await undo(query, error, receipt)
    throw error
  }
}

/** One transaction of somebody's own statements. */
export async function runAlone<T>(
  query: Query,
  work: (query: Query) => Promise<T>,
  receipt: Receipt,
): Promise<T> {
  try {
    await all([query('BEGIN'), ...receipt.leave(query)])
    const result = await work(query)
    await finish(query('COMMIT'), receipt)
    receipt.close()
    return result
  } catch (error) {
    await undo(query, error, receipt)
    throw error
  }
}

async function load(
  query: Query,
  needs: readonly Need[],
  order: readonly Table[],
  begin: readonly Promise<unknown>[],
) {
  const keys = new Map<Table, Set<Value>>()
  for (const { table, key } of needs) {
    const ofTable = keys.get(table)
    if (ofTable) ofTable.add(key)
    else keys.set(table, new Set([key]))
  }
  // In one order whoever asks, as the keys are within a table: those who lock the same rows never wait for each other.
  const tables = order.flatMap((table) => (keys.has(table) ? [[table, keys.get(table)!] as const] : []))
  const loads = tables.map(([table, wanted]) => query<Row>(table.load, [[...wanted]]))
  await all<unknown>([...begin, ...loads])
  const answers = await Promise.all(loads)
  return new Map(
    tables.map(([table], index) => [table, new Map(answers[index]!.rows.map((row) => [row.key!, row]))]),
  )
}

async function commit(
  query: Query,
  begin: readonly Promise<unknown>[],
  writes: readonly Write[],
  receipt: Receipt,
): Promise<void> {
  const sent = [
    ...begin,
    ...receipt.leave(query),
    ...writes.map(async ({ statement, values, count }) => {
      const answer = await query(statement, values)
      if (count !== undefined && answer.count !== count) throw new Contention()
    }),
  ]
  // Whatever fails by itself may have its COMMIT behind it at once: after a failure that is a rollback.
  if (writes.every(({ count }) => count === undefined)) {
    const ended = finish(query('COMMIT'), receipt)
    const [failure, end] = await Promise.all([firstFailure(sent), firstFailure([ended])])
    if (failure && meaningOf(failure.error) !== 'lost') throw failure.error
    if (end) throw end.error
    return
  }
  await all(sent)
  await finish(query('COMMIT'), receipt)
}

async function finish(committing: Promise<Answer<unknown>>, receipt: Receipt): Promise<void> {
  let command: string
  try {
    command = (await committing).command
  } catch (error) {
    if (meaningOf(error) === 'lost') throw new InDoubt(receipt, error)
    throw error
  }
  if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`)
}

/** Ends a transaction that failed. What is lost, or in doubt, is over, or must not be touched. */
async function undo(query: Query, error: unknown, receipt: Receipt): Promise<void> {
  if (error instanceof InDoubt) return
  receipt.close()
  if (meaningOf(error) === 'lost') return
  await query('ROLLBACK').catch(() => {})
}

/** All answers, or the first failure, once every answer is in. */
async function all<T>(sent: readonly Promise<T>[]): Promise<T[]> {
  const failure = await firstFailure(sent)
  if (failure) throw failure.error
  return Promise.all(sent)
}

/** An error of the database rather than what followed from it: behind a failure, every statement fails (25P02). */
async function firstFailure(sent: readonly Promise<unknown>[]): Promise<{ error: unknown } | undefined> {
  const failed = (await Promise.allSettled(sent)).filter((result) => result.status === 'rejected')
  return failed[0] && { error: failed[0].reason }
}
