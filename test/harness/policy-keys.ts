/** Every key of the policy language, from its schemas. */
import type { z } from 'zod'
import { policySchema } from '../../clientele/src/policies/policy-language.ts'

interface Def {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
}

/** As they are written: `redirect_uris.hosts`; `<name>` where any member's may stand. */
export function policyKeys(): readonly string[] {
  return keysOf(policySchema, '')
}

function keysOf(schema: z.ZodType, path: string): readonly string[] {
  const { type, shape, valueType, element } = innermost(schema)
  const below = (key: string) => (path === '' ? key : `${path}.${key}`)
  if (type === 'object') return Object.entries(shape!).flatMap(([key, each]) => keysOf(each, below(key)))
  if (type === 'record' && innermost(valueType!).type === 'object') return keysOf(valueType!, below('<name>'))
  if (type === 'array' && innermost(element!).type === 'object') return keysOf(element!, path)
  return [path]
}

/** Below what is optional, has a default or is refined. */
function innermost(schema: z.ZodType): Def {
  const def = schema.def as unknown as Def
  const inner = def.innerType ?? def.in
  return inner === undefined ? def : innermost(inner)
}
