import { compilePolicy, type PolicyContext } from './compile-policy.ts'
import type { Policy } from './policy.ts'
import type { PolicyDefinition } from './policy-definition.ts'

/**
 * A preset that is compiled when something is asked of it: most servers use one of them, and patterns take longer to compile
 * than the rest of a start. It has no conditions, so nothing is asked of it until it is named.
 */
export function deferPolicy(preset: PolicyDefinition, context: PolicyContext): Policy {
  let made: Policy | undefined
  const compiled = () => {
    made ??= compilePolicy(preset, context)
    return made
  }
  return {
    name: preset.name!,
    ...(preset.description === undefined ? {} : { description: preset.description }),
    appliesTo: () => false,
    get revision() {
      return compiled().revision
    },
    get explain() {
      return compiled().explain
    },
    get askedRules() {
      return compiled().askedRules
    },
    get grantedRules() {
      return compiled().grantedRules
    },
    get credentials() {
      return compiled().credentials
    },
    budgetsOf: (metadata, facts) => compiled().budgetsOf(metadata, facts),
  }
}
