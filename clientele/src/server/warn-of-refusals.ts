import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'

const QUIET_MILLISECONDS = 60_000

/** Warns of connections that the bounds refused, once a minute: whoever opens too many must not fill the log as well. */
export function createRefusalWarning(log: Pick<Log, 'warn'>, clock: Clock): (address: string) => void {
  let quietUntil = Number.NEGATIVE_INFINITY
  let refused = 0
  return (address) => {
    refused += 1
    const now = clock.milliseconds()
    if (now < quietUntil) return
    quietUntil = now + QUIET_MILLISECONDS
    log.warn(
      { peer: address, refused },
      'connections are refused: see connections and connections_per_address in [limits]; if the peer is your proxy, add it to server.trusted_proxies (said once a minute)',
    )
    refused = 0
  }
}
