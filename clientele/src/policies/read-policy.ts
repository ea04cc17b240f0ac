/** Reads a policy: what it extends is put in, and every key and value is held against the language. */
import type { z } from 'zod'
import { HOST_KEYS, type PolicyDefinition, sourceOf } from './policy-definition.ts'
import type { PolicyFault } from './policy-error.ts'
import { policySchema } from './policy-language.ts'
import { type KnownPolicies, resolveExtends } from './resolve-extends.ts'
import { findSchemaFaults } from './schema-faults.ts'

/** A policy in full whose tables hold, with its defaults. */
export type PolicyValue = Pick<z.output<typeof policySchema>, 'name' | 'description' | 'explain' | 'when'> & {
  readonly name: string
}

export interface ReadPolicy {
  /** With what it extends. */
  readonly definition: PolicyDefinition
  /** What the schema made of it; where it has faults, the tables that hold. */
  readonly value: PolicyValue
  readonly faults: readonly PolicyFault[]
}

/** What a policy is called while it has no name. */
export const UNNAMED = 'unnamed'

/** Resolves and checks. Tables with faults are left out of the value, so that what is wrong with the others is found too. */
export function readPolicy(written: PolicyDefinition, known: KnownPolicies): ReadPolicy {
  const { definition, faults } = resolveExtends(written, known)
  const source = sourceOf(definition) as Readonly<Record<string, unknown>>
  const found = [...faults, ...findSchemaFaults(policySchema, source), ...findHostFaults(definition)]
  const wrong = new Set(found.map(({ path }) => path[0]))
  const sound = Object.fromEntries(Object.entries(source).filter(([key]) => !wrong.has(key)))
  const parsed = policySchema.parse(sound)
  const name = typeof definition.name === 'string' ? definition.name : UNNAMED
  return { definition, value: { ...parsed, name } as PolicyValue, faults: found }
}

/** A file cannot hold functions: what stands there under their names is a mistake. */
function findHostFaults(definition: PolicyDefinition): readonly PolicyFault[] {
  const { rules, makeClientId, makeClientSecret } = definition as Readonly<Record<string, unknown>>
  const fault = (path: PolicyFault['path'], message: string): PolicyFault => ({
    severity: 'error',
    path,
    message,
  })
  const faults = Object.entries({ makeClientId, makeClientSecret })
    .filter(([, value]) => value !== undefined && typeof value !== 'function')
    .map(([key]) => fault([key], 'is a function, which only a program can give'))
  if (rules === undefined) return faults
  if (!Array.isArray(rules))
    return [...faults, fault([HOST_KEYS[0]], 'is a list of rules, which only a program can give')]
  const names = rules.map((rule) => rule?.name)
  return [
    ...faults,
    ...rules.flatMap((rule, index) => {
      if (typeof rule?.decide !== 'function' || typeof rule.name !== 'string' || rule.name === '')
        return fault(['rules', index], 'is no rule: it needs a name, a round and a function decide')
      if (rule.round !== 'asked' && rule.round !== 'granted')
        return fault(['rules', index, 'round'], 'is "asked" or "granted"')
      return names.indexOf(rule.name) === index
        ? []
        : fault(['rules', index, 'name'], 'is the name of another rule')
    }),
  ]
}
