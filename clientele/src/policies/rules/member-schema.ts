/** What an operator may write under `[member.<name>]`. */
import { z } from 'zod'
import type { JsonValue } from '../../oauth/json.ts'

const json: z.ZodType<JsonValue> = z.json() as never
const length = z.int().min(0).max(65_536).optional()
const number = z.number().optional()

export const memberRules = z.strictObject({
  required: z.boolean().default(false).meta({
    description: 'Every client must have it.',
    allowed: 'true or false',
  }),
  default: json.optional().meta({
    description: 'The value of a client that leaves it out, and offers no list to choose it from.',
    allowed: 'a value that the member can have',
  }),
  force: json.optional().meta({
    description: 'The value of every client, whatever it asks for. Translations and lists to choose from go.',
    allowed: 'a value that the member can have',
  }),
  pattern: z.string().min(1).max(4096).optional().meta({
    description: 'What the whole value must look like; of a list each element, of scope each value.',
    allowed: 'a regular expression in RE2 syntax',
  }),
  allowed: z.array(json).min(1).max(500).optional().meta({
    description:
      'The only values; of a list, the only elements. Texts are compared character by character, large and small letters too.',
    allowed: 'a list of values',
  }),
  min_length: length.meta({
    description: 'The fewest characters; of a list, of each element.',
    allowed: 'a whole number',
  }),
  max_length: length.meta({
    description: 'The most characters; of a list, of each element.',
    allowed: 'a whole number',
  }),
  min: number.meta({ description: 'The smallest number.', allowed: 'a number' }),
  max: number.meta({ description: 'The largest number.', allowed: 'a number' }),
  max_count: z.int().min(1).max(1000).optional().meta({
    description: 'The most elements of a list, or values of scope.',
    allowed: 'a whole number from 1',
  }),
  privileged: z.boolean().default(false).meta({
    description:
      'Only a caller with the permission oauth-client-override sets or changes it, or a credential that fixes it. A software statement is not enough.',
    allowed: 'true or false',
  }),
  on_bad: z.enum(['reject', 'drop']).default('reject').meta({
    description:
      'What happens to a bad value: the request is refused, or the value goes and the answer says so; of a list, the bad elements. A required member without a default is always refused.',
    allowed: '"reject" or "drop"',
  }),
})

export type MemberRules = z.output<typeof memberRules>

export const memberSchema = z.record(z.string().min(1).max(256), memberRules).meta({
  description: 'Rules on single members, each a table [member.<name>]. Translations are held to them too.',
})
