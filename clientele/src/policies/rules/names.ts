import { z } from 'zod'
import { BOUNDS } from '../../oauth/bounds.ts'
import { compileNameList } from '../confusables/look-alike.ts'
import { keepsToOneScript } from '../confusables/scripts.ts'
import type { Decision, Facts, Rule } from '../policy.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { refuse } from './decide.ts'
import { charactersSchema, compileCharacters } from './name-characters.ts'
import { nameVariants } from './name-variants.ts'
import { uniqueNames, uniqueNamesRule } from './unique-names.ts'

/**
 * `[names]`: what a client may be called (RFC 7591 §5: a client may use the name of a known one to mislead people; UTS 39 for
 * letters that look like others). What holds for a name holds for its localized variants.
 */
const length = z.int().min(0).max(BOUNDS.longTextLength)
const listOfNames = z.array(z.string().min(1).max(BOUNDS.textLength))

const schema = z.strictObject({
  members: z.array(z.string()).optional().meta({
    description: 'Which members are names. Default: client_name and organization_name.',
    allowed: 'a list of members with text',
  }),
  min_length: length.optional().meta({
    description: 'How many characters a name must have at least (code points, not bytes).',
    allowed: `0 to ${BOUNDS.longTextLength}`,
  }),
  max_length: length.optional().meta({
    description: 'How many characters a name may have at most (code points, not bytes).',
    allowed: `0 to ${BOUNDS.longTextLength}`,
  }),
  characters: charactersSchema.optional().meta({
    description: 'Of which characters names are made.',
    allowed: '"ascii", "latin", "any-letters", or a class in RE2 syntax: "[A-Za-z0-9 ]"',
  }),
  single_script: z.boolean().optional().meta({
    description:
      'Whether a name must keep to one writing system, or to those that one language uses together (UTS 39 §5.2, highly restrictive).',
    allowed: 'true or false',
  }),
  reserved: listOfNames.optional().meta({
    description: 'Names that no client may have, nor one that looks like it, as its whole name.',
    allowed: 'a list of names',
  }),
  protected: listOfNames.optional().meta({
    description:
      'Names that no client may have, nor anything that looks like them, as its whole name or as words in it. A credential that fixes the name, and callers with the permission oauth-client-override, may give them; the client then keeps it. A client that had such a name before is refused at its next update, which policy replay shows.',
    allowed: 'a list of names',
  }),
  unique: z.enum(['policy', 'registry']).optional().meta({
    description:
      'Whether client_name must not be that of another client, nor look like it: among the clients of this policy, or of all policies that say "registry". A client from before this line was written takes its name with its next update. Translations count too, at most 10 that differ.',
    allowed: '"policy" or "registry"',
  }),
})

type NameTerms = z.output<typeof schema>

const STANDARD_MEMBERS = ['client_name', 'organization_name']

export const names = defineSection({
  key: 'names',
  schema: schema.meta({
    description: 'What clients may be called, so that people are not misled (RFC 7591 §5).',
  }),
  compile: (terms, { policy }) => ({
    granted: rulesOf(terms),
    ...(terms.unique ? { budgets: (metadata) => uniqueNames(metadata, terms.unique!, policy) } : {}),
  }),
  findFaults,
})

function rulesOf(terms: NameTerms): readonly Rule[] {
  const { members = STANDARD_MEMBERS, min_length: min, max_length: max, characters, single_script } = terms
  const rules: Rule[] = []
  const add = (key: string, reason: string, because: string, holds: NameTest) =>
    rules.push(nameRule(members, { key, reason, because, holds }))
  if (min)
    add('min_length', 'too_short', `must have at least ${min} characters`, (name) => [...name].length >= min)
  if (max !== undefined) {
    add('max_length', 'too_long', `must have at most ${max} characters`, (name) => [...name].length <= max)
  }
  if (characters !== undefined) {
    const isMadeOf = compileCharacters(characters)
    add('characters', 'characters', 'has characters that names must not have here', isMadeOf)
  }
  if (single_script)
    add('single_script', 'mixed_scripts', 'mixes letters of several writing systems', keepsToOneScript)
  if (terms.reserved?.length) {
    const reserved = compileNameList(terms.reserved)
    add(
      'reserved',
      'reserved',
      'is reserved, or looks like a name that is',
      (name) => !reserved.hasLookAlikeOf(name),
    )
  }
  if (terms.protected?.length) {
    const kept = compileNameList(terms.protected)
    add(
      'protected',
      'protected',
      'has or imitates a name that is kept for somebody else',
      (name, member, facts) =>
        isGivenBySomebody(name, member, facts) || !(kept.hasLookAlikeOf(name) || kept.isWithin(name)),
    )
  }
  if (terms.unique) rules.push(uniqueNamesRule)
  return rules
}

type NameTest = (name: string, member: string, facts: Facts) => boolean

function nameRule(
  members: readonly string[],
  test: { readonly key: string; readonly reason: string; readonly because: string; readonly holds: NameTest },
): Rule {
  return {
    name: `names.${test.key}`,
    decide: (metadata, facts) =>
      nameVariants(members, metadata).flatMap(([member, name]): Decision[] =>
        test.holds(name, member, facts) ? [] : [refuse(member, test.reason, test.because)],
      ),
  }
}

/** Not by a software statement alone: policies that trust an issuer's word for names protect none. */
function isGivenBySomebody(name: string, member: string, { fixed, permissions, client }: Facts): boolean {
  if (fixed?.[member] !== undefined || permissions.includes('oauth-client-override')) return true
  // What somebody entitled gave it stays; a name that it had before it was protected does not.
  return client?.entrustedMembers?.includes(member) === true && client.granted[member] === name
}

function findFaults(terms: NameTerms, { fields }: CompileContext): readonly SectionFault[] {
  const { members = [], min_length: min = 0, max_length: max = BOUNDS.longTextLength } = terms
  const faults: SectionFault[] = []
  const add = (path: string, message: string) => faults.push({ severity: 'error', path, message })
  for (const member of members) {
    const shape = fields.get(member)?.shape
    if (shape !== 'text' && shape !== 'long-text') add('members', `${member} is no member with text`)
  }
  if (min > max) add('min_length', 'is more than max_length: no name would do')
  return faults
}
