/** A policy as a program writes it: the words of the language, and functions of the program's own. */
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { CredentialTerms, Rule } from './policy.ts'
import type { PolicySource } from './policy-language.ts'

/**
 * A rule that a program brings: a pure function from metadata and facts to decisions, which may be asynchronous. `asked`: over
 * what was asked, before the standard's defaults. `granted`: over the complete metadata, and again whenever something changed.
 * It acts after the rules of the policy's own tables. Its name stands for it in the policy's revision: change the name
 * when it comes to decide otherwise.
 */
export type HostRule =
  | ({ readonly round: 'asked' } & Rule<ClientMetadata>)
  | ({ readonly round: 'granted' } & Rule)

/** What no file can say. */
export interface HostParts {
  readonly rules?: readonly HostRule[]
  /** Makes client ids instead of `credentials.client_id`. Is asked again when the id is taken. */
  readonly makeClientId?: NonNullable<CredentialTerms['makeClientId']>
  /** Makes client secrets instead of `credentials.client_secret`; at least 128 unpredictable bits are its own duty. */
  readonly makeClientSecret?: NonNullable<CredentialTerms['makeClientSecret']>
}

/** A policy with what a program adds to it. */
export type PolicyDefinition = PolicySource & HostParts

/** The names of what a program adds. */
export const HOST_KEYS = ['rules', 'makeClientId', 'makeClientSecret'] as const satisfies (keyof HostParts)[]

/** Lets the compiler check a policy that a program writes, and gives it back as it is. */
export function definePolicy(definition: PolicyDefinition): PolicyDefinition {
  return definition
}

/** The words of a definition, without its functions. */
export function sourceOf(definition: PolicyDefinition): PolicySource {
  const { rules: _rules, makeClientId: _id, makeClientSecret: _secret, ...source } = definition
  return source
}
