import type { JsonValue } from './json.ts'

/** NUL and lone surrogates: JSON can write them (RFC 8259 §8.2), and many who read JSON cannot take them. */
const BROKEN = /[\0\p{Cs}]/u

/**
 * Whether any text within `value`, names of members included, has a character that a database or another server would
 * stumble over: one such client must not spoil what others read of all. The value must not be nested without end.
 */
export function hasBrokenText(value: JsonValue): boolean {
  if (typeof value === 'string') return BROKEN.test(value)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasBrokenText)
  return Object.entries(value).some(([name, part]) => BROKEN.test(name) || hasBrokenText(part as JsonValue))
}
