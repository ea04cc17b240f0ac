/** The configuration of an operator's own members: `[[registration.custom_members]]`. */
import { z } from 'zod'

const text = z.string().min(1).max(256)

const customMember = z
  .strictObject({
    name: text,
    schema: z.record(z.string(), z.unknown()).optional(),
    schema_file: z.string().min(1).optional(),
    searchable: z.boolean().default(false),
    summary: text.optional(),
  })
  .refine((member) => (member.schema === undefined) !== (member.schema_file === undefined), {
    message: 'needs exactly one of schema, schema_file',
    path: ['schema'],
  })

export const customMembersKey = z.array(customMember).max(100).default([]).meta({
  description:
    'Members of your own, each a table [[registration.custom_members]] with a JSON Schema (draft 2020-12). Clients may send them; they are stored, returned, and held to policies like any other. Operators find clients by those that are searchable.',
  allowed:
    'tables (JSON in the environment) with name; one of schema (a table), schema_file (a path); searchable; summary',
})

export type CustomMemberConfig = z.output<typeof customMember>
