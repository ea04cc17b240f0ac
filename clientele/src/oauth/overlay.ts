import type { ClientMetadata } from './client-metadata.ts'
import type { JsonValue } from './json.ts'
import { memberName } from './member-name.ts'
import type { ParsedMetadata } from './parse-metadata.ts'
import { counterpartOf } from './settle-offers.ts'

/**
 * Puts values over what a client asked: a trusted statement's claims (RFC 7591 §2.3: they win), or what a gate fixed.
 * What the client said of these members does not count, not even where it was wrong, and not in another language: a
 * fixed name with a false translation would be no fixed name.
 */
export function overlay(parsed: ParsedMetadata, over: ClientMetadata | undefined): ParsedMetadata {
  if (!over || Object.keys(over).length === 0) return parsed
  // A fixed method with the client's own list of methods beside it would be no fixed method: the list would be chosen from.
  const covered = new Set(
    Object.keys(over)
      .map(memberName)
      .flatMap((name) => [name, counterpartOf(name)]),
  )
  const metadata: Record<string, JsonValue> = {}
  for (const [member, value] of Object.entries(parsed.metadata)) {
    if (value !== undefined && !covered.has(memberName(member))) metadata[member] = value
  }
  return {
    requested: parsed.requested ?? parsed.metadata,
    metadata: { ...metadata, ...over },
    problems: parsed.problems.filter((problem) => !covered.has(memberName(problem.member))),
  }
}
