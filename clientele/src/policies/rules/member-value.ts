/** Whether a member's value is as its policy wants it, and what remains of it without what is not. */
import type { JsonValue } from '../../oauth/json.ts'
import type { MetadataField } from '../../oauth/metadata-fields.ts'
import { sameJson } from '../../oauth/same-json.ts'
import { scopeValues } from '../../oauth/scope.ts'
import { compilePattern } from '../pattern.ts'
import { inWords } from './decide.ts'
import type { MemberRules } from './member-schema.ts'

export interface ValueFault {
  readonly reason: string
  readonly because: string
  readonly index?: number
}

export interface JudgedValue {
  readonly faults: readonly ValueFault[]
  /** Without the bad elements; undefined where nothing good is left. */
  readonly kept: JsonValue | undefined
  readonly isList: boolean
}

/** Compiles the rules on the value itself; undefined where there are none. Throws for a bad pattern. */
export function compileValueCheck(
  rules: MemberRules,
  field: MetadataField,
): ((value: JsonValue) => JudgedValue) | undefined {
  const checks = elementChecks(rules)
  const most = rules.max_count
  if (checks.length === 0 && most === undefined) return undefined
  return (value) => {
    const isScope = field.shape === 'scope' && typeof value === 'string'
    const isList = isScope || Array.isArray(value)
    const elements = isScope ? scopeValues(value) : Array.isArray(value) ? value : [value]
    const faults: ValueFault[] = []
    const good: JsonValue[] = []
    for (const [index, element] of elements.entries()) {
      const failed = checks.find((check) => !check.accepts(element))
      if (failed)
        faults.push({ reason: failed.reason, because: failed.because, ...(isList ? { index } : {}) })
      else good.push(element)
    }
    if (isList && most !== undefined && good.length > most) {
      faults.push({ reason: 'too_many', because: `may have no more than ${most} values` })
      good.length = most
    }
    return { faults, kept: good.length === 0 ? undefined : join(good, { isScope, isList }), isList }
  }
}

function join(good: readonly JsonValue[], of: { isScope: boolean; isList: boolean }): JsonValue {
  return of.isScope ? good.join(' ') : of.isList ? good : good[0]!
}

interface ElementCheck {
  readonly reason: string
  readonly because: string
  accepts(element: JsonValue): boolean
}

function elementChecks(rules: MemberRules): readonly ElementCheck[] {
  const checks: ElementCheck[] = []
  const add = (reason: string, because: string, accepts: ElementCheck['accepts']) =>
    checks.push({ reason, because, accepts })
  const { allowed, min_length, max_length, min, max } = rules
  if (min_length !== undefined)
    add(
      'too_short',
      `must have at least ${min_length} characters`,
      (value) => !(lengthOf(value) < min_length),
    )
  if (max_length !== undefined)
    add('too_long', `must have at most ${max_length} characters`, (value) => !(lengthOf(value) > max_length))
  if (rules.pattern !== undefined) {
    const pattern = compilePattern(rules.pattern)
    // Not the pattern: it is the operator's, and says how to get past it.
    const because = 'is not of the form that this server accepts'
    add('pattern', because, (value) => typeof value === 'string' && pattern.matches(value))
  }
  if (allowed !== undefined) {
    const texts = new Set(allowed)
    add('allowed', `must be one of: ${inWords(allowed)}`, (value) =>
      typeof value === 'object' ? allowed.some((each) => sameJson(each, value)) : texts.has(value),
    )
  }
  if (min !== undefined)
    add('too_small', `must be at least ${min}`, (value) => typeof value === 'number' && value >= min)
  if (max !== undefined)
    add('too_large', `must be at most ${max}`, (value) => typeof value === 'number' && value <= max)
  return checks
}

/** Characters as people count them. What is no text has no length to be wrong. */
function lengthOf(value: JsonValue): number {
  return typeof value === 'string' ? [...value].length : Number.NaN
}
