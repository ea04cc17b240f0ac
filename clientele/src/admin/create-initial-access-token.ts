/** Makes an initial access token (RFC 7591 §1.2): what lets someone register clients here. */
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import { REGISTERING_PERMISSIONS } from '../clients/permission.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import { type AdminProblem, adminError } from './admin-error.ts'
import { findFixedProblems, readFixed } from './find-fixed-problems.ts'
import { findExpiryProblem, findPermissionProblems, isWhole, sortPermissions } from './find-term-problems.ts'
import { findTextProblem } from './find-text-problem.ts'

export interface NewInitialAccessToken {
  /** How many clients it can register; null for no limit. */
  readonly uses: number | null
  /** Null for never. */
  readonly expiresInSeconds: number | null
  /** What it is for, in the operator's words. */
  readonly label?: string
  /** Whose its clients are: `account:<id>`, `client:<client_id>`, or any word that API keys are given too. */
  readonly owner?: string
  /** The name of a policy. It is recorded with its clients for the policies that follow; nothing acts on it yet. */
  readonly policy?: string
  /** Client metadata that its clients get whatever they ask for. */
  readonly fixed?: JsonObject
  readonly permissions?: readonly string[]
}

export interface CreateInitialAccessTokenDeps {
  readonly store: Pick<InitialAccessTokenStore, 'createInitialAccessToken'>
  readonly clock: Clock
  readonly keys: Keys
  /** What this server can grant: a token that fixes anything else would fix nothing. */
  readonly capabilities: Capabilities
}

export interface CreatedInitialAccessToken {
  /** Shown this once: only its hash is kept. */
  readonly token: string
  readonly record: InitialAccessTokenRecord
}

const MOST_USES = 1_000_000

export async function createInitialAccessToken(
  request: NewInitialAccessToken,
  actor: string,
  deps: CreateInitialAccessTokenDeps,
): Promise<CreatedInitialAccessToken> {
  check(request, deps.capabilities)
  const { label, owner, policy, fixed, permissions = [] } = request
  const key = deps.keys.next()
  const token = makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, key)
  const createdAt = nowInSeconds(deps.clock)
  const record: InitialAccessTokenRecord = {
    id: encodeKey(key),
    hash: sha256(token),
    ...(label === undefined ? {} : { label }),
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
    ...(fixed === undefined ? {} : { fixed: readFixed(fixed) }),
    ...(permissions.length === 0 ? {} : { permissions: sortPermissions(permissions) }),
    usesLeft: request.uses,
    expiresAt: request.expiresInSeconds === null ? null : createdAt + request.expiresInSeconds,
    createdAt,
  }
  await deps.store.createInitialAccessToken(record, {
    action: 'initial_access_token.created',
    at: createdAt,
    subject: record.id,
    actor,
    detail: auditDetail(record),
  })
  return { token, record }
}

/** What it lets its holder do, for who reads the trail later. Of fixed values the names: they may be anything. */
function auditDetail({ usesLeft, expiresAt, permissions, owner, policy, fixed }: InitialAccessTokenRecord) {
  return {
    uses: usesLeft,
    expiresAt,
    ...(permissions === undefined ? {} : { permissions }),
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
    ...(fixed === undefined ? {} : { fixed: Object.keys(fixed) }),
  }
}

function check(request: NewInitialAccessToken, capabilities: Capabilities): void {
  const { uses, expiresInSeconds, label, owner, policy, fixed, permissions = [] } = request
  const problems: readonly AdminProblem[] = [
    ...findUsesProblem(uses),
    ...findExpiryProblem(expiresInSeconds),
    ...findTextProblem('label', label),
    ...findTextProblem('owner', owner),
    ...findTextProblem('policy', policy),
    ...(fixed === undefined ? [] : findFixedProblems(fixed, capabilities)),
    ...findPermissionProblems(permissions, REGISTERING_PERMISSIONS),
  ]
  if (problems.length > 0) throw adminError(problems)
}

function findUsesProblem(uses: number | null): readonly AdminProblem[] {
  if (uses === null || isWhole(uses, MOST_USES)) return []
  const message = `must be a whole number from 1 to ${MOST_USES}, or null for no limit`
  return [{ member: 'uses', reason: 'uses.out_of_range', message, rule: 'RFC 7591 §1.2' }]
}
