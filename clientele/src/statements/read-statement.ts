import type { StatementBounds, Vouched } from '../clients/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { OAuthError, type Problem } from '../oauth/errors.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { TrustedStatementIssuer } from './trusted-statement-issuer.ts'

const RULE = 'RFC 7591 §2.3'
/** How a claim of ours names a host: as URL parsers write it, so that it can be compared. */
const HOST = /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/

/** Whether a statement may bound the client's redirect URIs by `host`. */
export function isRedirectHost(host: unknown): host is string {
  return typeof host === 'string' && HOST.test(host)
}

/**
 * What the proved claims of a statement say of the client: the metadata that win over its own words, and the bounds of
 * what is left to it. Throws when it says something that is wrong, or not all that its issuer must say.
 */
export function readStatement(
  statement: string,
  claims: JsonObject,
  issuer: TrustedStatementIssuer,
  fields?: ReadonlyMap<string, MetadataField>,
): Vouched {
  const { metadata, problems } = parseClientMetadata(membersOf(claims, issuer), [], fields)
  const hosts = readRedirectHosts(claims)
  const faults = [...problems, ...(hosts === 'wrong' ? [WRONG_HOSTS] : [])]
  if (faults.length > 0) {
    throw new OAuthError(
      'invalid_software_statement',
      'software_statement.metadata',
      'The software statement says something of the client that is not valid (see problems).',
      { problems: faults },
    )
  }
  checkApproved(metadata, issuer)
  const { redirect_uris: uris, ...others } = metadata
  const isSubset = issuer.redirectUris === 'subset' && uris !== undefined
  const bounds: StatementBounds = {
    ...(isSubset ? { redirectUris: uris } : {}),
    ...(uris === undefined && Array.isArray(hosts) ? { redirectHosts: hosts } : {}),
  }
  return {
    issuer: issuer.issuer,
    statement,
    metadata: isSubset ? (others as ClientMetadata) : metadata,
    ...(Object.keys(bounds).length > 0 ? { bounds } : {}),
  }
}

/**
 * The claims under the names of the members that they are. What is no client metadata has no effect; a statement within a
 * statement is none, and is nobody's word.
 */
function membersOf(claims: JsonObject, { claims: names, members }: TrustedStatementIssuer): JsonObject {
  const found = new Map<string, JsonValue>()
  for (const [claim, value] of Object.entries(claims)) {
    if (value !== undefined && !Object.hasOwn(names, claim)) found.set(claim, value)
  }
  // A claim that the operator mapped beats one that happens to have the member's own name.
  for (const [claim, member] of Object.entries(names)) {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
    if (value !== undefined) found.set(member, value)
  }
  const isTaken = (member: string) => members === undefined || members.includes(member.split('#', 1)[0]!)
  return Object.fromEntries([...found].filter(([member]) => isTaken(member)))
}

/** `redirect_hosts` is a claim of ours (`clientele software-statement sign --redirect-host`); it only ever narrows. */
function readRedirectHosts({ redirect_hosts: hosts }: JsonObject): readonly string[] | 'wrong' | undefined {
  if (hosts === undefined) return undefined
  const isList = Array.isArray(hosts) && hosts.length > 0
  return isList && hosts.every(isRedirectHost) ? hosts : 'wrong'
}

function checkApproved(metadata: ClientMetadata, issuer: TrustedStatementIssuer): void {
  const missing = issuer.requiredMembers.filter((member) => metadata[member] === undefined)
  if (missing.length > 0) {
    throw unapproved('incomplete', `The software statement must carry: ${missing.join(', ')}.`)
  }
  const id = metadata.software_id
  if (issuer.softwareIds && !(typeof id === 'string' && issuer.softwareIds.includes(id))) {
    throw unapproved('software_id', 'This software is not approved for this server.')
  }
}

function unapproved(reason: string, message: string): OAuthError {
  return new OAuthError('unapproved_software_statement', `software_statement.${reason}`, message)
}

const WRONG_HOSTS: Problem = {
  member: 'redirect_hosts',
  reason: 'redirect_hosts.type',
  message: 'must be an array of host names in lower case',
  rule: RULE,
}
