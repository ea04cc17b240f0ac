/** Rules for the values that an initial access token fixes: judged when it is made, because its clients cannot mend them. */
import type { Capabilities } from '../oauth/capabilities.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { findSettledProblems } from '../oauth/consistency.ts'
import { findUnreadMembers } from '../oauth/find-unread-members.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { negotiate } from '../oauth/negotiate.ts'
import { type ParsedMetadata, parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { AdminProblem } from './admin-error.ts'

/** The members that there are; the standard's when left out. */
type Fields = ReadonlyMap<string, MetadataField>

/** The members of which "none" is a value to fix: a client of `client_credentials` alone has neither. */
const MAY_BE_EMPTY = ['redirect_uris', 'response_types']

/** What `fixed` fixes. */
export function readFixed(fixed: JsonObject, fields?: Fields): ClientMetadata {
  return parseFixed(fixed, fields).metadata
}

/**
 * What is wrong with fixed client metadata (RFC 7591 §2). Unlike a client's request it is read strictly: a misspelled
 * member, or a value that this server would not grant, would fix nothing and seem to; values that contradict each other
 * would let nobody register.
 */
export function findFixedProblems(
  fixed: JsonObject,
  capabilities: Capabilities,
  fields?: Fields,
): readonly AdminProblem[] {
  const parsed = parseFixed(fixed, fields)
  const { metadata, problems, dropped } = negotiate(parsed, capabilities, fields)
  const faulty = new Set(problems.map(({ member }) => member))
  const settled = findSettledProblems(metadata).filter(({ member }) => !faulty.has(member))
  return [
    ...[...problems, ...settled].map((problem) => ({ ...problem, member: `fixed.${problem.member}` })),
    ...findUnreadMembers(fixed, parsed).map((member) => ({
      member: `fixed.${member}`,
      reason: 'fixed.unknown_or_empty',
      message: 'is no member of client metadata, or has no value',
      rule: 'RFC 7591 §2',
    })),
    ...dropped.map(({ member, reason }) => ({
      member: `fixed.${member}`,
      reason,
      message: 'has a value that this server does not grant',
      rule: 'RFC 7591 §2',
    })),
  ]
}

function parseFixed(fixed: JsonObject, fields: Fields | undefined): ParsedMetadata {
  const parsed = parseClientMetadata(fixed, [], fields)
  const empty = MAY_BE_EMPTY.filter((member) => Array.isArray(fixed[member]) && fixed[member].length === 0)
  return {
    ...parsed,
    metadata: { ...parsed.metadata, ...Object.fromEntries(empty.map((member) => [member, []])) },
  }
}
