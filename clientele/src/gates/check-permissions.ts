import type { Permission } from '../clients/permission.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Gate, Operation } from './gate.ts'

/** What a stored credential needs for an operation, as in Stalwart: to get in at all, and to register. */
const NEEDED: Record<Operation, readonly Permission[]> = {
  register: ['authenticate', 'oauth-client-registration'],
  // Whose registration it may open is decided where the registration is known (`steps/authorize-management.ts`).
  read: ['authenticate'],
  update: ['authenticate'],
  delete: ['authenticate'],
}

/** Throws `insufficient_scope` (RFC 6750 §3.1) when a credential is not permitted what it is shown for. */
export function checkPermissions(
  permissions: readonly Permission[],
  operation: Operation,
  gate: { readonly name: string; readonly challenge: NonNullable<Gate['challenge']> },
): void {
  const missing = NEEDED[operation].find((permission) => !permissions.includes(permission))
  if (missing === undefined) return
  throw new OAuthError(
    'insufficient_scope',
    `${gate.name}.without_${missing.replaceAll('-', '_')}`,
    `This credential does not have the permission ${missing}.`,
    { challenges: [gate.challenge] },
  )
}
