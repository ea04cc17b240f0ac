import { OAuthError } from './errors.ts'

/** What a request shows of itself: nothing, or one credential. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'other'; readonly scheme: string; readonly value: string }

// RFC 6750 §2.1: b64token. One space, one token, nothing behind it.
const BEARER = /^ +([A-Za-z0-9\-._~+/]+=*)$/

/**
 * Reads the `Authorization` header (RFC 6750 §2.1, RFC 9110 §11.4). The scheme is compared without regard to case; a
 * malformed header is refused, never treated as if it were absent.
 */
export function parseAuthorization(header: string | undefined | null): Credentials {
  if (header === undefined || header === null) return { kind: 'none' }
  const scheme = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+/.exec(header)?.[0]
  if (!scheme) throw malformed()
  const rest = header.slice(scheme.length)
  if (scheme.toLowerCase() !== 'bearer')
    return { kind: 'other', scheme: scheme.toLowerCase(), value: rest.trim() }
  // Two Authorization headers arrive joined by a comma, which no token has.
  const token = BEARER.exec(rest)?.[1]
  if (!token) throw malformed()
  return { kind: 'bearer', token }
}

function malformed(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'authorization.malformed',
    'The Authorization header is malformed.',
  )
}

/** The bearer token of the credentials, or the empty text, which is no token. */
export function bearerOf(credentials: Credentials): string {
  return credentials.kind === 'bearer' ? credentials.token : ''
}
