/**
 * CORS (RFC 9700 §2.6; OpenID Connect Dynamic Client Registration 1.0 §3): browsers of any origin may call, errors are
 * readable too, and cookies never count, so nothing is given that a server could not have. Never on the authorization
 * endpoint, where people, not scripts, are sent.
 */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
} as const

const ALWAYS_ALLOWED = ['Authorization', 'Content-Type']
/** Header names (RFC 9110 §5.6.2), and nothing else of what was sent. */
const TOKENS = /[\w!#$%&'*+.^`|~-]+/g

/**
 * The answer to a preflight request for an endpoint that takes `methods`. Any header may come along: cookies never count
 * here, so a header gives a page nothing that a program could not send.
 */
export function answerPreflight(methods: string, askedHeaders: string | null): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods,
      'access-control-allow-headers': [...ALWAYS_ALLOWED, ...((askedHeaders ?? '').match(TOKENS) ?? [])].join(
        ', ',
      ),
      vary: 'Access-Control-Request-Headers',
      'access-control-max-age': '3600',
    },
  })
}
