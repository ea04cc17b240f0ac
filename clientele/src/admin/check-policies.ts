/** Checks policies before anything is saved: syntax, rules that never act, patterns that nothing matches, contradictions. */
import { adminError } from './admin-error.ts'
import type { CheckedPolicy, PolicyTexts, WrittenPolicy } from './policy-texts.ts'

export interface CheckPoliciesDeps {
  readonly texts: PolicyTexts
}

export async function checkPolicies(
  written: readonly WrittenPolicy[],
  { texts }: CheckPoliciesDeps,
): Promise<readonly CheckedPolicy[]> {
  if (written.length === 0) throw adminError([NOTHING])
  return texts.check(written)
}

const NOTHING = {
  member: 'policies',
  reason: 'policies.none',
  message: 'must hold at least one policy',
  rule: 'admin API',
}
