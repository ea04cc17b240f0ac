/** The configuration schema as a flat list of keys: what the checks, the environment and the sample file go through. */
import { z } from 'zod'
import { configSchema } from './config-schema.ts'

/** One key that an operator can set. */
export interface ConfigKey {
  /** `registration`, or `server.tls` for a section below another. */
  readonly section: string
  readonly name: string
  /** `registration.anonymous` */
  readonly path: string
  /** `CLIENTELE_REGISTRATION__ANONYMOUS` */
  readonly environment: string
  readonly schema: z.ZodType
  /** The value that holds when nobody sets the key; undefined where it depends on other keys. */
  readonly standard: unknown
  readonly description: string
  readonly allowed: string
  /** A value for the sample file, where there is no fixed default to show. */
  readonly example: string | undefined
}

/** A section of the configuration file. */
export interface ConfigSection {
  readonly name: string
  readonly description: string
  readonly keys: readonly ConfigKey[]
}

export const ENVIRONMENT_PREFIX = 'CLIENTELE_'

/** Every section with its keys, in the order of the schema. */
export const CONFIG_SECTIONS: readonly ConfigSection[] = readSections()

/** Every key, in the order of the schema. */
export const CONFIG_KEYS: readonly ConfigKey[] = CONFIG_SECTIONS.flatMap((section) => section.keys)

function readSections(): readonly ConfigSection[] {
  const standards = configSchema.parse({})
  return Object.entries(configSchema.shape).flatMap(([name, schema]) =>
    readSection(name, schema, (standards as Record<string, Members>)[name]!),
  )
}

/** A section, and the ones below it. Sections alone have a prefault: that is how the schema tells them from keys. */
function readSection(section: string, wrapped: SectionSchema, standards: Members): readonly ConfigSection[] {
  const members = Object.entries<z.ZodType>(wrapped.unwrap().shape)
  const keys = members.filter(([, schema]) => !isSection(schema))
  const sections = members.filter(([, schema]) => isSection(schema))
  return [
    {
      name: section,
      description: readMeta(wrapped, 'description'),
      keys: keys.map(([name, schema]) => readKey(section, name, schema, standards[name])),
    },
    ...sections.flatMap(([name, schema]) =>
      readSection(`${section}.${name}`, schema as SectionSchema, standards[name] as Members),
    ),
  ]
}

type SectionSchema = z.ZodPrefault<z.ZodObject>
type Members = Readonly<Record<string, unknown>>

function isSection(schema: z.ZodType): boolean {
  return schema instanceof z.ZodPrefault
}

function readKey(section: string, name: string, schema: z.ZodType, standard: unknown): ConfigKey {
  const path = `${section}.${name}`
  return {
    section,
    name,
    path,
    environment: (ENVIRONMENT_PREFIX + path.replaceAll('.', '__')).toUpperCase(),
    schema,
    standard,
    description: readMeta(schema, 'description'),
    allowed: readMeta(schema, 'allowed'),
    example: schema.meta()?.example as string | undefined,
  }
}

function readMeta(schema: z.ZodType, member: string): string {
  const value = schema.meta()?.[member]
  if (typeof value !== 'string') throw new TypeError(`a configuration key is without its ${member}`)
  return value
}
