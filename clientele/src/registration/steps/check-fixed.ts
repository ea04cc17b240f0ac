import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import type { JsonValue } from '../../oauth/json.ts'
import { negotiate } from '../../oauth/negotiate.ts'
import { sameJson } from '../../oauth/same-json.ts'
import { scopeValues } from '../../oauth/scope.ts'
import type { RegistrationDeps } from '../deps.ts'

/**
 * A value that a credential fixed stays fixed: also when the member is left out, and also when another member changes its
 * meaning, as a client does that makes itself public under a fixed grant for confidential ones. What this server
 * has ceased to offer since is no longer part of it.
 */
export function checkFixed(
  draft: Draft<CompleteMetadata>,
  fixed: ClientMetadata | undefined,
  { capabilities, fields }: Pick<RegistrationDeps, 'capabilities' | 'fields'>,
): Draft<CompleteMetadata> {
  if (fixed === undefined) return draft
  const offered = negotiate({ metadata: fixed, problems: [] }, capabilities, fields).metadata
  const faulty = new Set(draft.problems.map(({ member }) => member))
  const problems = Object.keys(offered)
    .filter((member) => !faulty.has(member) && !sameValue(member, offered[member], draft.metadata[member]))
    .map(
      (member): Problem => ({
        member,
        reason: `${member}.fixed`,
        message:
          'is fixed by the credential that this client was registered with, and does not go with the rest',
        rule: 'RFC 7591 §3',
      }),
    )
  return problems.length === 0 ? draft : { ...draft, problems: [...draft.problems, ...problems] }
}

/** A scope's values, grants and response types have no order. */
function sameValue(member: string, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return sameJson(unordered(member, a), unordered(member, b))
}

function unordered(member: string, value: JsonValue | undefined): JsonValue | undefined {
  if (member === 'scope') return [...scopeValues(value)].sort()
  const isSet = member === 'grant_types' || member === 'response_types'
  return isSet && Array.isArray(value) ? [...new Set(value)].sort() : value
}
