import type { EventLoop } from '../runtime/event-loop.ts'

/** An event loop that a test turns by hand. */
export interface ManualEventLoop extends EventLoop {
  /** Ends the turn: runs what was planned for its end. What that plans waits for the next turn. */
  endTurn(): void
  /** Lets time pass, and runs what is due, in order. */
  pass(milliseconds: number): void
}

export function createManualEventLoop(): ManualEventLoop {
  let turn: (() => void)[] = []
  let now = 0
  const timers = new Set<{ readonly at: number; readonly work: () => void }>()
  return {
    atEndOfTurn: (work) => {
      turn.push(work)
    },
    later(work, milliseconds) {
      const timer = { at: now + milliseconds, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    endTurn() {
      const ended = turn
      turn = []
      for (const work of ended) work()
    },
    pass(milliseconds) {
      const until = now + milliseconds
      for (;;) {
        const [due] = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)
        if (!due) break
        timers.delete(due)
        now = due.at
        due.work()
      }
      now = until
    },
  }
}
