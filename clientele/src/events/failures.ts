import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { OutboundFetchError } from '../runtime/outbound-fetch.ts'
import type { AuditRecord } from '../stores/store.ts'
import { DeliveryRefused } from './delivery-refused.ts'

/** How long a follower waits, in milliseconds. */
export interface FollowPauses {
  /** When nothing has happened. */
  readonly idle: number
  /** When another instance follows. */
  readonly notLeading: number
  readonly storeAway: number
  /** After the first failure; doubled with each further one, up to the longest. */
  readonly firstRetry: number
  readonly longestRetry: number
  /** A receiver that failed for so long is reported as lost. */
  readonly lost: number
  /** What was set aside for so long while others were taken is given up. */
  readonly givenUp: number
}

export const STANDARD_PAUSES: FollowPauses = {
  idle: 500,
  notLeading: 5_000,
  storeAway: 2_000,
  firstRetry: 1_000,
  longestRetry: 5 * 60_000,
  lost: 60 * 60_000,
  givenUp: 24 * 60 * 60_000,
}

/** What a receiver may ask for with `Retry-After`. */
const LONGEST_ASKED = 60 * 60_000

/** So many failures in a row of one entry, and those behind it may be tried. */
const MANY = 3

/** The failures of one receiver: when to try again, and what the log says. */
export interface Failures {
  /** The pause before the next try, in milliseconds. */
  pauseAfter(failure: unknown, record: AuditRecord): number
  /** Whether the streak is so long that it may be the entry's fault, and not the receiver's. */
  areMany(): boolean
  /** It took one: the streak is over. */
  over(): void
}

/**
 * Each pause is twice the one before, up to the longest, so that a receiver that comes back is not buried; a fifth of it is
 * taken off by chance of the clock, so that several do not come at the same moment. The first failure, a long streak and its
 * end are each said once.
 */
export function createFailures(
  name: string,
  { clock, log, pauses }: { readonly clock: Clock; readonly log: Log; readonly pauses: FollowPauses },
): Failures {
  let streak = 0
  let since = 0
  let isReported = false
  return {
    pauseAfter(failure, record) {
      const now = clock.milliseconds()
      if (streak === 0) since = now
      const facts = {
        follower: name,
        event: record.action,
        subject: record.subject,
        failure: describeFailure(failure),
      }
      if (streak === 0) log.warn(facts, 'an event could not be delivered; it is tried again')
      if (!isReported && now - since >= pauses.lost) {
        isReported = true
        log.error(facts, 'events have not been delivered for long; they wait, and are tried again')
      }
      const doubled = Math.min(pauses.firstRetry * 2 ** Math.min(streak, 30), pauses.longestRetry)
      streak += 1
      const asked = failure instanceof DeliveryRefused ? (failure.retryAfterSeconds ?? 0) * 1000 : 0
      return Math.max(Math.min(asked, LONGEST_ASKED), Math.round(doubled * (1 - (now % 20) / 100)))
    },
    areMany: () => streak >= MANY,
    over() {
      if (streak > 0) log.info({ follower: name, failures: streak }, 'events are delivered again')
      streak = 0
      isReported = false
    },
  }
}

/** For the operator, who named the address: the reason that strangers are not told. */
export function describeFailure(failure: unknown): string {
  const cause = failure instanceof OutboundFetchError ? failure.cause : failure
  return cause instanceof Error ? cause.message : String(cause)
}
