import type { Ajv, Options } from 'ajv'
import { RE2JS } from 're2js'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import type { ShapeFault } from '../oauth/shape-fault.ts'

/** Compiles an operator's JSON Schema; throws an `Error` with a sentence for the operator. */
export type CompileSchema = (schema: JsonObject) => (value: JsonValue) => ShapeFault | undefined

/** A class of ajv for one dialect of JSON Schema; handed in, because loading one takes longer than the rest of a start. */
export type AjvClass = new (options?: Options) => Ajv

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/
const DRAFT_2020 = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

/** Characters of an error that a client gets: a schema may name members of any length. */
const LONGEST = 300

/**
 * Schemas of draft 2020-12, or of draft-07 where `$schema` says so. Strict: a misspelled keyword would check nothing.
 * Patterns run in RE2, because the values are a stranger's; the first fault ends the check for the same reason.
 */
export function createSchemaCompiler(load: {
  draft07: () => AjvClass
  draft2020: () => AjvClass
}): CompileSchema {
  return (schema) => {
    if (schema.$async !== undefined) throw new Error('must not be asynchronous')
    const dialect = schema.$schema
    const isOld = typeof dialect === 'string' && DRAFT_07.test(dialect)
    if (dialect !== undefined && !isOld && !(typeof dialect === 'string' && DRAFT_2020.test(dialect))) {
      throw new Error('must be of draft 2020-12 or draft-07')
    }
    const ajv = new (isOld ? load.draft07() : load.draft2020())(OPTIONS)
    for (const [name, isValid] of Object.entries(FORMATS))
      ajv.addFormat(name, { type: 'string', validate: isValid })
    const validate = ajv.compile(schema)
    return (value) => {
      if (validate(value)) return undefined
      const [error] = validate.errors ?? []
      const place = error?.instancePath ? `at ${error.instancePath} ` : ''
      const message = `does not fit the schema of this server: ${place}${error?.message ?? 'is wrong'}`
      return { reason: 'schema', message: message.slice(0, LONGEST) }
    }
  }
}

function compileSafely(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = RE2JS.compile(pattern)
  return {
    // Unanchored, as JSON Schema has it (draft 2020-12 Validation §6.3.3).
    test: (text) => compiled.matcher(text).find(),
    // By this ajv tells patterns apart: without it, all would be the first one that it met.
    toString: () => pattern,
  }
}

const OPTIONS: Options = {
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  allErrors: false,
  ownProperties: true,
  logger: false,
  code: { regExp: Object.assign(compileSafely, { code: 'compileSafely' }) },
}

const matches = (pattern: string) => {
  const compiled = RE2JS.compile(pattern)
  return (text: string) => compiled.matches(text)
}

/** The formats that are checked (draft 2020-12 Validation §7.3); others are refused with the schema. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => URL.canParse(text),
  email: matches('[^\\s@]+@[^\\s@]+'),
  uuid: matches('[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'),
  date: (text) => isDay(text),
  'date-time': (text) => {
    const [, day = ''] =
      /^(\d{4}-\d\d-\d\d)[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(
        text,
      ) ?? []
    return isDay(day)
  },
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
