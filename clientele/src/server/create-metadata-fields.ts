/** The configuration's own members → the field table. Whatever is wrong with one stops the start, with its line. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isObject, type JsonObject } from '../oauth/json.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { type CustomMember, CustomMemberError, createFields } from '../policies/custom-members.ts'
import { type AjvClass, type CompileSchema, createSchemaCompiler } from '../policies/json-schema.ts'
import { ConfigError } from './config-error.ts'
import type { Config } from './config-schema.ts'
import type { CustomMemberConfig } from './custom-members-schema.ts'
import type { TomlPath } from './toml-lines.ts'

const PATH = 'registration.custom_members'
const require = createRequire(import.meta.url)

/** Loaded when an operator has a member: it takes longer than the rest of a start. */
const compileSchema: CompileSchema = (schema) => compiler(schema)
const compiler = createSchemaCompiler({
  draft07: () => (require('ajv') as { Ajv: AjvClass }).Ajv,
  draft2020: () => (require('ajv/dist/2020.js') as { Ajv2020: AjvClass }).Ajv2020,
})

const made = new WeakMap<readonly CustomMemberConfig[], ReadonlyMap<string, MetadataField>>()

/** Throws a `ConfigError`; `whereIs` knows the lines of the keys below `registration.custom_members`. */
export function createMetadataFields(
  { registration: { custom_members: members } }: Config,
  whereIs: (path: TomlPath) => string = () => 'configuration',
): ReadonlyMap<string, MetadataField> {
  const known = made.get(members)
  if (known) return known
  try {
    const fields = createFields(
      members.map((member, index) => readMember(member, index)),
      compileSchema,
    )
    made.set(members, fields)
    return fields
  } catch (error) {
    if (!(error instanceof CustomMemberError)) throw error
    const { index } = error
    const member = members[index]!
    const key = error.key === 'schema' && member.schema_file !== undefined ? 'schema_file' : error.key
    const found = key === 'schema' ? member.name : String(member[key])
    const where = whereIs([index, key])
    throw new ConfigError([
      { path: `${PATH}[${index}].${key}`, where, wrong: error.message, found: JSON.stringify(found) },
    ])
  }
}

function readMember(member: CustomMemberConfig, index: number): CustomMember {
  const { name, searchable, summary, schema_file: file } = member
  const schema = file === undefined ? (member.schema as JsonObject) : readSchema(file, index)
  return { name, schema, searchable, ...(summary === undefined ? {} : { summary }) }
}

function readSchema(file: string, index: number): JsonObject {
  let schema: unknown
  try {
    schema = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const wrong = code === undefined ? 'is no JSON' : `cannot be read: ${code}`
    throw new CustomMemberError(index, 'schema', wrong, error)
  }
  if (!isObject(schema)) throw new CustomMemberError(index, 'schema', 'must be a JSON object')
  return schema
}
