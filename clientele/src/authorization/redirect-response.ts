import type { KoaContextWithOIDC } from 'oidc-provider'

type ResponseMode = (ctx: KoaContextWithOIDC, redirectUri: string, answer: Record<string, string>) => void

/**
 * The authorization response in the query (RFC 6749 §4.1.2), put behind the redirect URI exactly as it was registered.
 * The engine parses the URI and writes it anew, which changes what some clients compare byte for byte: an escaped
 * character in a query, `?flag` into `?flag=`, a private-use scheme's path.
 */
export const respondInQuery: ResponseMode = (ctx, redirectUri, answer) => {
  const query = new URLSearchParams(answer).toString()
  const separator = redirectUri.includes('?') ? (/[?&]$/.test(redirectUri) ? '' : '&') : '?'
  ctx.status = 303
  ctx.set('Location', redirectUri + separator + query)
  ctx.type = 'text/plain'
  ctx.body = ''
}
