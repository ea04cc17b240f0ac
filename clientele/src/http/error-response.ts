import { OAuthError } from '../oauth/errors.ts'
import { StoreUnavailable } from '../stores/store.ts'

/** Headers that the route adds to every answer of its own (CORS). */
export type Headers = Readonly<Record<string, string>>

/**
 * The one place that turns an error into a response (RFC 7591 §3.2.2, RFC 6750 §3). What is not an `OAuthError` is our
 * bug: a fixed sentence and the request's id go out, the rest stays for the log.
 */
export function renderError(error: unknown, requestId: string | undefined, headers: Headers): Response {
  if (error instanceof OAuthError) return renderOAuthError(error, headers)
  if (error instanceof StoreUnavailable) {
    const busy = new OAuthError(
      'temporarily_unavailable',
      'store.unavailable',
      'The server cannot reach its store; nothing was changed. Try again.',
    )
    return renderOAuthError(busy, { ...headers, 'retry-after': '2' })
  }
  const body = {
    error: 'server_error',
    error_description: 'The server failed. Nothing was acknowledged.',
    request_id: requestId,
  }
  return json(500, body, headers)
}

function renderOAuthError(error: OAuthError, extra: Headers): Response {
  const body = {
    error: error.code,
    error_description: toAscii(error.message),
    reason: error.reason,
    ...(error.problems.length > 0 ? { problems: error.problems } : {}),
  }
  // A credential's reason stays inside: the caller might be guessing.
  const { reason: _, ...vague } = body
  return json(error.status, isAboutCredentials(error) ? vague : body, { ...extra, ...challenge(error) })
}

/** What a policy denies or limits is about the registration, and a program may act by its reason. */
function isAboutCredentials({ code, reason }: OAuthError): boolean {
  return code === 'invalid_token' || (code === 'access_denied' && !/^(policy|limits)\./.test(reason))
}

/**
 * RFC 6750 §3, RFC 9110 §11.6.1: every 401 that is rendered here has a challenge, and so has a 403 for a token with too
 * small a scope. Without credentials it stands alone, because a client that did not know that it needs some has made no
 * mistake (RFC 6750 §3.1). The endpoints of the engine are not rendered here: they challenge a client that used HTTP Basic
 * (RFC 6749 §5.2), and none that sent its secret in the body, because a browser would answer with a password dialogue.
 */
function challenge(error: OAuthError): Headers {
  if (error.retryAfterSeconds !== undefined || error.status === 429) {
    return { 'retry-after': String(error.retryAfterSeconds ?? 1) }
  }
  const isTooSmall = error.code === 'insufficient_scope' && error.challenges.includes('Bearer')
  if (error.status !== 401 && !isTooSmall) return {}
  const isBare = error.reason.endsWith('.missing')
  const scope = error.scope === undefined ? '' : `, scope="${toAscii(error.scope)}"`
  const why = `, error="${error.code}", error_description="${toAscii(error.message)}"${scope}`
  const challenges = error.challenges.map((scheme) =>
    scheme === 'Basic'
      ? 'Basic realm="clientele", charset="UTF-8"'
      : `Bearer realm="clientele"${isBare ? '' : why}`,
  )
  return { 'www-authenticate': challenges.join(', ') }
}

/** `error_description` is ASCII without quote and backslash (RFC 6749 §5.2, RFC 6750 §3), whatever was refused. */
function toAscii(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')
}

function json(status: number, body: object, headers: Headers): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      ...headers,
    },
  })
}
