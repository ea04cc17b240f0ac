/**
 * CORS (RFC 9700 §2.6; OpenID Connect Dynamic Client Registration 1.0 §3): browsers of any origin may call, errors are
 * readable too, and cookies never count, so nothing is given that a server could not have. Never on the authorization
 * endpoint, where people, not scripts, are sent.
 */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
} as const

/** The answer to a preflight request for an endpoint that takes `methods`. */
export function answerPreflight(methods: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'Authorization, Content-Type, Accept, MCP-Protocol-Version',
      'access-control-max-age': '3600',
    },
  })
}
