import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Log } from '../../runtime/log.ts'
import { createLastWrite } from '../last-write.ts'
import { StoreUnavailable } from '../store.ts'
import type { Waiting, WriteOperation } from './batch.ts'
import { createDoubts } from './doubts.ts'
import type { Line, Query } from './line.ts'
import type { Receipts } from './receipts.ts'
import { createRunBatch } from './run-batch.ts'
import type { Table } from './table.ts'

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
  /** Takes nothing more; resolves when everything that was accepted has been answered, and what was in doubt is not. */
  finish(): Promise<void>
}

export interface GroupCommitDeps {
  readonly lines: readonly Line[]
  /** A line for finding out what became of a commit. */
  readonly inquiry: Line
  readonly receipts: Receipts
  readonly order: readonly Table[]
  readonly loop: EventLoop
  /** See `Timeouts.doubt`. */
  readonly doubtMilliseconds: number
  /** Between 0 and 1. */
  readonly chance: () => number
  readonly log: Pick<Log, 'warn'>
}

const MAX_OPERATIONS_PER_COMMIT = 256
/** So many wait before a further line takes them. */
const ENOUGH_FOR_A_FURTHER_LINE = 48
/** A transaction that takes so long waits for somebody, and nobody shall wait with it. */
const LATE_MILLISECONDS = 100

export function createGroupCommit(deps: GroupCommitDeps): GroupCommit {
  const { loop } = deps
  const doubts = createDoubts(deps)
  const lastWrite = createLastWrite(loop)
  const runBatch = createRunBatch({
    ...deps,
    doubts,
    lastWrite,
    writeBack: (operation) => enqueue(operation, false),
  })
  const free = [...deps.lines]
  let queue: Waiting[] = []
  let isPlanned = false
  let finished = false
  let working = 0
  let late = 0
  let sayIdle = () => {}

  function pump(): void {
    isPlanned = false
    while (queue.length > 0 && mayStart()) {
      const line = free.pop()!
      const batch = takeBatch()
      working++
      const endWatch = watch()
      runBatch(line, batch).finally(() => {
        endWatch()
        working--
        free.push(line)
        if (queue.length > 0) pump()
        if (working === 0) sayIdle()
      })
    }
  }

  /**
   * One busy line is enough while few wait: two half-full transactions cost more than a full one. A further line begins when
   * many wait, when those that are busy hang, or when somebody would hold the others up with statements of their own.
   */
  function mayStart(): boolean {
    if (free.length === 0) return false
    return (
      working === late || queue.length >= ENOUGH_FOR_A_FURTHER_LINE || typeof queue[0]!.work === 'function'
    )
  }

  /** Counts a line as late when it is, until what is returned is called. */
  function watch(): () => void {
    let isLate = false
    const cancel = loop.later(() => {
      isLate = true
      late++
      pump()
    }, LATE_MILLISECONDS)
    return () => {
      cancel()
      if (isLate) late--
    }
  }

  /** Those at the front that can go together: whoever brings statements of their own goes alone. */
  function takeBatch(): Waiting[] {
    const end = queue.findIndex(({ work }) => typeof work === 'function')
    const size = end === 0 ? 1 : Math.min(MAX_OPERATIONS_PER_COMMIT, end < 0 ? queue.length : end)
    const batch = queue.slice(0, size)
    queue = queue.slice(size)
    return batch
  }

  function enqueue<T>(work: Waiting['work'], isProbe: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const answers = { resolve: resolve as Waiting['resolve'], reject }
      queue.push({ work, isProbe, ...answers, isRefused: false, result: undefined })
      if (isPlanned) return
      isPlanned = true
      loop.atEndOfTurn(pump)
    })
  }

  function accept<T>(work: Waiting['work'], isProbe = false): Promise<T> {
    if (finished) return Promise.reject(new StoreUnavailable('the store is closed'))
    return enqueue(work, isProbe)
  }

  const isIdle = () => queue.length === 0 && working === 0

  return {
    write: (operation) => accept(operation as WriteOperation<unknown>),
    alone: (work) => accept(work),
    async probe() {
      lastWrite.check()
      await accept(async () => {}, true)
    },
    async finish() {
      finished = true
      doubts.hurry()
      do {
        if (!isIdle()) {
          await new Promise<void>((resolve) => {
            sayIdle = resolve
          })
        }
        await doubts.settled()
      } while (!isIdle())
      lastWrite.forget()
    },
  }
}
