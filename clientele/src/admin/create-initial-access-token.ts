/** Makes an initial access token (RFC 7591 §1.2): what lets someone register clients here. */
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import { REGISTERING_PERMISSIONS } from '../clients/permission.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import type { Policies } from '../policies/policy.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import { type AdminProblem, adminError } from './admin-error.ts'
import { findFixedProblems, readFixed } from './find-fixed-problems.ts'
import { findPolicyProblems } from './find-policy-problems.ts'
import { findExpiryProblem, findPermissionProblems, isWhole, sortPermissions } from './find-term-problems.ts'
import { findTextProblem } from './find-text-problem.ts'

/** The terms of an initial access token (RFC 7591 §1.2). */
export interface NewInitialAccessToken {
  /** How many clients it can register; null for no limit. */
  readonly uses: number | null
  /** Null for never. */
  readonly expiresInSeconds: number | null
  /** What it is for, in the operator's words. */
  readonly label?: string
  /** Whose its clients are: `account:<id>`, `client:<client_id>`, or any word that API keys are given too. */
  readonly owner?: string
  /** The name of the policy that governs its clients. */
  readonly policy?: string
  /** Client metadata that its clients get whatever they ask for. */
  readonly fixed?: JsonObject
  readonly permissions?: readonly string[]
}

export interface CreateInitialAccessTokenDeps {
  readonly store: Pick<InitialAccessTokenStore, 'createInitialAccessToken'>
  readonly clock: Clock
  readonly keys: Keys
  readonly policies: Pick<Policies, 'find' | 'all'>
  /** What this server can grant: a token that fixes anything else would fix nothing. */
  readonly capabilities: Capabilities
  /** The members that a token may fix; the standard's when left out. */
  readonly fields?: ReadonlyMap<string, MetadataField>
}

/** A token that was just made, and its record. */
export interface CreatedInitialAccessToken {
  /** Shown this once: only its hash is kept. */
  readonly token: string
  readonly record: InitialAccessTokenRecord
}

const MOST_USES = 1_000_000

/** Checks the terms, and stores the hash of a new token with its audit record. Throws `OAuthError` for terms that cannot hold. */
export async function createInitialAccessToken(
  request: NewInitialAccessToken,
  actor: string,
  deps: CreateInitialAccessTokenDeps,
): Promise<CreatedInitialAccessToken> {
  check(request, deps)
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
    ...(fixed === undefined ? {} : { fixed: readFixed(fixed, deps.fields) }),
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

function check(
  request: NewInitialAccessToken,
  {
    capabilities,
    fields,
    policies,
  }: Pick<CreateInitialAccessTokenDeps, 'capabilities' | 'fields' | 'policies'>,
): void {
  const { uses, expiresInSeconds, label, owner, policy, fixed, permissions = [] } = request
  const problems: readonly AdminProblem[] = [
    ...findUsesProblem(uses),
    ...findExpiryProblem(expiresInSeconds),
    ...findTextProblem('label', label),
    ...findTextProblem('owner', owner),
    ...findPolicyProblems(policy, policies),
    ...(fixed === undefined ? [] : findFixedProblems(fixed, capabilities, fields)),
    ...findPermissionProblems(permissions, REGISTERING_PERMISSIONS),
  ]
  if (problems.length > 0) throw adminError(problems)
}

function findUsesProblem(uses: number | null): readonly AdminProblem[] {
  if (uses === null || isWhole(uses, MOST_USES)) return []
  const message = `must be a whole number from 1 to ${MOST_USES}, or null for no limit`
  return [{ member: 'uses', reason: 'uses.out_of_range', message, rule: 'RFC 7591 §1.2' }]
}
