import type { Database } from 'better-sqlite3'
import type { CancelLater, EventLoop } from '../../runtime/event-loop.ts'

/**
 * Moves pages from the write-ahead log into the database when nobody is waiting. SQLite's own checkpoint runs inside the
 * commit that fills the log, and its two waits for the disk are then the slowest answers of all.
 */
export interface Checkpoints {
  /** To be called after every commit. */
  committed(): void
  stop(): void
}

/** So long without a commit counts as idle. */
const IDLE_MILLISECONDS = 250

export function createCheckpoints(database: Database, loop: EventLoop): Checkpoints {
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let cancel: CancelLater | undefined
  let busy = false

  function whenQuiet(): void {
    cancel = undefined
    if (busy) {
      busy = false
      cancel = loop.later(whenQuiet, IDLE_MILLISECONDS)
      return
    }
    try {
      checkpoint.get()
    } catch {
      // Nothing is lost: the log holds it all, and the next commit that finds it full tries again and reports.
    }
  }
  return {
    committed() {
      busy = cancel !== undefined
      cancel ??= loop.later(whenQuiet, IDLE_MILLISECONDS)
    },
    stop() {
      cancel?.()
      cancel = undefined
    },
  }
}
