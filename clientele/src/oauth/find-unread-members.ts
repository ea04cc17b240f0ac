import type { JsonObject } from './json.ts'
import type { ParsedMetadata } from './parse-metadata.ts'

/**
 * The members of `source` that `parseClientMetadata` passed over, because they are no client metadata or have no value.
 * A client may send such members (RFC 7591 §3.1); where an operator or an issuer writes one, it is a mistake.
 */
export function findUnreadMembers(source: JsonObject, parsed: ParsedMetadata): readonly string[] {
  const read = new Set([...Object.keys(parsed.metadata), ...parsed.problems.map(({ member }) => member)])
  return Object.keys(source).filter((member) => !read.has(member))
}
