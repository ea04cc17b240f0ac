/** Members that a program adds to the standard's (RFC 7591 §2), each with a JSON Schema that its values must fit. */
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { type CustomMember, createFields } from './custom-members.ts'
import { createSchemaCompiler } from './json-schema.ts'

/** The standard's members with a program's own behind them, for `createRegistrar`. */
export interface CustomMembers {
  /** The field table: every member that there is, by its name. */
  readonly fields: ReadonlyMap<string, MetadataField>
}

/**
 * Checks names and schemas. Throws a `CustomMemberError` that says which of them is wrong, and why: a name that a standard or this
 * program defines, or a schema that is not of draft 2020-12 or draft-07.
 */
export function defineCustomMembers(members: readonly CustomMember[]): CustomMembers {
  const compileSchema = createSchemaCompiler({ draft07: () => Ajv, draft2020: () => Ajv2020 })
  return { fields: createFields(members, compileSchema) }
}
