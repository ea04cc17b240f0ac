import { z } from 'zod'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { JsonValue } from '../../oauth/json.ts'
import { memberName } from '../../oauth/member-name.ts'
import { appliesTo, CONDITION_KEYS } from '../conditions.ts'
import { elementsOf } from '../elements-of.ts'
import { compileGlob } from '../glob.ts'
import type { Rule } from '../policy.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'

/**
 * `[[deny]]`: what nobody registers, whatever else is right about it. Judged on what would be granted, at every update too:
 * what a client leaves out is judged by the default that it gets.
 */
const scalar = z.union([z.string(), z.number(), z.boolean()])

const schema = z
  .array(
    z.strictObject({
      when: z
        .strictObject({
          ...CONDITION_KEYS,
          members: z
            .record(z.string(), z.union([scalar, z.array(scalar).min(1)]))
            .optional()
            .meta({
              description:
                'Values of client metadata, as they would be granted. Every member that is given must have one of its values; of a list, or of scope, one element is enough.',
              allowed:
                'a table of members, each with a value or a list of values; in texts * stands for any characters, and large and small letters are the same',
            }),
        })
        .meta({
          description: 'What is denied: everything given must hold. As [when] of a policy, and members.',
        }),
      because: z.string().min(1).max(300).meta({
        description: 'What the client is told.',
        allowed: '1 to 300 characters',
      }),
    }),
  )
  .max(200)

type Denials = z.output<typeof schema>
type Members = NonNullable<Denials[number]['when']['members']>

export const deny = defineSection({
  key: 'deny',
  schema: schema.meta({
    description: 'What nobody registers, whatever else is right about it. Each is a table [[deny]].',
  }),
  compile: (denials) => ({ granted: denials.map(ruleOf) }),
  findFaults,
})

function ruleOf({ when, because }: Denials[number], index: number): Rule {
  const { members = {}, ...conditions } = when
  const isMeant = appliesTo(conditions)
  const tests = Object.entries(members).map(([member, values]) => memberTest(member, values))
  return {
    name: `deny[${index}]`,
    decide: (metadata, facts) =>
      tests.every((test) => test(metadata)) && isMeant(facts)
        ? [{ kind: 'deny', reason: 'denied', because }]
        : [],
  }
}

function memberTest(member: string, written: Members[string]): (metadata: CompleteMetadata) => boolean {
  const tests = (Array.isArray(written) ? written : [written]).map(valueTest)
  const tagged = `${member}#`
  const isDenied = (name: string, metadata: CompleteMetadata) =>
    elementsOf(name, metadata[name]).some((value) => tests.some((test) => test(value)))
  return (metadata) => {
    if (isDenied(member, metadata)) return true
    // A name in another language is a name too. Of hundreds of denials, each looks through all names.
    for (const name in metadata) if (name.startsWith(tagged) && isDenied(name, metadata)) return true
    return false
  }
}

function valueTest(wanted: z.output<typeof scalar>): (value: JsonValue) => boolean {
  if (typeof wanted !== 'string') return (value) => value === wanted
  // What is denied in small letters is not let in with large ones.
  const glob = compileGlob(wanted.toLowerCase())
  return (value) => typeof value === 'string' && glob.matches(value.toLowerCase())
}

function findFaults(denials: Denials, { fields }: CompileContext): readonly SectionFault[] {
  return denials.flatMap(({ when }, index): SectionFault[] => {
    const { members = {}, ...conditions } = when
    const path = `${index}.when`
    const unknown = Object.keys(members).filter((member) => !fields.has(memberName(member)))
    return [
      ...unknown.map(
        (member): SectionFault => ({
          severity: 'error',
          path: `${path}.members.${member}`,
          message: 'is no member of client metadata',
        }),
      ),
      ...(Object.keys(members).length + Object.keys(conditions).length === 0
        ? [{ severity: 'warning', path, message: 'denies everything' } as const]
        : []),
    ]
  })
}
