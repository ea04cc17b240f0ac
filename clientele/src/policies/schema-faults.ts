/** What a schema has against a value, with the words of the schema: which keys there are, what is allowed. */
import type { z } from 'zod'
import { findNearest } from '../runtime/nearest.ts'
import type { PolicyFault } from './policy-error.ts'

type Path = readonly (string | number)[]
/** What of a schema is needed to walk down into it. */
interface Def {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly innerType?: z.ZodType
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly in?: z.ZodType
}

/** Every fault of a value at once. */
export function findSchemaFaults(schema: z.ZodType, value: unknown): readonly PolicyFault[] {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, schema, value))
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): readonly PolicyFault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], schema))
  if (issue.code === 'invalid_union') {
    const branch = nearestBranch(issue.errors)
    // What every branch has against the whole is not about one of them.
    if (branch?.some((each) => each.path.length > 0 || each.code === 'unrecognized_keys')) {
      return branch.flatMap((each) =>
        describe({ ...each, path: [...issue.path, ...each.path] } as z.core.$ZodIssue, schema, value),
      )
    }
  }
  const found = valueAt(value, path)
  const allowed = allowedAt(schema, path)
  const message = found === undefined ? 'is missing' : issue.code === 'custom' ? issue.message : 'is wrong'
  return [
    {
      severity: 'error',
      path,
      message,
      ...(found === undefined ? {} : { found: short(found) }),
      ...(allowed === undefined ? {} : { allowed }),
    },
  ]
}

/** The branch that got furthest: what somebody most likely meant. */
function nearestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  return branches.toSorted((a, b) => a.length - b.length)[0]
}

/** A key of that name in another table is nearer than any misspelling. */
function unknownKey(path: Path, schema: z.ZodType): PolicyFault {
  const name = String(path.at(-1))
  const around = schemasAt(schema, path.slice(0, -1))
  const keys = [...new Set(around.flatMap((each) => Object.keys(shapeOf(each) ?? {})))]
  const elsewhere = Object.entries(shapeOf(schema) ?? {})
    .filter(([, table]) => name in (shapeOf(table) ?? {}))
    .map(([table]) => `${table}.${name}`)
  const nearest = findNearest(name, keys) ?? elsewhere[0]
  return {
    severity: 'error',
    path,
    message: 'is not a known key',
    allowed: keys.join(', '),
    ...(nearest === undefined ? {} : { nearest }),
  }
}

/** What the schema says is allowed there, or further up. */
function allowedAt(schema: z.ZodType, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    for (const each of schemasAt(schema, path.slice(0, length))) {
      for (const layer of layersOf(each)) {
        const allowed = layer.meta()?.allowed
        if (typeof allowed === 'string') return allowed
      }
    }
  }
  return undefined
}

/** Every schema that a place may have; several where there is a choice. */
function schemasAt(schema: z.ZodType, path: Path): readonly z.ZodType[] {
  if (path.length === 0) return [schema]
  const [part, ...rest] = path
  return layersOf(schema).flatMap((layer) => {
    const def = layer.def as unknown as Def
    const below = typeof part === 'number' ? def.element : (def.shape?.[part!] ?? def.valueType)
    return below === undefined ? [] : schemasAt(below, rest)
  })
}

/** A schema, and what it is wrapped around: optional ones, defaults, choices. */
function layersOf(schema: z.ZodType): readonly z.ZodType[] {
  const { innerType, options = [], in: input } = schema.def as unknown as Def
  const inner = [innerType, input, ...options].filter((each) => each !== undefined)
  return [schema, ...inner.flatMap(layersOf)]
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  return layersOf(schema)
    .map((layer) => (layer.def as unknown as Def).shape)
    .find((shape) => shape !== undefined)
}

/** What stands at a place of a value; undefined where nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Record<string | number, unknown>)[part]
  }
  return found
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
