/** The reference page of the policy language, from its schemas. */
import type { z } from 'zod'
import { policySchema } from '../clientele/src/policies/policy-language.ts'
import { PRESETS } from '../clientele/src/policies/presets.ts'
import { SECTIONS } from '../clientele/src/policies/sections.ts'

interface Def {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly innerType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
  readonly in?: z.ZodType
}

const HEAD = ['name', 'extends', 'description', 'explain'] as const

/** `docs/reference/policies.md`, without its note. */
export function renderPolicyReference(): string {
  const shape = policySchema.shape as Readonly<Record<string, z.ZodType>>
  const sections = SECTIONS.flatMap(({ key }) => renderTable(key, shape[key]!))
  const presets = [...PRESETS.values()].map(({ name, description }) => `| \`${name}\` | ${description} |`)
  return `# The policy language

Every key of a policy, in the order in which its tables act. [Writing policies](../policies.md) tells how they are used.

| key | meaning | allowed |
| --- | --- | --- |
${HEAD.map((key) => renderKey(key, shape[key]!)).join('\n')}

${[...renderTable('when', shape.when!), ...sections].join('\n\n')}

## Presets

| name | for |
| --- | --- |
${presets.join('\n')}
`
}

/** A table with its keys, and the tables below it. */
function renderTable(path: string, schema: z.ZodType, heading = `[${path}]`): readonly string[] {
  const { type, shape, valueType, element } = innermost(schema)
  const description = metaOf(schema, 'description') ?? ''
  if (type === 'record') return renderTable(`${path}.<name>`, withMeta(valueType!, schema))
  if (type === 'array') return renderTable(path, withMeta(element!, schema), `[[${path}]]`)
  const keys = Object.entries(shape ?? {})
  const tables = keys.filter(([, below]) => isTable(below))
  const plain = keys.filter(([, below]) => !isTable(below))
  const rows = plain.map(([key, below]) => renderKey(key, below))
  const head = `## ${heading}${description === '' ? '' : `\n\n${description}`}`
  const body =
    rows.length === 0 ? [] : [`| key | meaning | allowed |\n| --- | --- | --- |\n${rows.join('\n')}`]
  // Tables that all have the same keys are shown once.
  const shapes = new Set(tables.map(([, below]) => Object.keys(innermost(below).shape ?? {}).join()))
  const below =
    tables.length > 2 && shapes.size === 1
      ? [
          `Tables: ${tables.map(([key]) => `\`[${path}.${key}]\``).join(', ')}.`,
          ...renderTable(`${path}.<name>`, withoutDescription(tables[0]![1])),
        ]
      : tables.flatMap(([key, each]) => renderTable(`${path}.${key}`, each))
  return [[head, ...body].join('\n\n'), ...below]
}

function renderKey(key: string, schema: z.ZodType): string {
  const example = metaOf(schema, 'example')
  const shown = example === undefined ? '' : ` Example: \`${JSON.stringify(example)}\`.`
  const cells = [
    `\`${key}\``,
    `${metaOf(schema, 'description') ?? ''}${shown}`,
    metaOf(schema, 'allowed') ?? '',
  ]
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
}

function isTable(schema: z.ZodType): boolean {
  const { type, valueType } = innermost(schema)
  return type === 'object' || (type === 'record' && isTable(valueType!))
}

/** Below what is optional or has a default. */
function innermost(schema: z.ZodType): Def {
  const def = schema.def as unknown as Def
  const inner = def.innerType ?? def.in
  return inner === undefined ? def : innermost(inner)
}

function metaOf(schema: z.ZodType, key: string): unknown {
  const value = schema.meta()?.[key]
  if (value !== undefined) return value
  const { innerType, in: input } = schema.def as unknown as Def
  const inner = innerType ?? input
  return inner === undefined ? undefined : metaOf(inner, key)
}

function withMeta(schema: z.ZodType, from: z.ZodType): z.ZodType {
  return schema.meta({ ...schema.meta(), description: String(metaOf(from, 'description') ?? '') })
}

function withoutDescription(schema: z.ZodType): z.ZodType {
  return schema.meta({ ...schema.meta(), description: '' })
}
