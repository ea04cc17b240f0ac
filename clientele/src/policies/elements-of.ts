import type { JsonValue } from '../oauth/json.ts'
import { scopeValues } from '../oauth/scope.ts'

/** A member's value as a list: the elements of a list, the values of a scope, else the one value; nothing where there is none. */
export function elementsOf(member: string, value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return []
  if (member === 'scope') return scopeValues(value)
  return Array.isArray(value) ? value : [value as JsonValue]
}
