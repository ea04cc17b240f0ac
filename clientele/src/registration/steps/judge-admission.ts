import type { Vouched } from '../../clients/client.ts'
import type { Admission, Presented } from '../../gates/gate.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'
import type { RegistrationDeps } from '../deps.ts'
import { type Asked, choosePolicy } from './choose-policy.ts'
import { type JudgedMetadata, judgeMetadata } from './judge-metadata.ts'
import { admissionRefused, holds, possibleAdmissions } from './settle-admission.ts'

export interface JudgedAdmission {
  readonly admission: Admission
  readonly judged: JudgedMetadata
}

type Judging = Pick<
  RegistrationDeps,
  'gates' | 'policies' | 'reportMissingPolicy' | 'capabilities' | 'fields' | 'clock' | 'checkServable'
>

/**
 * Judges a registration under the admission that holds. Whether one for public clients does is seen from what it turned out
 * to be; where it does not, the next is asked. Throws as `judgeMetadata`, and what the gates say where none holds.
 */
export async function judgeAdmission(
  parsed: ParsedMetadata,
  from: {
    readonly admissions: readonly Admission[]
    readonly presented: Presented
    readonly vouched: Vouched | undefined
  },
  deps: Judging,
): Promise<JudgedAdmission> {
  const { admissions, presented, vouched } = from
  for (const admission of possibleAdmissions(admissions, vouched?.issuer)) {
    const judged = await judgeUnder(admission, { parsed, vouched, address: presented.address }, deps)
    const registered = { metadata: judged.metadata, voucher: vouched?.issuer }
    if (holds(admission, registered)) return { admission, judged }
  }
  throw admissionRefused(admissions, presented, deps.gates)
}

function judgeUnder(
  admission: Admission,
  { parsed, vouched, address }: Asked,
  deps: Judging,
): Promise<JudgedMetadata> {
  const { caller, permissions, fixed } = admission
  const policy = choosePolicy(admission, { parsed, vouched, address }, deps)
  return judgeMetadata(
    parsed,
    { operation: 'register', policy, caller, permissions, address, vouched, fixed },
    deps,
  )
}
