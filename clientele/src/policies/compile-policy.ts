/** A policy as it is written → the rules that it becomes. */
import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import { appliesTo } from './conditions.ts'
import type { CredentialTerms, Policy, Rule } from './policy.ts'
import type { HostRule, PolicyDefinition } from './policy-definition.ts'
import { PolicyError, type PolicyFault } from './policy-error.ts'
import { policyRevision } from './policy-revision.ts'
import { type PolicyValue, readPolicy } from './read-policy.ts'
import type { KnownPolicies } from './resolve-extends.ts'
import { type CompileContext, type CompiledSection, type Section, SectionError } from './section.ts'
import { SECTIONS } from './sections.ts'

/** What a policy is compiled for. */
export interface PolicyContext extends Omit<CompileContext, 'policy'> {
  /** Where `extends` is looked up. */
  readonly known: KnownPolicies
}

/** How credentials are made where no policy says otherwise. */
export const STANDARD_CREDENTIALS: CredentialTerms = {
  callerMayChoose: true,
  registrationAccessTokenLifetimeSeconds: 0,
  registrationAccessTokenRotation: 'never',
}

/** Compiles one policy, with what it extends; throws a `PolicyError` with every fault that makes it unusable. */
export function compilePolicy(definition: PolicyDefinition, context: PolicyContext): Policy {
  const read = readPolicy(definition, context.known)
  const faults = [...read.faults]
  const sections = compileSections(read.value, context, faults)
  const errors = faults.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new PolicyError(read.value.name, errors)

  const { definition: resolved, value } = read
  const { when } = value
  return {
    name: value.name,
    revision: policyRevision(resolved),
    ...(value.description === undefined ? {} : { description: value.description }),
    explain: value.explain ?? 'words',
    appliesTo: when === undefined ? () => false : appliesTo(when),
    askedRules: [
      ...sections.flatMap(({ asked = [] }) => asked),
      ...hostRules<ClientMetadata>(resolved, 'asked'),
    ],
    grantedRules: [
      ...sections.flatMap(({ granted = [] }) => granted),
      ...hostRules<CompleteMetadata>(resolved, 'granted'),
    ],
    credentials: credentialTerms(sections, resolved),
    budgetsOf: budgetsOf(sections),
  }
}

/** What each section becomes. One that cannot be compiled is a fault at its table. */
export function compileSections(
  value: PolicyValue,
  context: PolicyContext,
  faults: PolicyFault[],
): readonly CompiledSection[] {
  const compiled: CompiledSection[] = []
  for (const [section, table] of tablesOf(value)) {
    try {
      compiled.push(section.compile(table, { ...context, policy: value.name }))
    } catch (error) {
      const below = error instanceof SectionError ? error.path : []
      faults.push({ severity: 'error', path: [section.key, ...below], message: (error as Error).message })
    }
  }
  return compiled
}

/** The tables that a policy has, and those that stand in every policy, in the order in which their rules act. */
export function tablesOf(value: PolicyValue): readonly (readonly [Section, unknown])[] {
  const tables = value as Readonly<Record<string, unknown>>
  return (SECTIONS as readonly Section[])
    .map((section) => [section, tables[section.key] ?? section.standing] as const)
    .filter(([, table]) => table !== undefined)
}

function hostRules<Metadata extends ClientMetadata>(
  { rules = [] }: PolicyDefinition,
  round: HostRule['round'],
): readonly Rule<Metadata>[] {
  return rules.filter((rule) => rule.round === round) as readonly Rule<Metadata>[]
}

function credentialTerms(
  sections: readonly CompiledSection[],
  definition: PolicyDefinition,
): CredentialTerms {
  const { makeClientId, makeClientSecret } = definition
  return {
    ...STANDARD_CREDENTIALS,
    ...Object.assign({}, ...sections.map(({ credentials }) => credentials)),
    ...(makeClientId === undefined ? {} : { makeClientId }),
    ...(makeClientSecret === undefined ? {} : { makeClientSecret }),
  }
}

function budgetsOf(sections: readonly CompiledSection[]): Policy['budgetsOf'] {
  const counters = sections.flatMap(({ budgets }) => budgets ?? [])
  // Most policies limit nothing, and every registration asks.
  if (counters.length === 0) return () => []
  return (metadata, facts) => counters.flatMap((count) => count(metadata, facts))
}
