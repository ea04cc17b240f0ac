/** Rules for the values that an initial access token fixes: judged when it is made, because its clients cannot mend them. */
import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import { negotiate } from '../oauth/negotiate.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { AdminProblem } from './admin-error.ts'

/**
 * What is wrong with fixed client metadata (RFC 7591 §2). Unlike a client's request it is read strictly: a misspelled
 * member, or a value that this server would not grant, would fix nothing and seem to.
 */
export function findFixedProblems(fixed: JsonObject, capabilities: Capabilities): readonly AdminProblem[] {
  const parsed = parseClientMetadata(fixed)
  const { problems, dropped } = negotiate(parsed, capabilities)
  const known = new Set([...Object.keys(parsed.metadata), ...problems.map(({ member }) => member)])
  const unknown = Object.keys(fixed).filter((member) => !known.has(member))
  return [
    ...problems.map((problem) => ({ ...problem, member: `fixed.${problem.member}` })),
    ...unknown.map((member) => ({
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
