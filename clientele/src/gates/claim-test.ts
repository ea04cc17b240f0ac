import type { JsonObject, JsonValue } from '../oauth/json.ts'

/** What a claim must be: exactly a value, or an array that has it among its elements. */
export type ClaimTest =
  | { readonly claim: string; readonly equals: string | number | boolean }
  | { readonly claim: string; readonly contains: string | number | boolean }

/** Whether the claims pass. A claim that is missing, or of another type, does not. */
export function passesClaimTest(claims: JsonObject, test: ClaimTest): boolean {
  const value = Object.hasOwn(claims, test.claim) ? claims[test.claim] : undefined
  if ('equals' in test) return value === test.equals
  return Array.isArray(value) && value.includes(test.contains as JsonValue)
}

/** The scope of an access token: `scope` as text (RFC 9068 §2.2.3), or as several issuers write it, `scp` or an array. */
export function scopesOf({ scope, scp }: JsonObject): readonly string[] {
  const value = scope ?? scp
  if (typeof value === 'string') return value.split(' ').filter((each) => each !== '')
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
