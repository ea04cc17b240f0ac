import type { EventLoop } from '../../runtime/event-loop.ts'
import type { Line } from './line.ts'
import type { InDoubt } from './transaction.ts'

/**
 * What becomes of callers whose commit was sent and not answered. We find out (`receipts.ts`) and tell them; but they do not
 * wait for ever. Who is told that the store is unavailable is told that nothing was changed; so when it comes out that it
 * was, it must be taken back.
 */
export interface Doubts {
  /** Whether the transaction was made, or undefined when nobody waits for the answer any more. */
  settle(doubt: InDoubt, callers: CallersInDoubt): Promise<boolean | undefined>
  /** The store is being closed: what is in doubt in a while stays so, and is reported. */
  hurry(): void
  /** Resolves when nothing is in doubt, and nothing is still to be taken back. */
  settled(): Promise<void>
}

/** Those who share a transaction. */
export interface CallersInDoubt {
  /** Whether there are some whose change cannot be taken back: they wait longer. */
  readonly hasPatient: boolean
  /** Tells those whose change can be taken back that the store is unavailable. */
  refuseImpatient(): void
  /** Tells everybody who still waits. */
  refuseAll(): void
  /** It was made: takes back what those were told who were refused. Tried again until it works. */
  takeBack(): Promise<void>
  /** It is not known what became of those who were refused, or it could not be taken back. */
  report(): void
}

export interface DoubtsDeps {
  readonly inquiry: Line
  readonly loop: EventLoop
  /** See `Timeouts.doubt`. */
  readonly doubtMilliseconds: number
}

/** How many times longer those wait whose change cannot be taken back. */
const PATIENCE = 6
const LONGEST_PAUSE_MILLISECONDS = 2000

export function createDoubts({ inquiry, loop, doubtMilliseconds }: DoubtsDeps): Doubts {
  const open = new Set<Promise<void>>()
  let isGivenUp = false
  let giveUp = (_error: Error) => {}
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  givenUp.catch(() => {})

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => loop.later(() => resolve(), milliseconds))

  async function tryOn<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (isGivenUp) throw error
        await pause(Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MILLISECONDS))
      }
    }
  }
  /** Until it works, or the store is closed. */
  const untilItWorks = <T>(work: () => Promise<T>) => Promise.race([tryOn(work), givenUp])

  const inquire = ({ receipt }: InDoubt) =>
    untilItWorks(async () => {
      const connection = await inquiry.open()
      try {
        return await receipt.settle(connection.query)
      } catch (error) {
        connection.drop()
        throw error
      }
    })

  /** What is to be done even when nobody waits any more. */
  function follow(inquiring: Promise<boolean>, { takeBack, report }: CallersInDoubt): void {
    const following = inquiring
      .then((isMade) => (isMade ? untilItWorks(takeBack) : undefined))
      .catch(report)
      .finally(() => open.delete(following))
    open.add(following)
  }

  return {
    settle(doubt, callers) {
      const inquiring = inquire(doubt)
      const { hasPatient, refuseImpatient, refuseAll } = callers
      const cancelFirst = loop.later(refuseImpatient, doubtMilliseconds)
      let cancelLast = () => {}
      const last = new Promise<undefined>((resolve) => {
        cancelLast = loop.later(() => resolve(undefined), (hasPatient ? PATIENCE : 1) * doubtMilliseconds + 1)
      })
      const outcome = Promise.race([inquiring, last])
        .catch(() => undefined)
        .then((isMade) => {
          cancelFirst()
          cancelLast()
          if (isMade === undefined) refuseAll()
          return isMade
        })
      // Only then is it known who was refused.
      follow(
        outcome.then(() => inquiring),
        callers,
      )
      return outcome
    },
    hurry() {
      loop.later(() => {
        isGivenUp = true
        giveUp(new Error('the store is being closed'))
      }, doubtMilliseconds)
    },
    async settled() {
      while (open.size > 0) await Promise.allSettled(open)
    },
  }
}
