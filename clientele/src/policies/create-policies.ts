import { OAuthError } from '../oauth/errors.ts'
import type { Policies, Policy } from './policy.ts'

/**
 * All policies of a server, in the order in which they are asked. Exactly one governs a registration: the one that the
 * credential names, else the first whose conditions hold, else the default.
 */
export function createPolicies(all: readonly Policy[], standard: Policy): Policies {
  const byName = new Map([standard, ...all].map((policy) => [policy.name, policy]))
  return {
    all,
    default: standard,
    find: (name) => byName.get(name),
    choose(named, situation) {
      if (named === undefined) return all.find((policy) => policy.appliesTo(situation)) ?? standard
      const policy = byName.get(named)
      // Fail closed: a credential with a misspelled policy must not open what the default leaves open.
      if (policy === undefined) throw unknownPolicy()
      return policy
    },
  }
}

function unknownPolicy(): OAuthError {
  return new OAuthError(
    'access_denied',
    'policy.unknown',
    'The policy that this credential names does not exist here; tell the operator of this server.',
  )
}
