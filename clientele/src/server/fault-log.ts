/** The log of what failed unexpectedly. A store that is away fails every request, and must not fill the disk with it too. */
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { StoreUnavailable } from '../stores/store.ts'

/** Writes down a fault, with where it happened as the message. */
export type ReportFault = (error: unknown, message: string, facts?: object) => void

const QUIET_MILLISECONDS = 1000

/** Every fault is a line; those of an unavailable store are one line a second, which counts the others. */
export function createFaultLog(log: Pick<Log, 'error'>, clock: Clock): ReportFault {
  let quietUntil = Number.NEGATIVE_INFINITY
  let unsaid = 0
  return (error, message, facts = {}) => {
    if (!(error instanceof StoreUnavailable)) return log.error({ error, ...facts }, message)
    const now = clock.milliseconds()
    if (now < quietUntil) {
      unsaid += 1
      return
    }
    log.error({ error, ...facts, ...(unsaid === 0 ? {} : { unsaid }) }, 'the store is unavailable')
    quietUntil = now + QUIET_MILLISECONDS
    unsaid = 0
  }
}
