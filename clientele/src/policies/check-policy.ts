/** What is wrong with a policy, as far as it can be seen without a request: for the start, and for `policy check`. */
import { compileSections, type PolicyContext, tablesOf } from './compile-policy.ts'
import type { Conditions } from './conditions.ts'
import { findContradictions } from './find-contradictions.ts'
import { findDeadRules } from './find-dead-rules.ts'
import { findHopelessConditions } from './find-hopeless-conditions.ts'
import { findHopelessPatterns } from './find-hopeless-patterns.ts'
import type { PolicyDefinition } from './policy-definition.ts'
import type { PolicyFault } from './policy-error.ts'
import { readPolicy } from './read-policy.ts'
import type { Section } from './section.ts'

/**
 * Every fault at once: the language, each section's own, and those of the policy as a whole: rules that never act, patterns
 * that nothing matches, conditions that never hold. Errors make the policy unusable.
 */
export function checkPolicy(definition: PolicyDefinition, context: PolicyContext): readonly PolicyFault[] {
  const { value, faults: found } = readPolicy(definition, context.known)
  const faults = [...found]
  compileSections(value, context, faults)
  // A section that does not even compile has nothing more to say.
  const broken = new Set(faults.map(({ path }) => path[0]))
  for (const [section, table] of tablesOf(value)) {
    if (!broken.has(section.key))
      faults.push(...sectionFaults(section, table, { ...context, policy: value.name }))
  }
  faults.push(...findDeadRules(value))
  faults.push(...findHopelessPatterns(value, context.fields))
  if (broken.size === 0) faults.push(...findContradictions(value, { ...context, policy: value.name }))
  if (value.when !== undefined) faults.push(...findHopelessConditions(value.when))
  const { deny = [] } = value as { readonly deny?: readonly { readonly when: Conditions }[] }
  for (const [index, { when }] of deny.entries())
    faults.push(...findHopelessConditions(when, ['deny', index, 'when']))
  return withoutRepetition(faults)
}

function sectionFaults(
  { key, findFaults }: Section,
  table: unknown,
  context: PolicyContext & { readonly policy: string },
): readonly PolicyFault[] {
  const faults = findFaults?.(table, context) ?? []
  return faults.map(({ severity, path, message }) => ({ severity, path: [key, ...partsOf(path)], message }))
}

/** `client_name.pattern`, `hosts[1]` → its parts. */
function partsOf(path: string): readonly (string | number)[] {
  return path
    .split(/\.|(?=\[\d+\])/)
    .filter((part) => part !== '')
    .map((part) => (/^\[?\d+\]?$/.test(part) ? Number(part.replace(/[[\]]/g, '')) : part))
}

/** A section may see what the policy as a whole sees too: one place is named once for each severity. */
function withoutRepetition(faults: readonly PolicyFault[]): readonly PolicyFault[] {
  const seen = new Set<string>()
  return faults.filter(({ severity, path, message }) => {
    const key = JSON.stringify([severity, path, message])
    return seen.has(key) ? false : seen.add(key)
  })
}
