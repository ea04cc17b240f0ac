import type { ClientRecord } from '../../clients/client.ts'
import type { Permission } from '../../gates/gate.ts'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { scopeValues } from '../../oauth/scope.ts'

/** By whose word a client has its scopes. */
export interface ScopeGiver {
  readonly permissions: readonly Permission[]
  readonly fixed?: ClientMetadata | undefined
  /** The client as it was, at an update. */
  readonly client?: ClientRecord
}

/**
 * Which of the granted scopes somebody with a say gave the client (RFC 7591 §5): all, by the permission
 * `oauth-client-override`; else those that its gate fixed, and those of them that it had before. Written down whether or
 * not they are privileged now, because the operator decides that anew at every start.
 */
export function findEntrustedScopes(
  granted: Pick<CompleteMetadata, 'scope'>,
  { permissions, fixed, client }: ScopeGiver,
): Pick<ClientRecord, 'entrustedScopes'> {
  const scopes = scopeValues(granted.scope)
  const given = [...scopeValues(fixed?.scope), ...(client?.entrustedScopes ?? [])]
  const entrusted = permissions.includes('oauth-client-override')
    ? scopes
    : scopes.filter((scope) => given.includes(scope))
  return entrusted.length > 0 ? { entrustedScopes: entrusted } : {}
}
