import type { JsonObject, JsonValue } from '../oauth/json.ts'

/** What a claim of a token must be: exactly a value, or an array that has it among its elements. */
export type ClaimTest =
  | { readonly claim: string; readonly equals: string | number | boolean }
  | { readonly claim: string; readonly contains: string | number | boolean }

/** Whether the claims pass. A claim that is missing, or of another type, does not. */
export function passesClaimTest(claims: JsonObject, test: ClaimTest): boolean {
  const value = Object.hasOwn(claims, test.claim) ? claims[test.claim] : undefined
  if ('equals' in test) return value === test.equals
  return Array.isArray(value) && value.includes(test.contains as JsonValue)
}
