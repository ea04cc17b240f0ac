import { OAuthError } from '../oauth/errors.ts'
import type { Operation } from './gate.ts'

/** The scope that an access token needs for each operation (RFC 6750 §3.1); empty text where it needs none. */
export type OperationScopes = Readonly<Record<Operation, string>>

/** Throws `insufficient_scope`, with the scope that is missing, when the token may not do what it is shown for. */
export function checkOperationScope(
  granted: readonly string[],
  operation: Operation,
  needed: OperationScopes,
): void {
  const scope = needed[operation]
  if (scope === '' || granted.includes(scope)) return
  throw new OAuthError(
    'insufficient_scope',
    `access_token.without_${operation}_scope`,
    'The access token does not have the scope for this.',
    { scope },
  )
}
