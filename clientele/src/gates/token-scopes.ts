import type { JsonObject } from '../oauth/json.ts'

/** The scope of an access token: `scope` as text (RFC 9068 §2.2.3), or as several issuers write it, `scp` or an array. */
export function scopesOf({ scope, scp }: JsonObject): readonly string[] {
  const value = scope ?? scp
  if (typeof value === 'string') return value.split(' ').filter((each) => each !== '')
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
