import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { memberName } from '../../oauth/member-name.ts'

/** The member and its translations (RFC 7591 §2.2), as far as they are there: what holds for the one holds for the others. */
export function variantsOf(member: string, metadata: ClientMetadata): readonly string[] {
  return Object.keys(metadata).filter((each) => metadata[each] !== undefined && memberName(each) === member)
}
