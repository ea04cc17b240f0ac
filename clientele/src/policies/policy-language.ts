import { z } from 'zod'
import type { JsonObject } from '../oauth/json.ts'
import { conditionsSchema } from './conditions.ts'
import type { Section } from './section.ts'
import { SECTIONS } from './sections.ts'

/**
 * What a policy may say: a head, by which it is found, and one table for each section of `sections.ts`. The same words in a
 * TOML file and in a program. Unknown keys are errors: a rule that is silently ignored is a hole in the wall.
 */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const policyName = z.string().regex(NAME)

const head = {
  name: policyName.optional().meta({
    description:
      "What the policy is called: in records, by credentials, by extends. A name of a preset replaces that preset. Default: the file's name without .toml.",
    allowed: '1 to 64 letters, digits, dots, hyphens and underscores; the first a letter or digit',
  }),
  extends: policyName.optional().meta({
    description:
      'The preset or policy that this one begins with. Tables are merged key by key; values and lists replace what stood there, but [[deny]] is added to. The name, the description and [when] are not taken over.',
    allowed: 'the name of a preset or of another policy',
  }),
  description: z.string().max(1000).optional().meta({
    description: 'For operators: what the policy is for. Clients never see it.',
    allowed: 'at most 1000 characters',
  }),
  explain: z.enum(['words', 'public']).optional().meta({
    description:
      'What a client is told about a refusal. "words": the member and the rule in words. "public": the names of the rule and of the policy too. Default: "words".',
    allowed: '"words" or "public"',
  }),
  when: conditionsSchema.optional().meta({
    description:
      'Which requests this policy is for, where no credential names one: everything given must hold. Without it the policy is chosen by name only, or as the default.',
  }),
}

/** The head and every section, as one schema. */
export const policySchema = z.strictObject({
  ...head,
  ...Object.fromEntries((SECTIONS as readonly Section[]).map(({ key, schema }) => [key, schema.optional()])),
})

/** The keys of the head, which say what a policy is called and chosen by, and not what it demands. */
export const HEAD_KEYS = Object.keys(head) as readonly (keyof typeof head)[]

type Head = { [Key in keyof typeof head]?: z.input<(typeof head)[Key]> }
type Table = (typeof SECTIONS)[number]
type Tables = { [Each in Table as Each['key']]?: z.input<Each['schema']> }

/** A policy as it is written, in a file or in a program. */
export type PolicySource = Readonly<Head & Tables>

/** The language as a JSON Schema, for editors and other programs. */
export function renderPolicyJsonSchema(): JsonObject {
  return z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' }) as JsonObject
}
