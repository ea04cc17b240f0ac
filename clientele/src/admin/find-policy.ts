import type { Policies, Policy } from '../policies/policy.ts'
import { adminError } from './admin-error.ts'
import type { PolicyTexts, WrittenPolicy } from './policy-texts.ts'

/** A policy that the server has, by its name, or one that is brought along. */
export interface WantedPolicy {
  readonly policy?: string
  readonly written?: WrittenPolicy
}

export interface FindPolicyDeps {
  readonly policies: Pick<Policies, 'find' | 'all' | 'default'>
  readonly texts: Pick<PolicyTexts, 'compile'>
}

/** The policy that a rehearsal is about, or undefined where none was asked for. Throws `OAuthError`. */
export function findPolicy(wanted: WantedPolicy, { policies, texts }: FindPolicyDeps): Policy | undefined {
  const { policy: name, written } = wanted
  if (written !== undefined && name !== undefined)
    throw fault('both', 'must be left out where a policy is brought along')
  if (written !== undefined) return texts.compile(written)
  if (name === undefined) return undefined
  const found = policies.find(name)
  if (found) return found
  const names = [...new Set([policies.default, ...policies.all].map((each) => each.name))].join(', ')
  throw fault('unknown', `names no policy of this server; there are: ${names}`)
}

function fault(reason: string, message: string): Error {
  return adminError([{ member: 'policy', reason: `policy.${reason}`, message, rule: 'admin API' }])
}
