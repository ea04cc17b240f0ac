import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Log } from '../../runtime/log.ts'
import type { LastWrite } from '../last-write.ts'
import { StoreUnavailable } from '../store.ts'
import { canBeUndone, groupByRows, rowsOf, type Waiting, type WriteOperation } from './batch.ts'
import type { Doubts } from './doubts.ts'
import type { Connection, Line, Query } from './line.ts'
import type { Receipts } from './receipts.ts'
import { meaningOf, toStoreError } from './store-error.ts'
import type { Table } from './table.ts'
import { InDoubt, runAlone, runTransaction } from './transaction.ts'
import { LookAgain, type WorkingSet } from './working-set.ts'

/** Runs a batch in a transaction, until each caller in it has an answer. Never rejects. */
export type RunBatch = (line: Line, batch: readonly Waiting[]) => Promise<void>

export interface RunBatchDeps {
  readonly receipts: Receipts
  readonly doubts: Doubts
  readonly lastWrite: LastWrite
  readonly order: readonly Table[]
  readonly loop: EventLoop
  /** Between 0 and 1. */
  readonly chance: () => number
  /** Writes what takes a change back, also while the store is being closed. */
  readonly writeBack: (operation: WriteOperation<unknown>) => Promise<unknown>
  readonly log: Pick<Log, 'warn'>
}

/** How often a transaction is tried in which somebody else was faster. */
const MOST_CONTENTION = 12
/** So many of a batch wait in vain for rows that somebody else holds; whoever comes behind them is refused at once. */
const MOST_BLOCKED = 4

/** What is done with those who cannot go on because somebody else holds a row. */
type WhenBlocked = (batch: readonly Waiting[], error: unknown) => Promise<void>

export function createRunBatch(deps: RunBatchDeps): RunBatch {
  const { doubts, lastWrite, loop, order, receipts } = deps

  async function run(line: Line, all: readonly Waiting[], whenBlocked: WhenBlocked): Promise<void> {
    let batch = all
    let lost = 0
    for (let attempt = 0; ; attempt++) {
      let connection: Connection | undefined
      try {
        connection = await line.open()
        await runOnce(connection.query, batch, attempt)
        return answer(batch)
      } catch (error) {
        const meaning = error instanceof InDoubt ? 'lost' : meaningOf(error)
        if (meaning === 'lost') connection?.drop()
        if (error instanceof InDoubt) {
          const isMade = await settle(batch, error)
          if (isMade === undefined) return
          if (isMade) return answer(batch)
          // It was not made, so those who still wait can have another.
          batch = batch.filter(({ isRefused }) => !isRefused)
          if (batch.length === 0) return
        }
        // A connection that was cut while nobody used it is noticed by the first who does: once more, then.
        if (meaning === 'lost' && ++lost <= 1) continue
        if (meaning === 'contention' && attempt < MOST_CONTENTION) {
          if (!(error instanceof LookAgain)) await pause(deps.chance() * Math.min(2 ** attempt, 64))
          continue
        }
        // One caller's defect must not fail those who happened to arrive with it: they try again, each alone.
        if (meaning === 'defect' && batch.length > 1) {
          for (const waiting of batch) await run(line, [waiting], whenBlocked)
          return
        }
        return meaning === 'blocked' ? whenBlocked(batch, error) : fail(batch, error)
      }
    }
  }

  /** Somebody holds a row that some of them wait for: the others go without those. */
  async function runApart(line: Line, batch: readonly Waiting[], error: unknown): Promise<void> {
    const groups = groupByRows(batch)
    if (groups.length === 1 && rowsOf(batch[0]!).length > 0) return fail(batch, error)
    let blocked = 0
    const runGroup = async (group: readonly Waiting[]): Promise<void> => {
      if (blocked >= MOST_BLOCKED) return fail(group, error)
      await run(line, group, async (stuck, why) => {
        blocked++
        // Who waits for no row that we know of may still write one.
        if (stuck.length > 1 && rowsOf(stuck[0]!).length === 0) {
          for (const waiting of stuck) await runGroup([waiting])
        } else fail(stuck, why)
      })
    }
    for (const group of groups) await runGroup(group)
  }

  async function runOnce(query: Query, batch: readonly Waiting[], attempt: number): Promise<void> {
    const receipt = receipts.next()
    const [first] = batch
    if (first && typeof first.work === 'function') {
      first.result = await runAlone(query, first.work, receipt)
      return
    }
    const operations = batch as readonly (Waiting & { work: WriteOperation<unknown> })[]
    const needs = operations.flatMap(({ work }) =>
      attempt === 0 ? work.needs.filter(({ isNew }) => !isNew) : work.needs,
    )
    const decide = (set: WorkingSet) => {
      let again: LookAgain | undefined
      for (const waiting of operations) {
        try {
          waiting.result = waiting.work.run(set)
        } catch (error) {
          if (!(error instanceof LookAgain)) throw error
          again = error
        }
      }
      if (again) throw again
    }
    await runTransaction(query, { needs, decide, order, receipt })
  }

  function settle(batch: readonly Waiting[], doubt: InDoubt): Promise<boolean | undefined> {
    const refuse = (some: readonly Waiting[]) => {
      for (const waiting of some) waiting.isRefused = true
      fail(some, new StoreUnavailable(doubt))
    }
    return doubts.settle(doubt, {
      hasPatient: !batch.every(canBeUndone),
      refuseImpatient: () => refuse(batch.filter(canBeUndone)),
      refuseAll: () => refuse(batch.filter(({ isRefused }) => !isRefused)),
      takeBack: () => takeBack(batch),
      report: () => report(batch.filter(({ isRefused }) => isRefused)),
    })
  }

  /** Callers were told that nothing was changed, and then it came out that it was: make it true. */
  async function takeBack(batch: readonly Waiting[]): Promise<void> {
    const undoings = batch.map(({ work, result, isRefused }) =>
      typeof work === 'function' || !isRefused ? undefined : work.undo?.(result),
    )
    await Promise.all(undoings.map((undo) => undo && deps.writeBack(undo)))
  }

  function report(refused: readonly Waiting[]): void {
    if (refused.length === 0) return
    const about = refused.flatMap(({ work }) => (typeof work === 'function' ? [] : (work.about ?? [])))
    deps.log.warn(
      { changes: refused.length, about },
      'changes whose callers were told that nothing was changed may be stored: the store was closed before that was known',
    )
  }

  function answer(batch: readonly Waiting[]): void {
    lastWrite.note(batch, true)
    for (const waiting of batch) waiting.resolve(waiting.result)
  }
  function fail(batch: readonly Waiting[], error: unknown): void {
    // A caller's defect, and a row that somebody holds, say nothing of the store.
    if (!/^(defect|blocked)$/.test(meaningOf(error))) lastWrite.note(batch, false)
    for (const waiting of batch) waiting.reject(toStoreError(error))
  }

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => loop.later(() => resolve(), milliseconds))

  return (line, batch) => run(line, batch, (stuck, error) => runApart(line, stuck, error))
}
