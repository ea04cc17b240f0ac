/** The operator's policies → what governs registrations. Whatever is wrong with one of them stops the start, with its line. */
import { findUnreachable } from '../policies/check-policies.ts'
import { checkPolicy } from '../policies/check-policy.ts'
import { compileAll } from '../policies/compile-all.ts'
import type { PolicyContext } from '../policies/compile-policy.ts'
import type { Conditions } from '../policies/conditions.ts'
import { createPolicies } from '../policies/create-policies.ts'
import type { Policies } from '../policies/policy.ts'
import { type PolicyFault, renderPolicyPath } from '../policies/policy-error.ts'
import { PRESETS } from '../policies/presets.ts'
import { findNearest } from '../runtime/nearest.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type { Config } from './config-schema.ts'
import { createCapabilities } from './create-capabilities.ts'
import { createMetadataFields } from './create-metadata-fields.ts'
import { readPolicies, type WrittenPolicy } from './policy-files.ts'
import type { TomlPath } from './toml-lines.ts'

export interface LoadedPolicies {
  readonly policies: Policies
  /** What others are compiled and checked with: by the admin API, before they are saved. */
  readonly context: PolicyContext
  /** What is not wrong and has no effect. */
  readonly warnings: readonly ConfigProblem[]
}

/** Where keys of `[policies]` stand, by their path below it. */
export type WhereIs = (path: TomlPath) => string

const loaded = new WeakMap<Config, LoadedPolicies>()

/**
 * Loads every policy, or throws a `ConfigError` with everything that is wrong. Once for a configuration: when it is read, where
 * the lines are known, and the server that is started with it has the same.
 */
export function loadPolicies(config: Config, whereIs: WhereIs = () => 'configuration'): LoadedPolicies {
  const known = loaded.get(config)
  if (known) return known
  const policies = load(config, whereIs)
  loaded.set(config, policies)
  return policies
}

function load(config: Config, whereIs: WhereIs): LoadedPolicies {
  const written = readPolicies(config, (path) => whereIs(['policy', ...path]))
  const context = createPolicyContext(config, written)
  const checked = new Map(written.map(({ definition }) => [definition, checkPolicy(definition, context)]))
  const found = written.flatMap((each) => findProblems(each, context, checked))
  const errors = [
    ...findTwins(written),
    ...found.filter(({ severity }) => severity === 'error').map(problemOf),
  ]
  errors.push(...findMissingDefault(config, context, whereIs))
  if (errors.length > 0) throw new ConfigError(errors)
  const all = compileAll(
    written.map(({ definition }) => definition),
    context,
  )
  const standard = all.find(({ name }) => name === config.policies.default)!
  const warnings = found.filter(({ severity }) => severity === 'warning').map(problemOf)
  return {
    policies: createPolicies(all, standard),
    context,
    warnings: [...warnings, ...unreachable(written)],
  }
}

/** What policies are compiled for on this server. */
export function createPolicyContext(config: Config, written: readonly WrittenPolicy[] = []): PolicyContext {
  return {
    capabilities: createCapabilities(config),
    fields: createMetadataFields(config),
    known: { own: new Map(written.map(({ definition }) => [definition.name, definition])), presets: PRESETS },
  }
}

type LocatedFault = PolicyFault & { readonly policy: WrittenPolicy }

/** What a policy took over from another of the operator's is said there, once. */
function findProblems(
  policy: WrittenPolicy,
  { known }: PolicyContext,
  checked: ReadonlyMap<unknown, readonly PolicyFault[]>,
): readonly LocatedFault[] {
  const { definition } = policy
  const base = definition.extends === definition.name ? undefined : known.own.get(String(definition.extends))
  const above = new Set(checked.get(base)?.map(identify))
  return checked
    .get(definition)!
    .filter((fault) => !above.has(identify(fault)))
    .map((fault) => ({ ...fault, policy }))
}

function identify({ path, message }: PolicyFault): string {
  return JSON.stringify([path, message])
}

function problemOf({ policy, path, message, found, allowed, nearest }: LocatedFault): ConfigProblem {
  return {
    path:
      path.length === 0
        ? `${policy.prefix}${policy.definition.name}`
        : policy.prefix + renderPolicyPath(path),
    where: policy.whereIs(path),
    wrong: message,
    ...(found === undefined ? {} : { found }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(nearest === undefined ? {} : { nearest }),
  }
}

function findTwins(written: readonly WrittenPolicy[]): readonly ConfigProblem[] {
  return written.flatMap(({ definition, prefix, whereIs }, index) => {
    const first = written.findIndex((each) => each.definition.name === definition.name)
    if (first === index) return []
    const wrong = `is the name of another policy already (${written[first]!.whereIs(['name'])})`
    return [
      { path: `${prefix}name`, where: whereIs(['name']), wrong, found: JSON.stringify(definition.name) },
    ]
  })
}

function findMissingDefault(
  config: Config,
  { known }: PolicyContext,
  whereIs: WhereIs,
): readonly ConfigProblem[] {
  const name = config.policies.default
  const names = [...new Set([...known.own.keys(), ...known.presets.keys()])]
  if (names.includes(name)) return []
  const nearest = findNearest(name, names)
  return [
    {
      path: 'policies.default',
      where: whereIs(['default']),
      wrong: 'names no policy and no preset',
      found: JSON.stringify(name),
      allowed: `one of ${names.join(', ')}`,
      ...(nearest === undefined ? {} : { nearest }),
    },
  ]
}

function unreachable(written: readonly WrittenPolicy[]): readonly ConfigProblem[] {
  const candidates = written.map(({ definition: { name, when } }) => ({
    name,
    ...(when === undefined ? {} : { when: when as Conditions }),
  }))
  const faults = findUnreachable(candidates)
  return written.flatMap((policy) => {
    const fault = faults.get(policy.definition.name)
    return fault === undefined ? [] : [problemOf({ ...fault, policy })]
  })
}
