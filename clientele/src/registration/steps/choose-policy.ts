import type { Vouched } from '../../clients/client.ts'
import type { Admission } from '../../gates/gate.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'
import type { Policy } from '../../policies/policy.ts'
import type { RegistrationDeps } from '../deps.ts'

/** A request as the conditions of policies see it, beside who asks. */
export interface Asked {
  readonly parsed: ParsedMetadata
  readonly vouched: Vouched | undefined
  readonly address: string
}

/** The one policy that governs a registration: the one that the admission names, else the first whose conditions hold. */
export function choosePolicy(
  { caller, permissions, policy: named }: Admission,
  { parsed, vouched, address }: Asked,
  { policies, reportMissingPolicy }: Pick<RegistrationDeps, 'policies' | 'reportMissingPolicy'>,
): Policy {
  if (named !== undefined && policies.find(named) === undefined) reportMissingPolicy?.(named)
  return policies.choose(named, {
    caller,
    permissions,
    address,
    ...(vouched === undefined ? {} : { vouched }),
    claimed: parsed.metadata,
  })
}
