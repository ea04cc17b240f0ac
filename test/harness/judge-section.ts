/** Holds metadata against one section of a policy, as `registration/steps/judge-metadata.ts` does with all of them. */

import { BUILT_IN, type Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import { applyRules } from '../../clientele/src/policies/apply-rules.ts'
import type { Facts, NamedBudget } from '../../clientele/src/policies/policy.ts'
import type { CompileContext, Section, SectionFault } from '../../clientele/src/policies/section.ts'

export const COMPLETE: CompleteMetadata = {
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  application_type: 'web',
  scope: BUILT_IN.defaultScopes.join(' '),
  id_token_signed_response_alg: 'RS256',
  subject_type: 'public',
}

export const CAPABILITIES: Capabilities = {
  ...BUILT_IN,
  scopes: [...BUILT_IN.scopes, 'orders:read', 'orders:write', 'orders:eu:read', 'admin'],
}

const CONTEXT: CompileContext = { policy: 'test', capabilities: CAPABILITIES, fields: METADATA_FIELDS }

export interface Judged {
  /** `redirect_uris[1].host`, one for each problem. */
  readonly problems: readonly string[]
  /** What stands in the members that were amended. */
  readonly amended: Readonly<Record<string, unknown>>
  readonly dropped: readonly unknown[]
}

/** Both rounds of one section over metadata that are complete but for `asked`. */
export async function judgeSection<Value>(
  section: Section<Value>,
  terms: unknown,
  asked: ClientMetadata,
  facts: Partial<Facts> = {},
): Promise<Judged> {
  const compiled = section.compile(section.schema.parse(terms), CONTEXT)
  const setting = {
    policy: { name: 'test', revision: '0', explain: 'words' },
    facts: { ...FACTS, requested: asked, ...facts },
  } as const
  const first = await applyRules(compiled.asked ?? [], asked, setting)
  const complete = { ...COMPLETE, ...withInferredType(first.metadata) }
  const second = await applyRules(compiled.granted ?? [], complete, setting)
  const decisions = [...first.decisions, ...second.decisions]
  return {
    problems: second.problems.map(({ member, reason, index }) => {
      const place = index === undefined ? member : `${member}[${index}]`
      return `${place}.${reason.slice(reason.indexOf('.') + 1)}`
    }),
    amended: Object.fromEntries(decisions.map(({ member }) => [member, second.metadata[member]])),
    dropped: [...first.dropped, ...second.dropped].map(({ value }) => value),
  }
}

/** The budgets that metadata counts against. */
export function budgetsOf<Value>(
  section: Section<Value>,
  terms: unknown,
  asked: ClientMetadata,
): readonly NamedBudget[] {
  const compiled = section.compile(section.schema.parse(terms), CONTEXT)
  return compiled.budgets?.({ ...COMPLETE, ...asked }, { ...FACTS, requested: asked }) ?? []
}

/** What can be seen to be wrong with a section: what its schema says, or else its own faults. */
export function faultsOf<Value>(section: Section<Value>, terms: unknown): readonly string[] {
  const parsed = section.schema.safeParse(terms)
  if (!parsed.success) return parsed.error.issues.map(({ path }) => `schema ${path.join('.')}`)
  const faults: readonly SectionFault[] = section.findFaults?.(parsed.data, CONTEXT) ?? []
  return faults.map(({ severity, path }) => `${severity} ${path}`)
}

const FACTS: Facts = {
  operation: 'register',
  caller: { gate: 'open' },
  permissions: [],
  address: '192.0.2.1',
  claimed: {},
  requested: {},
  capabilities: CAPABILITIES,
  now: 1_800_000_000,
}

/** As `oauth/apply-defaults.ts` infers it. */
function withInferredType(asked: ClientMetadata): ClientMetadata {
  if (asked.application_type !== undefined) return asked
  const isNative = asked.redirect_uris?.some((uri) => !/^https:/i.test(uri)) ?? false
  return { ...asked, application_type: isNative ? 'native' : 'web' }
}
