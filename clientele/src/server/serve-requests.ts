/** What happens to every request before the rooms see it: whose it is, its log line, and what no room is asked about. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OAuthError } from '../oauth/errors.ts'
import { pathOfIssuer } from '../oauth/paths.ts'
import type { Log } from '../runtime/log.ts'
import type { Listener, RequestHandler } from './listen.ts'
import { createRequestLog } from './request-log.ts'
import type { ReadOrigin } from './request-origin.ts'

const MOST_HEADERS = 100

export interface ServeRequestsDeps {
  readonly log: Log
  readonly readOrigin: ReadOrigin
  readonly issuer: string
  /** The longest request body. */
  readonly bodyBytes: number
}

/** Hands the requests of the listener to `handle`, from now on. */
export function serveRequests(listener: Listener, handle: RequestHandler, deps: ServeRequestsDeps): void {
  const { log, readOrigin, issuer, bodyBytes } = deps
  const requestLog = createRequestLog(log, pathOfIssuer(issuer))
  const { host } = new URL(issuer)
  listener.use((request, response) => {
    const origin = readOrigin(request)
    requestLog.begin(request, response, origin)
    // The issuer rules every address, so the caller's word for the host counts nowhere, and a malformed one harms nothing.
    request.headers.host = host
    const refusal = refuseHeaders(request) ?? origin.refusal ?? refuseUnsent(request, bodyBytes)
    if (refusal === undefined) handle(request, response)
    else answerRefusal(request, response, refusal)
  })
}

/**
 * More lines than any client sends (RFC 6585 §5), and two that name the host (RFC 9112 §3.2), of which a proxy may have
 * gone by the one and we by the other. Refused whole: with some of them dropped, the one that says whose request it is could
 * be among them.
 */
function refuseHeaders({ rawHeaders }: IncomingMessage): OAuthError | undefined {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name))
  if (hosts.length > 1) {
    return new OAuthError('invalid_request', 'headers.two_hosts', 'A request must have one Host header.')
  }
  if (rawHeaders.length <= 2 * MOST_HEADERS) return undefined
  const sentence = `A request must have at most ${MOST_HEADERS} header lines.`
  return new OAuthError('invalid_request', 'headers.too_many', sentence, { status: 431 })
}

/** A body that its sender holds back until it is asked for (RFC 9110 §10.1.1), and that would be too long. */
function refuseUnsent({ headers }: IncomingMessage, bodyBytes: number): OAuthError | undefined {
  if (headers.expect === undefined || Number(headers['content-length'] ?? 0) <= bodyBytes) return undefined
  return new OAuthError(
    'invalid_request',
    'body.too_large',
    `The body must have at most ${bodyBytes} bytes.`,
    {
      status: 413,
    },
  )
}

/** No address of this server is for such a request, so that no room is asked. */
function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: OAuthError): void {
  request.resume()
  response.writeHead(refusal.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ error: refusal.code, error_description: refusal.message }))
}
