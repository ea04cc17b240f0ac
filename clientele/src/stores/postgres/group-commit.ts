import type { EventLoop } from '../../runtime/event-loop.ts'
import { StoreUnavailable } from '../store.ts'
import { createDoubts } from './doubts.ts'
import type { Line, Query } from './line.ts'
import type { Receipts } from './receipts.ts'
import { meaningOf, toStoreError } from './store-error.ts'
import type { Table } from './table.ts'
import { InDoubt, runAlone, runTransaction } from './transaction.ts'
import { LookAgain, type Need, type WorkingSet } from './working-set.ts'

/**
 * Group commit over a network. While a line is busy with a transaction, what arrives waits for the next one, and all that
 * waited goes together: nobody waits for company, and under load everyone pays a share of one round trip and one flush.
 */
export interface GroupCommit {
  /** Runs `operation` in a transaction with others; resolves with what it returned once that is durable. */
  write<T>(operation: WriteOperation<T>): Promise<T>
  /** Runs `work` in a transaction of its own. It may be run again from its beginning. */
  alone<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** Like `alone`, with nothing in it; refused while the last real write failed, for as long as that is news. */
  probe(): Promise<void>
  /** Takes nothing more; resolves when everything that was accepted has been answered. */
  finish(): Promise<void>
}

export interface WriteOperation<T> {
  readonly needs: readonly Need[]
  /** Decides and changes rows; may be called again on other rows. One that refuses has changed nothing. */
  run(set: WorkingSet): T
  /** What takes the change back, when it comes out too late, after its caller was told that nothing was changed. */
  undo?(result: T): WriteOperation<unknown> | undefined
}

export interface GroupCommitDeps {
  readonly lines: readonly Line[]
  /** A line for finding out what became of a commit. */
  readonly inquiry: Line
  readonly receipts: Receipts
  readonly order: readonly Table[]
  readonly loop: EventLoop
  readonly now: () => number
  /** See `Timeouts.doubt`. */
  readonly doubtMilliseconds: number
  /** Between 0 and 1. */
  readonly chance: () => number
}

export const MAX_OPERATIONS_PER_COMMIT = 256
/** So many wait before a further line takes them. */
const ENOUGH_FOR_A_FURTHER_LINE = 48
/** How often a transaction is tried in which somebody else was faster. */
const MOST_CONTENTION = 12
/** How long a failed write counts for readiness: longer than supervisors wait between two looks. */
const FAILURE_MILLISECONDS = 15_000

interface Waiting {
  readonly work: WriteOperation<unknown> | ((query: Query) => Promise<unknown>)
  readonly isProbe: boolean
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  /** Whether it was told that nothing was changed, before that was known. */
  isRefused: boolean
  result: unknown
}

function canBeUndone({ work }: Waiting): boolean {
  return typeof work !== 'function' && work.undo !== undefined
}

export function createGroupCommit(deps: GroupCommitDeps): GroupCommit {
  const { loop, order, receipts } = deps
  const doubts = createDoubts({ ...deps, isClosing: () => finished })
  const free = [...deps.lines]
  let queue: Waiting[] = []
  let isPlanned = false
  let finished = false
  let working = 0
  let sayIdle = () => {}
  let cancelFailure: (() => void) | undefined

  function pump(): void {
    isPlanned = false
    while (queue.length > 0 && mayStart()) {
      const line = free.pop()!
      const batch = takeBatch()
      working++
      runBatch(line, batch).finally(() => {
        working--
        free.push(line)
        if (queue.length > 0) pump()
        if (working === 0) sayIdle()
      })
    }
  }

  /**
   * One busy line is enough while few wait: two half-full transactions cost more than a full one. A further line begins when
   * many wait, or when somebody would hold the others up with statements of their own.
   */
  function mayStart(): boolean {
    if (free.length === 0) return false
    const isFirst = free.length === deps.lines.length
    return isFirst || queue.length >= ENOUGH_FOR_A_FURTHER_LINE || typeof queue[0]!.work === 'function'
  }

  /** Those at the front that can go together: whoever brings statements of their own goes alone. */
  function takeBatch(): Waiting[] {
    const end = queue.findIndex(({ work }) => typeof work === 'function')
    const size = end === 0 ? 1 : Math.min(MAX_OPERATIONS_PER_COMMIT, end < 0 ? queue.length : end)
    const batch = queue.slice(0, size)
    queue = queue.slice(size)
    return batch
  }

  async function runBatch(line: Line, all: readonly Waiting[]): Promise<void> {
    let batch = all
    let lost = 0
    for (let attempt = 0; ; attempt++) {
      try {
        await runOnce(line, batch, attempt)
        return answer(batch)
      } catch (error) {
        const meaning = error instanceof InDoubt ? 'lost' : meaningOf(error)
        if (meaning === 'lost') line.drop()
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
          for (const waiting of batch) await runBatch(line, [waiting])
          return
        }
        return fail(batch, error)
      }
    }
  }

  async function runOnce(line: Line, batch: readonly Waiting[], attempt: number): Promise<void> {
    const query = await line.open()
    const receipt = receipts.next(deps.now())
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
    })
  }

  /** Callers were told that nothing was changed, and then it came out that it was: make it true. */
  function takeBack(batch: readonly Waiting[]): void {
    for (const { work, result, isRefused } of batch) {
      const undo = typeof work === 'function' || !isRefused ? undefined : work.undo?.(result)
      if (undo) enqueue(undo, false).catch(() => {})
    }
  }

  function answer(batch: readonly Waiting[]): void {
    note(batch, true)
    for (const waiting of batch) waiting.resolve(waiting.result)
  }
  function fail(batch: readonly Waiting[], error: unknown): void {
    if (meaningOf(error) !== 'defect') note(batch, false)
    for (const waiting of batch) waiting.reject(toStoreError(error))
  }

  /** Whether the last real write failed. */
  function note(batch: readonly Waiting[], hasWorked: boolean): void {
    if (batch.every(({ isProbe }) => isProbe)) return
    cancelFailure?.()
    cancelFailure = hasWorked
      ? undefined
      : loop.later(() => {
          cancelFailure = undefined
        }, FAILURE_MILLISECONDS)
  }

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => loop.later(() => resolve(), milliseconds))

  function enqueue<T>(work: Waiting['work'], isProbe: boolean): Promise<T> {
    if (finished) return Promise.reject(new StoreUnavailable('the store is closed'))
    return new Promise<T>((resolve, reject) => {
      const answers = { resolve: resolve as Waiting['resolve'], reject }
      queue.push({ work, isProbe, ...answers, isRefused: false, result: undefined })
      if (isPlanned) return
      isPlanned = true
      loop.atEndOfTurn(pump)
    })
  }

  return {
    write: (operation) => enqueue(operation as WriteOperation<unknown>, false),
    alone: (work) => enqueue(work, false),
    async probe() {
      if (cancelFailure) throw new StoreUnavailable('the last write failed')
      await enqueue(async () => {}, true)
    },
    async finish() {
      finished = true
      if (queue.length === 0 && working === 0) return
      await new Promise<void>((resolve) => {
        sayIdle = resolve
      })
      cancelFailure?.()
    },
  }
}
