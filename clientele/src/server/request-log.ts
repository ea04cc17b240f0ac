/** One log line a request: method, path without query, status, time, ids. Never a header, a query or a body. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { randomText } from '../runtime/cryptography.ts'
import type { Log } from '../runtime/log.ts'
import { attachRequestFacts, type RequestFacts } from '../runtime/request-facts.ts'

/** What of the facts is known from the connection. */
type Origin = Pick<RequestFacts, 'address' | 'certificate'>

export interface RequestLog {
  /** To be called once for each request, before it is answered. */
  begin(request: IncomingMessage, response: ServerResponse, origin: Origin): void
}

/** Request ids are a random word a process and a count: unique, short, and free. */
export function createRequestLog(log: Log): RequestLog {
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
          path: withoutQuery(url),
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

/** Queries carry codes, states and hints. Paths of a mistaken client may hold anything, so they are cut as well. */
function withoutQuery(url: string): string {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
