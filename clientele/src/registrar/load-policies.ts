/** A program's policies → what governs registrations. Whatever is wrong with one of them stops `createRegistrar`. */
import { checkPolicy } from '../policies/check-policy.ts'
import { compileAll } from '../policies/compile-all.ts'
import type { PolicyContext } from '../policies/compile-policy.ts'
import { createPolicies } from '../policies/create-policies.ts'
import type { Policies, Policy } from '../policies/policy.ts'
import type { PolicyDefinition } from '../policies/policy-definition.ts'
import { renderPolicyPath } from '../policies/policy-error.ts'
import { PRESETS } from '../policies/presets.ts'
import { findNearest } from '../runtime/nearest.ts'
import type { Generators } from './options.ts'
import { type OptionProblem, RegistrarOptionsError } from './options-error.ts'

export interface PolicyOptions {
  readonly definitions: readonly PolicyDefinition[]
  readonly defaultPolicy: string
  readonly generators: Generators
}

export function loadPolicies(
  { definitions, defaultPolicy, generators }: PolicyOptions,
  server: Omit<PolicyContext, 'known'>,
): Policies {
  const own = new Map(
    definitions.flatMap((definition) =>
      definition.name === undefined ? [] : [[definition.name, definition] as const],
    ),
  )
  const context: PolicyContext = { ...server, known: { own, presets: PRESETS } }
  const problems = [
    ...findNameProblems(definitions),
    ...definitions.flatMap((definition, index) => findProblems(definition, index, context)),
    ...findMissing(defaultPolicy, [...own.keys(), ...PRESETS.keys()]),
  ]
  if (problems.length > 0) throw new RegistrarOptionsError(problems)
  const all = compileAll(definitions, context).map((policy) => withGenerators(policy, generators))
  return createPolicies(all, all.find(({ name }) => name === defaultPolicy)!)
}

/** Without compiling a policy that nothing was asked of yet. */
function withGenerators(policy: Policy, { clientId, clientSecret }: Generators): Policy {
  if (clientId === undefined && clientSecret === undefined) return policy
  return Object.create(policy, {
    credentials: {
      get: () => ({
        ...(clientId === undefined ? {} : { makeClientId: clientId }),
        ...(clientSecret === undefined ? {} : { makeClientSecret: clientSecret }),
        ...policy.credentials,
      }),
    },
  })
}

function findNameProblems(definitions: readonly PolicyDefinition[]): readonly OptionProblem[] {
  return definitions.flatMap(({ name }, index) => {
    const option = `policies[${index}].name`
    if (name === undefined) return [{ option, wrong: 'is missing' }]
    const first = definitions.findIndex((other) => other.name === name)
    return first === index ? [] : [{ option, wrong: `is the name of policies[${first}] already` }]
  })
}

function findProblems(
  definition: PolicyDefinition,
  index: number,
  context: PolicyContext,
): readonly OptionProblem[] {
  // Warnings are about rules that do nothing: they hurt nobody, and a library has nowhere to write them.
  return checkPolicy(definition, context)
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, allowed, nearest }) => ({
      option: `policies[${index}]${path.length === 0 ? '' : `.${renderPolicyPath(path)}`}`,
      wrong: message,
      ...(allowed === undefined ? {} : { allowed }),
      ...(nearest === undefined ? {} : { nearest }),
    }))
}

function findMissing(name: string, names: readonly string[]): readonly OptionProblem[] {
  const known = [...new Set(names)]
  if (known.includes(name)) return []
  const nearest = findNearest(name, known)
  return [
    {
      option: 'defaultPolicy',
      wrong: 'names no policy and no preset',
      allowed: `one of ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { nearest }),
    },
  ]
}
