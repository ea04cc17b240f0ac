/** Holds a request against a policy as a registration and an update do, without stores or credentials. */
import type { ClientRecord } from '../../clientele/src/clients/client.ts'
import { BUILT_IN, type Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS, type MetadataField } from '../../clientele/src/oauth/metadata-fields.ts'
import { parseClientMetadata } from '../../clientele/src/oauth/parse-metadata.ts'
import { checkPolicy } from '../../clientele/src/policies/check-policy.ts'
import { compilePolicy } from '../../clientele/src/policies/compile-policy.ts'
import type { Facts } from '../../clientele/src/policies/policy.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { judgeByPolicy } from '../../clientele/src/registration/steps/judge-by-policy.ts'

export interface PolicySetting {
  readonly operation?: Facts['operation']
  readonly permissions?: Facts['permissions']
  readonly fixed?: ClientMetadata
  readonly vouched?: ClientMetadata
  readonly client?: Partial<ClientRecord>
  readonly fields?: ReadonlyMap<string, MetadataField>
  readonly capabilities?: Capabilities
}

export interface PolicyJudgement {
  readonly granted: JsonObject
  /** `reason` or `reason[index]` of each problem, sorted. */
  readonly problems: readonly string[]
  /** `rule: member effect` of each decision, in order. */
  readonly decisions: readonly string[]
  /** Sentences, by member. */
  readonly messages: Readonly<Record<string, string>>
}

export async function judgePolicy(
  definition: PolicyDefinition,
  body: JsonObject,
  setting: PolicySetting = {},
): Promise<PolicyJudgement> {
  const { fields = METADATA_FIELDS, capabilities = BUILT_IN, operation = 'register' } = setting
  const context = { fields, capabilities, known: { own: new Map(), presets: new Map() } }
  const policy = compilePolicy({ name: 'test', ...definition }, context)
  const parsed = parseClientMetadata(body, [], fields)
  const { draft, decisions, problems } = await judgeByPolicy(
    parsed,
    {
      operation,
      caller: { gate: 'open' },
      permissions: setting.permissions ?? [],
      address: '192.0.2.1',
      claimed: parsed.metadata,
      requested: parsed.metadata,
      capabilities,
      now: 1_800_000_000,
      ...(setting.fixed === undefined ? {} : { fixed: setting.fixed }),
      ...(setting.vouched === undefined
        ? {}
        : { vouched: { issuer: 'https://vouches.example', statement: 'x', metadata: setting.vouched } }),
      ...(setting.client === undefined ? {} : { client: setting.client as ClientRecord }),
    },
    policy,
    { fields, capabilities },
  )
  return {
    granted: draft.metadata,
    problems: problems
      .map(({ reason, index }) => (index === undefined ? reason : `${reason}[${index}]`))
      .toSorted(),
    decisions: decisions.map(({ rule, member, effect }) => `${rule}: ${member} ${effect}`),
    messages: Object.fromEntries(problems.map(({ member, message }) => [member, message])),
  }
}

/** What can be seen to be wrong with a policy, each as `severity path`. */
export function faultsOfPolicy(
  definition: PolicyDefinition,
  { fields = METADATA_FIELDS, capabilities = BUILT_IN }: PolicySetting = {},
): readonly string[] {
  const context = { fields, capabilities, known: { own: new Map(), presets: new Map() } }
  return checkPolicy({ name: 'test', ...definition }, context).map(
    ({ severity, path }) => `${severity} ${path.join('.')}`,
  )
}
