import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'

const QUIET_MILLISECONDS = 60_000
/** Names that are remembered; they are operators' own, and few. */
const MOST_NAMES = 1000

/** Warns of requests that are refused because a policy is not there any more, for each policy once a minute. */
export function createMissingPolicyWarning(log: Pick<Log, 'warn'>, clock: Clock): (policy: string) => void {
  const quietUntil = new Map<string, number>()
  return (policy) => {
    const now = clock.milliseconds()
    if (now < (quietUntil.get(policy) ?? Number.NEGATIVE_INFINITY)) return
    if (quietUntil.size >= MOST_NAMES) quietUntil.clear()
    quietUntil.set(policy, now + QUIET_MILLISECONDS)
    log.warn(
      { policy },
      'a request was refused because a client or a credential names a policy that is not there: bring it back, or see clientele clients set-policy (said once a minute)',
    )
  }
}
