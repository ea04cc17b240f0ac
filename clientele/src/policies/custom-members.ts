/** Members that an operator adds: rows of the field table, so that a member means one thing in the whole registry. */
import type { JsonObject } from '../oauth/json.ts'
import {
  FOREIGN_MEMBERS,
  METADATA_FIELDS,
  type MetadataField,
  SERVER_MEMBERS,
} from '../oauth/metadata-fields.ts'
import type { CompileSchema } from './json-schema.ts'

/** A member of client metadata that no standard defines. */
export interface CustomMember {
  readonly name: string
  /** A JSON Schema that every value must fit. */
  readonly schema: JsonObject
  /** Operators find clients by it. */
  readonly searchable?: boolean
  /** One sentence for the operator's reference. */
  readonly summary?: string
}

/** What is wrong with a member that an operator adds; `key` names the part. */
export class CustomMemberError extends Error {
  readonly index: number
  readonly key: 'name' | 'schema'

  constructor(index: number, key: 'name' | 'schema', message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'CustomMemberError'
    this.index = index
    this.key = key
  }
}

/** Printable ASCII that needs no quoting in a search term; `#` would make it a translation. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$/
const INHERITED = ['__proto__', 'constructor', 'prototype']

/** The standard's field table with an operator's rows behind it. Throws a `CustomMemberError`. */
export function createFields(
  members: readonly CustomMember[],
  compileSchema: CompileSchema,
): ReadonlyMap<string, MetadataField> {
  if (members.length === 0) return METADATA_FIELDS
  const fields = new Map(METADATA_FIELDS)
  for (const [index, member] of members.entries()) {
    const fault = nameFault(member.name, fields)
    if (fault) throw new CustomMemberError(index, 'name', fault)
    fields.set(member.name, fieldOf(member, index, compileSchema))
  }
  return fields
}

function fieldOf(member: CustomMember, index: number, compileSchema: CompileSchema): MetadataField {
  const { name, schema, searchable, summary } = member
  let check: MetadataField['check']
  try {
    check = compileSchema(schema)
  } catch (error) {
    throw new CustomMemberError(
      index,
      'schema',
      `is no schema that can be used: ${(error as Error).message}`,
      error,
    )
  }
  return {
    name,
    shape: 'json',
    support: 'kept',
    custom: true,
    ...(searchable ? { searchable: true } : {}),
    check: check!,
    source: 'the members of this server',
    summary: summary ?? 'A member of this server.',
  }
}

function nameFault(name: string, fields: ReadonlyMap<string, MetadataField>): string | undefined {
  if (fields.get(name)?.custom) return 'is the name of another custom member already'
  if (fields.has(name) || FOREIGN_MEMBERS.includes(name))
    return 'is a member that a standard or this server defines'
  if ((SERVER_MEMBERS as readonly string[]).includes(name)) return 'is a member that this server alone sets'
  if (!NAME.test(name) || INHERITED.includes(name)) {
    return 'is no name for a member: letters, digits and _ . : / - are, beginning with a letter or _'
  }
  return undefined
}
