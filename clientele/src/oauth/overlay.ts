import type { ClientMetadata } from './client-metadata.ts'
import type { JsonValue } from './json.ts'
import type { ParsedMetadata } from './parse-metadata.ts'

/**
 * Puts values over what a client asked: a trusted statement's claims (RFC 7591 §2.3: they win), or what a gate fixed.
 * What the client said of these members does not count, not even where it was wrong, and not in another language: a
 * fixed name with a false translation would be no fixed name.
 */
export function overlay(parsed: ParsedMetadata, over: ClientMetadata | undefined): ParsedMetadata {
  if (!over || Object.keys(over).length === 0) return parsed
  const covered = new Set(Object.keys(over).map(nameOf))
  const metadata: Record<string, JsonValue> = {}
  for (const [member, value] of Object.entries(parsed.metadata)) {
    if (value !== undefined && !covered.has(nameOf(member))) metadata[member] = value
  }
  return {
    requested: parsed.requested ?? parsed.metadata,
    metadata: { ...metadata, ...over },
    problems: parsed.problems.filter((problem) => !covered.has(nameOf(problem.member))),
  }
}

function nameOf(member: string): string {
  const hash = member.indexOf('#')
  return hash === -1 ? member : member.slice(0, hash)
}
