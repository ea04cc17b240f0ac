/** What is wrong with the policy that a credential names: one that does not exist would let its holder register nothing. */
import type { Policies } from '../policies/policy.ts'
import type { AdminProblem } from './admin-error.ts'
import { findTextProblem } from './find-text-problem.ts'

export function findPolicyProblems(
  policy: string | undefined,
  policies: Pick<Policies, 'find' | 'all'>,
): readonly AdminProblem[] {
  const malformed = findTextProblem('policy', policy)
  if (policy === undefined || malformed.length > 0 || policies.find(policy) !== undefined) return malformed
  const known = policies.all.map(({ name }) => name).join(', ')
  return [
    {
      member: 'policy',
      reason: 'policy.unknown',
      message: `names no policy of this server; it has ${known}`,
      rule: 'docs/policies.md',
    },
  ]
}
