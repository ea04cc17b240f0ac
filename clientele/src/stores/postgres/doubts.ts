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
}

/** Those who share a transaction. */
export interface CallersInDoubt {
  /** Whether there are some whose change cannot be taken back: they wait longer. */
  readonly hasPatient: boolean
  /** Tells those whose change can be taken back that the store is unavailable. */
  refuseImpatient(): void
  /** Tells everybody who still waits. */
  refuseAll(): void
  /** It was made: takes back what those were told who were refused. */
  takeBack(): void
}

export interface DoubtsDeps {
  readonly inquiry: Line
  readonly loop: EventLoop
  /** See `Timeouts.doubt`. */
  readonly doubtMilliseconds: number
  /** Whether the store is being closed: then we do not ask for ever. */
  readonly isClosing: () => boolean
}

/** How many times longer those wait whose change cannot be taken back. */
const PATIENCE = 6
const LONGEST_PAUSE_MILLISECONDS = 2000

export function createDoubts({ inquiry, loop, doubtMilliseconds, isClosing }: DoubtsDeps): Doubts {
  async function inquire({ receipt }: InDoubt): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await receipt.settle(await inquiry.open())
      } catch (error) {
        if (isClosing() && attempt > 3) throw error
        inquiry.drop()
        const milliseconds = Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MILLISECONDS)
        await new Promise<void>((resolve) => loop.later(resolve, milliseconds))
      }
    }
  }
  return {
    async settle(doubt, { hasPatient, refuseImpatient, refuseAll, takeBack }) {
      const inquiring = inquire(doubt)
      inquiring.then((isMade) => isMade && takeBack()).catch(() => {})
      const cancelFirst = loop.later(refuseImpatient, doubtMilliseconds)
      let cancelLast = () => {}
      const last = new Promise<undefined>((resolve) => {
        cancelLast = loop.later(() => resolve(undefined), (hasPatient ? PATIENCE : 1) * doubtMilliseconds + 1)
      })
      const isMade = await Promise.race([inquiring, last]).catch(() => undefined)
      cancelFirst()
      cancelLast()
      if (isMade === undefined) refuseAll()
      return isMade
    },
  }
}
