import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { memberName } from '../../oauth/member-name.ts'

/** Every text that stands in the members, in whatever language (RFC 7591 §2.2). */
export function nameVariants(
  members: readonly string[],
  metadata: CompleteMetadata,
): readonly (readonly [member: string, name: string])[] {
  return Object.entries(metadata).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && members.includes(memberName(entry[0])),
  )
}
