/** What would this registration request get, and why? Nothing is stored and nothing is spent. */

import type { JsonObject } from '../oauth/json.ts'
import { type Explanation, explainClient } from '../policies/explain.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { type TrialOutcome, tryRegistration } from '../registration/try.ts'
import { parseNetwork } from '../runtime/network.ts'
import { adminError } from './admin-error.ts'
import { type FindPolicyDeps, findPolicy, type WantedPolicy } from './find-policy.ts'
import { type ImagineDeps, type ImaginedCaller, imagineAdmission } from './imagine-admission.ts'

export interface PolicyTrialRequest extends WantedPolicy, ImaginedCaller {
  /** The registration request. */
  readonly body: JsonObject
  /** The network address that it would come from. */
  readonly address?: string
}

/** What would come of it. Never the text of the software statement. */
export interface PolicyTrial
  extends Pick<
    TrialOutcome,
    'outcome' | 'requested' | 'granted' | 'dropped' | 'decisions' | 'problems' | 'refusal' | 'budgets'
  > {
  readonly policy: string
  readonly policyRevision: string
  /** How it came to be tried: it was asked for, the credential names it, or it is what the server would choose. */
  readonly policyChoice: 'wanted' | 'credential' | 'chosen'
  /** What would stand in the way of the real caller. */
  readonly notes: readonly string[]
  readonly explanation: Explanation
}

export type TryPolicyDeps = FindPolicyDeps & ImagineDeps & { readonly registration: RegistrationDeps }

export async function tryPolicy(request: PolicyTrialRequest, deps: TryPolicyDeps): Promise<PolicyTrial> {
  const { body, address = '' } = request
  if (address !== '' && !isAddress(address)) throw adminError([NO_ADDRESS])
  const wanted = findPolicy(request, deps)
  const { admission, notes } = await imagineAdmission(request, deps)
  const trial = { body, admission, address, ...(wanted === undefined ? {} : { policy: wanted }) }
  const tried = await tryRegistration(trial, deps.registration)
  const { policy, caller: _, vouched: __, ...outcome } = tried
  const policyRevision = policy.revision
  const policyName = policy.name
  return {
    policy: policyName,
    policyRevision,
    policyChoice: wanted ? 'wanted' : admission.policy === undefined ? 'chosen' : 'credential',
    notes,
    ...outcome,
    explanation: explainClient({
      ...admission,
      ...tried,
      door: 'registration_request',
      policy: policyName,
      policyRevision,
    }),
  }
}

const NO_ADDRESS = {
  member: 'address',
  reason: 'address.form',
  message: 'must be one IP address, as in 192.0.2.1 or 2001:db8::1',
  rule: 'admin API',
}

function isAddress(text: string): boolean {
  return !text.includes('/') && parseNetwork(text) !== undefined
}
