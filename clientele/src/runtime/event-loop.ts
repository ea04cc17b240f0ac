/** The event loop, handed in like the clock, so that tests own it and other rooms start no timers. */
export interface EventLoop {
  /** Runs `work` once everything that arrived in this turn of the loop has been handled. */
  atEndOfTurn(work: () => void): void
  /** Runs `work` after `milliseconds`, if the process still runs then: it never keeps the process alive. */
  later(work: () => void, milliseconds: number): CancelLater
}

/** Takes back what `later` planned. */
export type CancelLater = () => void

/** The event loop of this process. */
export const systemEventLoop: EventLoop = {
  atEndOfTurn: (work) => {
    setImmediate(work)
  },
  later(work, milliseconds) {
    const timer = setTimeout(work, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}
