/** What `[member.<name>]` holds a value against, and what becomes of one that does not pass. */
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import type { JsonValue } from '../../oauth/json.ts'
import type { MetadataField } from '../../oauth/metadata-fields.ts'
import type { Decision } from '../policy.ts'
import { type CompiledSection, SectionError } from '../section.ts'
import { amend, refuse } from './decide.ts'
import type { MemberRules } from './member-schema.ts'
import { compileValueCheck, type JudgedValue } from './member-value.ts'
import { variantsOf } from './member-variants.ts'
import { narrowOffer } from './narrow-offer.ts'

type Part = Pick<CompiledSection, 'asked' | 'granted'>

/** Members that every client has (`oauth/apply-defaults.ts`): dropped, they would come back with their default. */
const STANDING = new Set([
  'redirect_uris',
  'token_endpoint_auth_method',
  'grant_types',
  'response_types',
  'application_type',
  'scope',
  'subject_type',
  'id_token_signed_response_alg',
])

/** Of a list that is offered to choose the member from, what is allowed remains. */
export function offeredRules(member: string, values: readonly JsonValue[]): Part {
  const allowed = new Set(values)
  const because = 'is limited to what this server allows'
  return {
    asked: [
      {
        name: `member.${member}.allowed`,
        decide: (metadata, facts) =>
          narrowOffer(member, (value) => allowed.has(value), because, metadata, facts),
      },
    ],
  }
}

/** The value itself, and its translations. One that is refused is judged once, over the result. */
export function checkedRules(rules: MemberRules, field: MetadataField): Part {
  const check = valueCheckOf(rules, field)
  if (check === undefined) return {}
  const member = field.name
  const onBad = rules.required && rules.default === undefined ? 'reject' : rules.on_bad
  const ruleOf = (isLast: boolean) => ({
    name: `member.${member}`,
    decide: (metadata: ClientMetadata) =>
      variantsOf(member, metadata).flatMap((variant) =>
        decideValue(variant, check(metadata[variant]!), {
          isDropped: onBad === 'drop',
          isLast,
          isStanding: STANDING.has(member),
          isEnforced: field.support === 'enforced',
        }),
      ),
  })
  return { asked: onBad === 'drop' ? [ruleOf(false)] : [], granted: [ruleOf(true)] }
}

function valueCheckOf(rules: MemberRules, field: MetadataField): ReturnType<typeof compileValueCheck> {
  try {
    return compileValueCheck(rules, field)
  } catch (error) {
    throw new SectionError([field.name, 'pattern'], (error as Error).message)
  }
}

interface Consequence {
  readonly isDropped: boolean
  /** What is refused is refused over the result. */
  readonly isLast: boolean
  readonly isStanding: boolean
  readonly isEnforced: boolean
}

function decideValue(member: string, judged: JudgedValue, then: Consequence): readonly Decision[] {
  const [first] = judged.faults
  if (first === undefined) return []
  const refusals = () =>
    then.isLast
      ? judged.faults.map(({ reason, because, index }) => refuse(member, reason, because, index))
      : []
  if (!then.isDropped) return refusals()
  if (judged.isList && judged.kept !== undefined)
    return [amend(member, 'narrowed', judged.kept, first.because)]
  if (then.isLast && then.isStanding) return refusals()
  // To the authorization server, a list that is not there means its default, which may be more than what was asked for.
  if (judged.isList && then.isEnforced) return refusals()
  return [amend(member, 'dropped', undefined, first.because)]
}
