/** `extends`: a policy written out in full, with everything that it takes over from a preset or another policy. */
import { isObject } from '../oauth/json.ts'
import { findNearest } from '../runtime/nearest.ts'
import type { HostRule, PolicyDefinition } from './policy-definition.ts'
import type { PolicyFault } from './policy-error.ts'

/** Where policies are looked up by name. */
export interface KnownPolicies {
  /** The operator's own. */
  readonly own: ReadonlyMap<string, PolicyDefinition>
  /** The shipped ones. A policy of the operator's replaces the preset of its name, and may extend it. */
  readonly presets: ReadonlyMap<string, PolicyDefinition>
}

/** A policy in full, or why it has none. */
export interface Resolved {
  readonly definition: PolicyDefinition
  readonly faults: readonly PolicyFault[]
}

/** What a policy says of itself: taking it over would make two policies of one name, or for the same requests. */
const OWN = ['name', 'extends', 'description', 'when']

/** Follows `extends` to its end. What is wrong on the way is reported; the policy is then what could be found. */
export function resolveExtends(definition: PolicyDefinition, known: KnownPolicies): Resolved {
  return follow(definition, known, [])
}

function follow(
  definition: PolicyDefinition,
  known: KnownPolicies,
  path: readonly PolicyDefinition[],
): Resolved {
  const name = definition.extends
  if (typeof name !== 'string') return { definition, faults: [] }
  const base = find(name, definition, known)
  const fault = (message: string, more: Partial<PolicyFault> = {}): Resolved => ({
    definition,
    faults: [{ severity: 'error', path: ['extends'], message, found: JSON.stringify(name), ...more }],
  })
  if (base === undefined) {
    const names = [...new Set([...known.own.keys(), ...known.presets.keys()])]
    const nearest = findNearest(name, names)
    const allowed = `one of ${names.join(', ')}`
    return fault('names no policy and no preset', { allowed, ...(nearest === undefined ? {} : { nearest }) })
  }
  const chain = [...path, definition]
  if (chain.includes(base)) {
    const names = chain.slice(chain.indexOf(base)).map((each) => each.name)
    return fault(`goes round in a circle: ${[...names, base.name].join(' extends ')}`)
  }
  const above = follow(base, known, chain)
  return {
    definition: extend(takenOver(above.definition), definition),
    faults: above.faults,
  }
}

/** Its own name means the preset that it replaces. */
function find(
  name: string,
  definition: PolicyDefinition,
  known: KnownPolicies,
): PolicyDefinition | undefined {
  const isItself = name === definition.name
  const own = isItself && known.presets.has(name) ? undefined : known.own.get(name)
  return own ?? (isItself && !known.presets.has(name) ? definition : known.presets.get(name))
}

function takenOver(base: PolicyDefinition): PolicyDefinition {
  return Object.fromEntries(Object.entries(base).filter(([key]) => !OWN.includes(key)))
}

/** What stops somebody must not go because a policy further down stops somebody else: denials and host rules are added. */
function extend(base: PolicyDefinition, own: PolicyDefinition): PolicyDefinition {
  return {
    ...(merge(base, own) as PolicyDefinition),
    // Its own first: what is wrong with one is told by its place in the file.
    ...(Array.isArray(base.deny) && Array.isArray(own.deny) ? { deny: [...own.deny, ...base.deny] } : {}),
    ...(Array.isArray(base.rules) && Array.isArray(own.rules)
      ? { rules: addRules(base.rules, own.rules) }
      : {}),
  }
}

/** One of the same name replaces the base's; whoever writes it means to. */
function addRules(base: readonly HostRule[], own: readonly HostRule[]): readonly HostRule[] {
  const names = new Set(own.map((rule) => rule?.name))
  return [...base.filter((rule) => !names.has(rule?.name)), ...own]
}

/** Tables key by key; everything else is replaced. */
function merge(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above
  const given = Object.entries(above).filter(([, value]) => value !== undefined)
  const merged = given.map(([key, value]) => [
    key,
    Object.hasOwn(below, key) ? merge(below[key], value) : value,
  ])
  return Object.fromEntries([...Object.entries(below), ...merged])
}
