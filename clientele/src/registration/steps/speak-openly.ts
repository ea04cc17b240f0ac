import type { Policy } from '../../policies/policy.ts'

/**
 * The same policy for an operator's eyes: what it refuses is cited with the names of the rule and of the policy, whatever
 * clients are told (`explain`). Only rehearsals judge by it.
 */
export function speakOpenly(policy: Policy): Policy {
  // Not copied: a preset is compiled when something is first asked of it.
  return Object.create(policy, { explain: { value: 'public', enumerable: true } })
}
