/**
 * The one error of the protocol rooms. Everything else that is thrown is our bug and is answered with 500.
 * RFC 7591 §3.2.2, RFC 6750 §3.1, RFC 6749 §5.2.
 */
export class OAuthError extends Error {
  /** The RFC's word. */
  readonly code: ErrorCode
  /** Ours: stable, machine-readable. */
  readonly reason: string
  /** Every bad member at once. */
  readonly problems: readonly Problem[]
  readonly status: number
  /** How to ask again, on a 401: the schemes of the gates that could admit (RFC 9110 §11.6.1). */
  readonly challenges: readonly ('Bearer' | 'Basic')[]
  /** The scope that was missing, on a 403 (RFC 6750 §3). */
  readonly scope: string | undefined
  /** Seconds to wait before the next try, on a 429 or 503. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, reason: string, message: string, options: OAuthErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OAuthError'
    this.code = code
    this.reason = reason
    this.problems = options.problems ?? []
    this.status = options.status ?? ERROR_STATUS[code]
    this.challenges = options.challenges ?? ['Bearer']
    this.scope = options.scope
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** What an error may say beyond its code, its reason and its sentence. */
export interface OAuthErrorOptions {
  readonly problems?: readonly Problem[]
  /** Where HTTP has a more exact status than the code's own: 405, 413, 415. */
  readonly status?: number
  readonly challenges?: readonly ('Bearer' | 'Basic')[]
  readonly scope?: string
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** The status that goes with each code. */
export const ERROR_STATUS = {
  invalid_client_metadata: 400,
  invalid_redirect_uri: 400,
  invalid_software_statement: 400,
  unapproved_software_statement: 400,
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  access_denied: 403,
  not_found: 404,
  conflict: 409,
  slow_down: 429,
  server_error: 500,
  temporarily_unavailable: 503,
} as const

/** A code of RFC 7591 §3.2.2, RFC 6750 §3.1 or RFC 6749 §5.2, or of HTTP where they have none. */
export type ErrorCode = keyof typeof ERROR_STATUS

/** What is wrong with one member of the request. */
export interface Problem {
  /** The member's name as sent, with its language tag. */
  readonly member: string
  /** Ours, stable: `redirect_uri.has_fragment`. */
  readonly reason: string
  /** One sentence for the developer of the client. Never repeats the value. */
  readonly message: string
  /** The section that says so. */
  readonly rule: string
  /** Which element, where the member is an array. */
  readonly index?: number
}

/**
 * One error for all problems of a request. `invalid_redirect_uri` when only redirect URIs are wrong,
 * `invalid_client_metadata` otherwise (RFC 7591 §3.2.2).
 */
export function metadataError(problems: readonly Problem[]): OAuthError {
  const onlyRedirects = problems.every((problem) => problem.member === 'redirect_uris')
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see problems)` : ''
  return new OAuthError(
    onlyRedirects ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    first?.reason ?? 'metadata.invalid',
    `${first?.member ?? 'metadata'}: ${first?.message ?? 'invalid'}${more}`,
    { problems },
  )
}
