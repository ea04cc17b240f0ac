import { BOUNDS } from './bounds.ts'
import { hasBrokenText } from './broken-text.ts'
import { isObject, type JsonValue } from './json.ts'
import { checkJwks } from './jwks.ts'
import type { Shape } from './metadata-fields.ts'
import { isOrigin } from './origin.ts'
import { parseScope } from './scope.ts'
import type { ShapeFault } from './shape-fault.ts'
import { isHttpsUrl, isWebUrl } from './web-url.ts'

/**
 * The shape of one member's value, and nothing about other members. Each returns what is wrong, or undefined.
 * Redirect URIs are only strings here; `checkRedirectUris` judges them when the kind of client is known.
 */
export const SHAPES: Record<Shape, (value: JsonValue) => ShapeFault | undefined> = {
  text: (value) => textFault(value, BOUNDS.textLength),
  'long-text': (value) => textFault(value, BOUNDS.longTextLength),
  texts: (value) => eachFault(value, BOUNDS.arrayLength, (element) => textFault(element, BOUNDS.textLength)),
  scope: (value) => {
    if (typeof value !== 'string') return fault('type', 'must be one string of space-separated scope values')
    if (value.length > BOUNDS.scopeLength) return tooLong(BOUNDS.scopeLength)
    const values = parseScope(value)
    if (!values) return fault('syntax', 'has a character that no scope value has (RFC 6749 §3.3)')
    return values.length > BOUNDS.scopeValues
      ? fault('too_many', `has more than ${BOUNDS.scopeValues} values`)
      : undefined
  },
  'web-url': webUrlFault,
  'https-url': (value) => {
    if (typeof value !== 'string') return fault('type', 'must be a string')
    return isHttpsUrl(value) ? undefined : fault('not_https', 'must be an absolute https URL')
  },
  'web-urls': (value) => eachFault(value, BOUNDS.arrayLength, webUrlFault),
  'redirect-uris': uriListFault,
  origins: (value) => eachFault(value, BOUNDS.arrayLength, originFault),
  'post-logout-redirect-uris': uriListFault,
  boolean: (value) =>
    typeof value === 'boolean' ? undefined : fault('type', 'must be true or false, not a string'),
  seconds: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? undefined
      : fault('type', 'must be a whole number of seconds, 0 or more'),
  jwks: checkJwks,
  object: (value) => {
    if (!isObject(value) || depthOf(value) > BOUNDS.nesting)
      return fault('type', `must be a JSON object of at most ${BOUNDS.nesting} levels`)
    return hasBrokenText(value) ? fault('broken_character', 'has a NUL or a broken character') : undefined
  },
  json: jsonFault,
}

/** Whether a value counts as left out: null (RFC 7592 §2.2), the empty text, the empty list. */
export function isOmitted(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

// Control characters garble logs and pages; direction marks make a name read as another (Unicode TR 36 §3.3); lone
// surrogates are no text at all.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

function textFault(value: JsonValue, longest: number): ShapeFault | undefined {
  if (typeof value !== 'string') return fault('type', 'must be a string')
  if (value === '') return fault('empty', 'must not be empty')
  if (value.length > longest) return tooLong(longest)
  return UNPRINTABLE.test(value)
    ? fault('control_character', 'has a control, direction or broken character')
    : undefined
}

function webUrlFault(value: JsonValue): ShapeFault | undefined {
  if (typeof value !== 'string') return fault('type', 'must be a string')
  return isWebUrl(value) ? undefined : fault('not_a_web_url', 'must be an absolute http or https URL')
}

function originFault(value: JsonValue): ShapeFault | undefined {
  if (typeof value !== 'string') return fault('type', 'must be a string')
  return isOrigin(value)
    ? undefined
    : fault('not_an_origin', 'must be an origin as browsers send it: scheme, host and port, nothing behind')
}

function uriListFault(value: JsonValue): ShapeFault | undefined {
  return eachFault(value, BOUNDS.redirectUris, (element) =>
    typeof element === 'string' ? undefined : fault('type', 'must be a string'),
  )
}

function eachFault(
  value: JsonValue,
  longest: number,
  faultOf: (element: JsonValue) => ShapeFault | undefined,
): ShapeFault | undefined {
  if (!Array.isArray(value)) return fault('type', 'must be an array of strings')
  if (value.length > longest) return fault('too_many', `has more than ${longest} elements`)
  for (const [index, element] of value.entries()) {
    const found = faultOf(element)
    if (found) return { ...found, index }
  }
  return undefined
}

/** Any JSON, within bounds: what compares its values with each other must not take long, and its texts are shown to people. */
function jsonFault(value: JsonValue): ShapeFault | undefined {
  if (Array.isArray(value) && value.length > BOUNDS.arrayLength) {
    return fault('too_many', `has more than ${BOUNDS.arrayLength} elements`)
  }
  if (depthOf(value) > BOUNDS.nesting) return fault('too_deep', `has more than ${BOUNDS.nesting} levels`)
  const texts: string[] = []
  let count = 0
  const visit = (part: JsonValue): void => {
    count++
    if (typeof part === 'string') texts.push(part)
    if (typeof part !== 'object' || part === null || count > BOUNDS.jsonValues) return
    if (!Array.isArray(part)) texts.push(...Object.keys(part))
    for (const below of Object.values(part)) visit(below as JsonValue)
  }
  visit(value)
  if (count > BOUNDS.jsonValues) return fault('too_many', `has more than ${BOUNDS.jsonValues} values`)
  return texts.some((text) => UNPRINTABLE.test(text))
    ? fault('control_character', 'has a control, direction or broken character')
    : undefined
}

/** Levels below a value, counted no further than the bound, so that no depth of nesting costs a stack. */
function depthOf(value: JsonValue, level = 1): number {
  if (typeof value !== 'object' || value === null || level > BOUNDS.nesting) return level
  let deepest = level
  for (const below of Object.values(value))
    deepest = Math.max(deepest, depthOf(below as JsonValue, level + 1))
  return deepest
}

function tooLong(longest: number): ShapeFault {
  return fault('too_long', `is longer than ${longest} characters`)
}

function fault(reason: string, message: string): ShapeFault {
  return { reason, message }
}
