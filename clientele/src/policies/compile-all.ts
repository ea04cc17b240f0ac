import { compilePolicy, type PolicyContext } from './compile-policy.ts'
import { deferPolicy } from './defer-policy.ts'
import type { Policy } from './policy.ts'
import type { PolicyDefinition } from './policy-definition.ts'

/**
 * A host's own policies, compiled, and behind them the presets that none of these replaces: presets have no conditions, they
 * are there to be named.
 */
export function compileAll(own: readonly PolicyDefinition[], context: PolicyContext): readonly Policy[] {
  const { known } = context
  const presets = [...known.presets.values()].filter(({ name }) => !known.own.has(name!))
  return [
    ...own.map((definition) => compilePolicy(definition, context)),
    ...presets.map((preset) => deferPolicy(preset, context)),
  ]
}
