/** Tables of a policy that contradict each other, such that no client could be registered, or none with what they settle. */
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { JsonValue } from '../oauth/json.ts'
import { compilePattern } from './pattern.ts'
import type { Decision, Facts } from './policy.ts'
import type { PolicyFault } from './policy-error.ts'
import type { PolicyValue } from './read-policy.ts'
import { names } from './rules/names.ts'
import { software } from './rules/software.ts'
import { uris } from './rules/uris.ts'
import type { CompileContext } from './section.ts'

interface ListTable {
  readonly allowed?: readonly string[]
  readonly force?: readonly string[]
}

interface MemberTable {
  readonly force?: JsonValue
  readonly default?: JsonValue
  readonly allowed?: readonly JsonValue[]
  readonly pattern?: string
  readonly min_length?: number
  readonly max_length?: number
}

interface Tables {
  readonly member?: Readonly<Record<string, MemberTable>>
  readonly names?: {
    readonly members?: readonly string[]
    readonly min_length?: number
    readonly max_length?: number
  }
  readonly grant_types?: ListTable
  readonly token_endpoint_auth_methods?: { readonly allowed?: readonly string[]; readonly force?: string }
  readonly redirect_uris?: { readonly min_count?: number }
}

/** What of one table cannot hold beside another. */
export function findContradictions(policy: PolicyValue, context: CompileContext): readonly PolicyFault[] {
  const tables = policy as Tables
  return [
    ...findUnmatchedValues(tables),
    ...findRefusedValues(tables, policy, context),
    ...findLengthFaults(tables),
    ...findGrantFaults(tables),
  ]
}

/** `allowed` and `pattern` of one member. */
function findUnmatchedValues({ member = {} }: Tables): readonly PolicyFault[] {
  return Object.entries(member).flatMap(([name, { allowed, pattern: source }]): PolicyFault[] => {
    if (allowed === undefined || source === undefined) return []
    let pattern: ReturnType<typeof compilePattern>
    try {
      pattern = compilePattern(source)
    } catch {
      return []
    }
    const failing = allowed.filter((value) => typeof value !== 'string' || !pattern.matches(value))
    if (failing.length === 0) return []
    const path = ['member', name, 'pattern']
    if (failing.length === allowed.length)
      return [fault('error', path, 'matches none of the allowed values: no value is possible')]
    const words = failing.map((value) => JSON.stringify(value)).join(', ')
    return [fault('warning', path, `does not match ${words}, which allowed names: never accepted`)]
  })
}

/** What the policy itself puts in must pass the tables that judge it afterwards. */
function findRefusedValues(
  { member = {} }: Tables,
  policy: PolicyValue,
  context: CompileContext,
): readonly PolicyFault[] {
  const tables = policy as unknown as Readonly<Record<string, never>>
  const rules = [names, software, uris]
    .filter(({ key }) => tables[key] !== undefined)
    .flatMap(
      ({ key, compile }) =>
        compile(key === 'uris' ? alone(tables[key]!) : tables[key]!, context).granted ?? [],
    )
  // Whoever registers has no say beyond an ordinary client's.
  const facts = { operation: 'register', permissions: [], caller: { gate: 'open' }, requested: {} }
  return Object.entries(member).flatMap(([name, table]) =>
    (['force', 'default'] as const).flatMap((key): PolicyFault[] => {
      const value = table[key]
      if (value === undefined) return []
      const metadata = { redirect_uris: [], grant_types: [], [name]: value }
      const decisions = rules.map(({ name: rule, decide }) => ({
        rule,
        decided: decide(metadata as unknown as CompleteMetadata, facts as unknown as Facts),
      }))
      const refusing = decisions.find(({ decided }) => refuses(decided, name))
      if (refusing === undefined) return []
      return [
        fault('error', ['member', name, key], `is refused by ${refusing.rule}: no client could have it`),
      ]
    }),
  )
}

/** Without the rules that hold an address against other members. */
function alone(tables: Readonly<Record<string, object>>): never {
  const without = { same_host: undefined, same_domain: undefined, required: undefined }
  return Object.fromEntries(
    Object.entries(tables).map(([name, terms]) => [name, { ...terms, ...without }]),
  ) as never
}

function refuses(decided: readonly Decision[] | Promise<readonly Decision[]>, name: string): boolean {
  if (!Array.isArray(decided)) return false
  return (decided as readonly Decision[]).some(
    (each) =>
      (each.kind === 'refuse' && each.member === name && each.reason !== 'required') ||
      (each.kind === 'amend' && each.member === name && each.to === undefined),
  )
}

/** `[member]` and `[names]` on how long a name may be. */
function findLengthFaults({ member = {}, names: terms }: Tables): readonly PolicyFault[] {
  if (terms === undefined) return []
  const { members = ['client_name', 'organization_name'], min_length: least = 0 } = terms
  const most = terms.max_length ?? Infinity
  return members.flatMap((name): PolicyFault[] => {
    const { min_length: min = 0, max_length: max = Infinity } = member[name] ?? {}
    if (min > most)
      return [
        fault('error', ['member', name, 'min_length'], 'is more than names.max_length: no name would do'),
      ]
    if (max < least)
      return [
        fault('error', ['member', name, 'max_length'], 'is less than names.min_length: no name would do'),
      ]
    return []
  })
}

/** Grants that an end-user is sent through. */
const WITH_REDIRECT = 'authorization_code'

function findGrantFaults(tables: Tables): readonly PolicyFault[] {
  const { grant_types: grants, token_endpoint_auth_methods: methods, redirect_uris: redirect } = tables
  const { grant_types: listed, token_endpoint_auth_method: method } = tables.member ?? {}
  const possible = (grants?.force ?? listed?.force ?? grants?.allowed ?? listed?.allowed) as
    | readonly string[]
    | undefined
  if (possible === undefined || possible.length === 0) return []
  const faults: PolicyFault[] = []
  const allowedMethods = methods?.force ?? method?.force ?? methods?.allowed ?? method?.allowed
  const left = [allowedMethods ?? []].flat()
  const onlyNone = left.length > 0 && left.every((each) => each === 'none')
  if (possible.every((each) => each === 'client_credentials') && onlyNone) {
    const message =
      'allows only "none", and client_credentials, the only grant, is for clients that authenticate (RFC 6749 §4.4): no client could be registered'
    faults.push(fault('error', [methods ? 'token_endpoint_auth_methods' : 'member'], message))
  }
  if (!possible.includes(WITH_REDIRECT) && (redirect?.min_count ?? 0) > 0) {
    const message = 'demands redirect URIs, and no grant that is allowed sends anybody there'
    faults.push(fault('warning', ['redirect_uris', 'min_count'], message))
  }
  return faults
}

function fault(severity: PolicyFault['severity'], path: PolicyFault['path'], message: string): PolicyFault {
  return { severity, path, message }
}
