import type { ClientRecord } from '../../clients/client.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { Policy } from '../../policies/policy.ts'
import type { RegistrationDeps } from '../deps.ts'

/** The policy that governs a client, in its newest revision; undefined where the operator has taken it away. */
export function findGoverningPolicy(
  { policy }: Pick<ClientRecord, 'policy'>,
  { policies }: Pick<RegistrationDeps, 'policies'>,
): Policy | undefined {
  return policy === undefined ? policies.default : policies.find(policy)
}

/** The same; without it nothing is changed, because no other policy was meant for this client. */
export function getGoverningPolicy(
  client: Pick<ClientRecord, 'policy'>,
  deps: Pick<RegistrationDeps, 'policies' | 'reportMissingPolicy'>,
): Policy {
  const policy = findGoverningPolicy(client, deps)
  if (policy !== undefined) return policy
  if (client.policy !== undefined) deps.reportMissingPolicy?.(client.policy)
  throw new OAuthError(
    'access_denied',
    'policy.unknown',
    'The policy that governs this client does not exist here any more; tell the operator of this server.',
  )
}
