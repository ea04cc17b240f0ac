/** What a client is told when a policy as a whole, and no single value, stands against it. */
import type { RecordedDecision } from '../../clients/client.ts'
import { OAuthError, type Problem } from '../../oauth/errors.ts'
import { type AppliedRules, citeRule } from '../../policies/apply-rules.ts'
import type { Policy } from '../../policies/policy.ts'

/** A rule still wanted to change the member after the last round. */
export function unsettledProblem({ member, rule, because }: RecordedDecision, policy: Policy): Problem {
  return {
    member,
    reason: 'policy.unsettled',
    // Its type is told from the redirect URIs, whatever is written (`oauth/apply-defaults.ts`).
    message:
      member === 'application_type'
        ? `${because}, and the redirect URIs are those of another kind of program`
        : `${because}, and that contradicts the other members`,
    rule: citeRule(rule, policy),
  }
}

/** Nobody gets this registration. */
export function denialError(
  { because, reason, rule }: AppliedRules<never>['denials'][number],
  policy: Policy,
): OAuthError {
  const where = policy.explain === 'public' ? ` (${citeRule(rule, policy)})` : ''
  return new OAuthError('access_denied', `policy.${reason}`, `${because}${where}`)
}
