import type { ClientRecord, Vouched } from '../../clients/client.ts'
import { applyDefaults } from '../../oauth/apply-defaults.ts'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { checkConsistency } from '../../oauth/consistency.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import { negotiate } from '../../oauth/negotiate.ts'
import { overlay } from '../../oauth/overlay.ts'
import { parseClientMetadata } from '../../oauth/parse-metadata.ts'
import { scopeValues } from '../../oauth/scope.ts'
import type { RegistrationDeps } from '../deps.ts'
import { checkKeys } from './check-keys.ts'
import { type ScopeAuthority, withholdPrivilegedScopes } from './withhold-privileged-scopes.ts'

/** What is settled before the client's own words are looked at. */
export interface GivenValues {
  readonly vouched?: Vouched | undefined
  readonly fixed?: ClientMetadata | undefined
  /** Who asks, and what the client has already. */
  readonly authority: Pick<ScopeAuthority, 'permissions'> & { readonly client?: ClientRecord }
  /** Problems that the verb itself has with the request. */
  readonly problems?: readonly Problem[]
}

/**
 * From what was asked to what is granted, the same for a creation and an update: parse, hold against what the server
 * can do, defaults, keys, consistency over the final metadata (which throws every problem at once), and last the
 * authorization server's own word.
 */
export async function judgeMetadata(
  body: JsonObject,
  given: GivenValues,
  deps: Pick<RegistrationDeps, 'capabilities' | 'checkServable'>,
): Promise<Draft<CompleteMetadata>> {
  const parsed = parseClientMetadata(body, given.problems)
  // What a trusted issuer claims wins over the client's words (RFC 7591 §2.3), and what the gate fixed over both.
  const settled = overlay(overlay(parsed, given.vouched?.metadata), given.fixed)
  const negotiated = negotiate(settled, deps.capabilities)
  const complete = applyDefaults(negotiated, deps.capabilities)
  const permitted = withholdPrivilegedScopes(
    complete,
    scopeAuthority(given),
    deps.capabilities.privilegedScopes,
  )
  const judged = checkKeys(permitted)
  checkConsistency(judged)
  await deps.checkServable(judged.metadata)
  return judged
}

function scopeAuthority({ authority, fixed }: GivenValues): ScopeAuthority {
  const standing = [fixed?.scope, authority.client?.granted.scope]
  return {
    permissions: authority.permissions,
    allowed: standing.flatMap(scopeValues),
  }
}
