import type { Database } from 'better-sqlite3'
import type { EventLoop } from '../../runtime/event-loop.ts'
import { createLastWrite } from '../last-write.ts'
import { StoreUnavailable } from '../store.ts'
import { isDefect, toStoreError } from './store-error.ts'

/**
 * Group commit. A durable commit waits for the disk, so the writes that arrive in one turn of the event loop share one,
 * at the end of that turn: under load everyone pays a share of one wait, alone one pays no more than before. There is no
 * timer: waiting for company made a single connection five times slower and gained nothing.
 *
 * The rule that makes savepoints unnecessary: an operation that refuses has written nothing, or has undone it, and says so
 * by what it returns. Whatever it throws is unexpected, and undoes the whole transaction.
 */
export interface GroupCommit {
  /** Runs `operation` in the transaction of this turn; resolves with what it returned once that is durable. */
  write<T>(operation: () => T): Promise<T>
  /**
   * The same for a write that only asks whether writing is possible. It is small and may fit where nothing else does any
   * more, so it is refused while the last real write failed, for as long as that is news.
   */
  probe(operation: () => unknown): Promise<void>
  /** Commits everything that is waiting, now, and takes nothing more. */
  finish(): void
}

/** More waiting operations than this wait for the next turn, so that reads are never held up for long. */
export const MAX_OPERATIONS_PER_COMMIT = 256

interface Waiting {
  readonly isProbe: boolean
  readonly operation: () => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  result: unknown
}

/** `committed` is called after each commit, before its callers are answered. */
export function createGroupCommit(database: Database, loop: EventLoop, committed: () => void): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  let queue: Waiting[] = []
  let finished = false
  const lastWrite = createLastWrite(loop)

  function commitTurn(): void {
    const batch = queue
    queue = batch.length > MAX_OPERATIONS_PER_COMMIT ? batch.splice(MAX_OPERATIONS_PER_COMMIT) : []
    if (queue.length > 0) loop.atEndOfTurn(commitTurn)
    // The turn that `finish` came first in has nothing left to do.
    if (batch.length > 0) commitTogether(batch)
  }

  function commitTogether(batch: readonly Waiting[]): void {
    try {
      begin.run()
      for (const waiting of batch) waiting.result = waiting.operation()
      commit.run()
    } catch (error) {
      rollBack(database)
      // One caller's defect must not fail those who happened to arrive with it: they try again, each alone.
      if (batch.length > 1 && isDefect(error)) for (const waiting of batch) commitTogether([waiting])
      else {
        if (!isDefect(error)) lastWrite.note(batch, false)
        for (const waiting of batch) waiting.reject(toStoreError(error))
      }
      return
    }
    lastWrite.note(batch, true)
    committed()
    for (const waiting of batch) waiting.resolve(waiting.result)
  }

  function enqueue<T>(operation: () => T, isProbe: boolean): Promise<T> {
    if (finished) return Promise.reject(new StoreUnavailable('the store is closed'))
    return new Promise<T>((resolve, reject) => {
      if (queue.length === 0) loop.atEndOfTurn(commitTurn)
      queue.push({ operation, isProbe, resolve: resolve as Waiting['resolve'], reject, result: undefined })
    })
  }

  return {
    write: (operation) => enqueue(operation, false),
    async probe(operation) {
      lastWrite.check()
      await enqueue(operation, true)
    },
    finish() {
      finished = true
      lastWrite.forget()
      while (queue.length > 0) commitTurn()
    },
  }
}

/** SQLite undoes a transaction by itself after some errors (a full disk) and not after others. */
function rollBack(database: Database): void {
  try {
    if (database.inTransaction) database.exec('ROLLBACK')
  } catch {
    // The error that led here is the one to report. A transaction that stays open fails the next BEGIN, and is tried again.
  }
}
