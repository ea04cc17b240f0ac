import type { IncomingMessage } from 'node:http'
import type { Log } from '../runtime/log.ts'

/**
 * Warns, once, when a forwarding header arrives from an address that is no trusted proxy. Either a caller made it up, or
 * a proxy was forgotten in the configuration: then everybody behind it counts as one address for the limits.
 */
export function createProxyWarning(log: Pick<Log, 'warn'>): (request: IncomingMessage) => void {
  let hasWarned = false
  return ({ headers, socket }) => {
    if (hasWarned || (headers['x-forwarded-for'] === undefined && headers.forwarded === undefined)) return
    hasWarned = true
    log.warn(
      { peer: socket.remoteAddress },
      'a forwarding header came from an address that is not in server.trusted_proxies and is not believed: if that is your proxy, add it, or all its clients count as one address (said once)',
    )
  }
}
