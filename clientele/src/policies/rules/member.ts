/** `[member.<name>]`: what one member must be, or always is. */
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { MetadataField } from '../../oauth/metadata-fields.ts'
import { type CompiledSection, defineSection, SectionError } from '../section.ts'
import { refuse } from './decide.ts'
import { checkedRules, offeredRules } from './member-check.ts'
import { findMemberFaults } from './member-faults.ts'
import { type MemberRules, memberSchema } from './member-schema.ts'
import { defaultRules, forcedRules } from './member-settings.ts'
import { privilegedRules } from './privileged-member.ts'

export const member = defineSection({
  key: 'member',
  schema: memberSchema,
  compile(tables, { fields }) {
    const parts = Object.entries(tables).flatMap(([name, rules]) => {
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

type Part = Pick<CompiledSection, 'asked' | 'granted'>

/** In the order in which they act: a default is put in where a bad value was dropped, and is then as good as any. */
function compileMember(rules: MemberRules, field: MetadataField): readonly Part[] {
  const { name } = field
  return [
    ...(rules.privileged ? [privilegedPart(name, rules)] : []),
    ...(rules.force === undefined ? [] : [forcedRules(name, rules.force)]),
    ...(rules.allowed && rules.force === undefined ? [offeredRules(name, rules.allowed)] : []),
    checkedRules(rules, field),
    ...(rules.default === undefined ? [] : [defaultRules(name, rules.default)]),
    ...(rules.required ? [requiredRules(name)] : []),
  ]
}

function privilegedPart(member: string, { on_bad }: MemberRules): Part {
  const { asked, granted } = privilegedRules(member, on_bad)
  return { asked: [asked], granted: [granted] }
}

function requiredRules(member: string): Part {
  return {
    granted: [
      {
        name: `member.${member}.required`,
        decide: (metadata) =>
          isThere(metadata, member) ? [] : [refuse(member, 'required', 'must be given')],
      },
    ],
  }
}

function isThere(metadata: CompleteMetadata, member: string): boolean {
  const value = metadata[member]
  return value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
}
