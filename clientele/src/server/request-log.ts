/** One log line a request: method, path without query, status, time, ids. Never a header, a query or a body. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ENGINE_PATHS } from '../authorization/engine-paths.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { Log } from '../runtime/log.ts'
import { attachRequestFacts, type RequestFacts } from '../runtime/request-facts.ts'

/** Characters of a path. */
const LONGEST = 200

/** What of the facts is known from the connection. */
type Origin = Pick<RequestFacts, 'address' | 'certificate'>

export interface RequestLog {
  /** To be called once for each request, before it is answered. */
  begin(request: IncomingMessage, response: ServerResponse, origin: Origin): void
}

/**
 * Request ids are a random word a process and a count: unique, short, and free. `basePath` is the issuer's path, below
 * which the addresses of the authorization server are.
 */
export function createRequestLog(log: Log, basePath = ''): RequestLog {
  const word = randomText(6)
  let count = 0
  return {
    begin(request, response, { address, certificate }) {
      count += 1
      const facts: RequestFacts = {
        id: `${word}.${count.toString(36)}`,
        ...(address === undefined ? {} : { address }),
        ...(certificate === undefined ? {} : { certificate }),
      }
      attachRequestFacts(request, facts)
      const began = performance.now()
      // Taken now: the engine's mount rewrites `url`, and a log line must show what was asked.
      const { method, url = '' } = request
      response.once('close', () => {
        const ms = Math.round((performance.now() - began) * 10) / 10
        const line = {
          method,
          path: shownPath(url, basePath),
          status: response.statusCode,
          ms,
          request_id: facts.id,
        }
        const { clientId, reason } = facts
        const known = {
          ...line,
          ...(clientId === undefined ? {} : { client_id: clientId }),
          ...(reason === undefined ? {} : { reason }),
        }
        // Nothing was sent completely: the caller went away, or we cut the connection.
        const all = response.writableFinished ? known : { ...known, aborted: true }
        if (response.statusCode >= 500) log.error(all, 'request')
        else log.info(all, 'request')
      })
    },
  }
}

/** Below these a segment names one end-user's sign-in or consent: with their cookie it is a session (OIDC Core §16.4). */
const INTERACTIONS = [
  '/interaction/',
  `${ENGINE_PATHS.authorization}/`,
  `${ENGINE_PATHS.deviceVerification}/`,
]

/**
 * The path as it may be read by whoever reads logs. Queries carry codes, states and hints; ids of interactions become the
 * pattern of their route. Paths of a mistaken client may hold anything, so they are cut as well.
 */
function shownPath(url: string, basePath: string): string {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  const prefix = INTERACTIONS.find((start) => path.startsWith(start, basePath.length))
  if (prefix !== undefined && path.startsWith(basePath)) {
    const [, ...rest] = path.slice(basePath.length + prefix.length).split('/')
    return [`${basePath}${prefix}:uid`, ...rest].join('/').slice(0, LONGEST)
  }
  return path.length > LONGEST ? `${path.slice(0, LONGEST)}…` : path
}
