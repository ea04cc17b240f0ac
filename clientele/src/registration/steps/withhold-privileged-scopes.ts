import type { Permission } from '../../gates/gate.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import { scopeValues } from '../../oauth/scope.ts'

/** Whose say-so a client may have privileged scopes by. */
export interface ScopeAuthority {
  readonly permissions: readonly Permission[]
  /** The scopes that the gate fixed, and those that the client has already. */
  readonly allowed: readonly string[]
}

/**
 * Takes away the scopes that open this server's own registration endpoint, and others that the operator calls privileged,
 * unless whoever asks has the permission `oauth-client-override`, a gate fixed them, or the client has them already.
 * Otherwise a client that registered itself would let itself, and all its friends, in by the bearer gate. It looks at
 * what would be registered, whoever wrote it: a software statement's word is not enough either.
 */
export function withholdPrivilegedScopes(
  draft: Draft<CompleteMetadata>,
  authority: ScopeAuthority,
  privileged: readonly string[],
): Draft<CompleteMetadata> {
  if (privileged.length === 0 || authority.permissions.includes('oauth-client-override')) return draft
  const asked = scopeValues(draft.metadata.scope)
  const withheld = asked.filter((scope) => privileged.includes(scope) && !authority.allowed.includes(scope))
  if (withheld.length === 0) return draft
  const kept = asked.filter((scope) => !withheld.includes(scope))
  return {
    ...draft,
    metadata: { ...draft.metadata, scope: kept.join(' ') },
    dropped: [
      ...draft.dropped,
      ...withheld.map((value) => ({ member: 'scope', value, reason: 'scope.privileged' })),
    ],
    // Asked for and not granted must not come to mean nothing, or everything: it is refused.
    problems: kept.length > 0 ? draft.problems : [...draft.problems, NOTHING_LEFT],
  }
}

const NOTHING_LEFT: Problem = {
  member: 'scope',
  reason: 'scope.privileged',
  message: 'these scope values need a permission that the credentials of this request do not have',
  rule: 'RFC 7591 §5',
}
