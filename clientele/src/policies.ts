/** The door `clientele/policies`: what may be registered, as data and as functions of your own. */
export type {
  Amendment,
  CredentialTerms,
  Decision,
  Denial,
  Facts,
  NamedBudget,
  Policies,
  Policy,
  Refusal,
  Rule,
  Situation,
} from './policies/policy.ts'
export {
  definePolicy,
  type HostParts,
  type HostRule,
  type PolicyDefinition,
} from './policies/policy-definition.ts'
export type { PolicySource } from './policies/policy-language.ts'
export { PRESETS } from './policies/presets.ts'
