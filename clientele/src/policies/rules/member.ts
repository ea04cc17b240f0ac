/** `[member.<name>]`: what one member must be, or always is. */
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { memberName } from '../../oauth/member-name.ts'
import type { MetadataField } from '../../oauth/metadata-fields.ts'
import type { Decision, Rule } from '../policy.ts'
import { type CompiledSection, defineSection, SectionError } from '../section.ts'
import { amend, refuse } from './decide.ts'
import { findMemberFaults } from './member-faults.ts'
import { type MemberRules, memberSchema } from './member-schema.ts'
import { compileValueCheck, type JudgedValue } from './member-value.ts'
import { narrowOffer } from './narrow-offer.ts'
import { privilegedRules } from './privileged-member.ts'

export const member = defineSection({
  key: 'member',
  schema: memberSchema,
  compile(tables, { fields }) {
    const parts = Object.entries(tables).map(([name, rules]) => {
      const field = fields.get(name)
      if (!field) throw new SectionError([name], 'is no member of client metadata')
      return compileMember(rules, field)
    })
    return {
      asked: parts.flatMap(({ asked = [] }) => asked),
      granted: parts.flatMap(({ granted = [] }) => granted),
    }
  },
  findFaults: (tables, context) =>
    Object.entries(tables).flatMap(([name, rules]) => findMemberFaults(name, rules, context)),
})

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

function compileMember(rules: MemberRules, field: MetadataField): CompiledSection {
  const member = field.name
  const asked: Rule<ClientMetadata>[] = []
  const granted: Rule<CompleteMetadata>[] = []
  const both = (key: string, decide: Rule<ClientMetadata>['decide']) => {
    asked.push({ name: `member.${member}.${key}`, decide })
    granted.push({ name: `member.${member}.${key}`, decide })
  }
  const { force, default: standard } = rules

  if (rules.privileged) {
    const privileged = privilegedRules(member, rules.on_bad)
    asked.push(privileged.asked)
    granted.push(privileged.granted)
  }
  if (force !== undefined) {
    const because = 'is set by this server'
    both('force', (metadata) => [
      amend(member, 'forced', force, because),
      // A fixed name with another one in French beside it would be no fixed name.
      ...variantsOf(member, metadata)
        .filter((variant) => variant !== member)
        .map((variant) => amend(variant, 'dropped', undefined, because)),
    ])
  }
  if (rules.allowed && force === undefined) {
    const allowed = new Set(rules.allowed)
    const because = 'is limited to what this server allows'
    asked.push({
      name: `member.${member}.allowed`,
      decide: (metadata, facts) =>
        narrowOffer(member, (value) => allowed.has(value), because, metadata, facts),
    })
  }
  const check = valueCheckOf(rules, field)
  if (check) {
    const onBad = rules.required && standard === undefined ? 'reject' : rules.on_bad
    for (const round of ['asked', 'granted'] as const) {
      const isLast = round === 'granted'
      // A value that is refused is judged once, over the result.
      if (!isLast && onBad === 'reject') continue
      const decide = (metadata: ClientMetadata) =>
        variantsOf(member, metadata).flatMap((variant) =>
          decideValue(variant, check(metadata[variant]!), {
            isDropped: onBad === 'drop',
            isLast,
            isStanding: STANDING.has(member),
            isEnforced: field.support === 'enforced',
          }),
        )
      const rule = { name: `member.${member}`, decide }
      if (isLast) granted.push(rule)
      else asked.push(rule)
    }
  }
  if (standard !== undefined) {
    const because = 'is what a client gets here that leaves it out'
    asked.push({
      name: `member.${member}.default`,
      decide: (metadata) =>
        metadata[member] === undefined ? [amend(member, 'default', standard, because)] : [],
    })
  }
  if (rules.required) {
    granted.push({
      name: `member.${member}.required`,
      decide: (metadata) => (isThere(metadata, member) ? [] : [refuse(member, 'required', 'must be given')]),
    })
  }
  return { asked, granted }
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

/** The member and its translations, as far as they are there. */
function variantsOf(member: string, metadata: ClientMetadata): readonly string[] {
  return Object.keys(metadata).filter((each) => metadata[each] !== undefined && memberName(each) === member)
}

function isThere(metadata: CompleteMetadata, member: string): boolean {
  const value = metadata[member]
  return value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
}
