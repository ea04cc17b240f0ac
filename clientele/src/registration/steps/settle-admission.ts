import type { Admission, Gate, Permission, Presented, Proviso } from '../../gates/gate.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { notAdmitted } from './identify-caller.ts'

/**
 * Which of the admissions holds, now that it is known what would be registered. A weak gate admits weak clients only:
 * an open door for public clients is none for a client with a secret.
 */
export function settleAdmission(
  admissions: readonly Admission[],
  registered: { readonly metadata: CompleteMetadata; readonly isVouched: boolean },
  presented: Presented,
  gates: readonly Gate[],
): Admission {
  const settled = admissions.find(({ proviso }) => proviso === undefined || HOLDS[proviso](registered))
  if (!settled) throw notAdmitted(presented, gates)
  return settled
}

/** What every one of the admissions permits: which of them will hold is not known yet. */
export function commonPermissions(admissions: readonly Admission[]): readonly Permission[] {
  const [first, ...others] = admissions
  return (first?.permissions ?? []).filter((each) =>
    others.every(({ permissions }) => permissions.includes(each)),
  )
}

const HOLDS: Record<Proviso, (registered: { metadata: CompleteMetadata; isVouched: boolean }) => boolean> = {
  public_client: ({ metadata }) => metadata.token_endpoint_auth_method === 'none',
  software_statement: ({ isVouched }) => isVouched,
}
