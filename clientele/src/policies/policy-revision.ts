/** The revision of a policy: made from what it says, so that nobody can forget to raise it. */
import { sha256Hex } from '../runtime/cryptography.ts'
import { type PolicyDefinition, sourceOf } from './policy-definition.ts'

/**
 * The first 12 hexadecimal digits of a SHA-256 over the policy in full, in an order of keys that does not depend on how it
 * was written. Functions of a program count by their names: what they do cannot be seen.
 */
export function policyRevision(resolved: PolicyDefinition): string {
  const { rules = [], makeClientId, makeClientSecret } = resolved
  // What it is called, what it came from and what it is for is not what it demands.
  const { name: _name, extends: _extends, description: _description, ...source } = sourceOf(resolved)
  const functions = {
    rules: rules.map(({ name, round }) => `${round}:${name}`),
    makeClientId: makeClientId?.name,
    makeClientSecret: makeClientSecret?.name,
  }
  return sha256Hex(canonical({ source, functions })).slice(0, 12)
}

/** JSON with the members of every object in order; a date of TOML becomes its text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
