/** Makes an API key: a program's credential with permissions of its own. */
import type { ApiKeyRecord } from '../clients/api-key.ts'
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../clients/credential.ts'
import type { Policies } from '../policies/policy.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { ApiKeyStore } from '../stores/store.ts'
import { adminError } from './admin-error.ts'
import { findPolicyProblems } from './find-policy-problems.ts'
import { findExpiryProblem, findPermissionProblems, sortPermissions } from './find-term-problems.ts'
import { findTextProblem } from './find-text-problem.ts'

export interface NewApiKey {
  readonly permissions: readonly string[]
  /** Null for never. */
  readonly expiresInSeconds: number | null
  /** What it is for, in the operator's words. */
  readonly label?: string
  /** Whose its clients are; its own when left out. */
  readonly owner?: string
  /** The name of the policy that governs its clients. */
  readonly policy?: string
}

export interface CreateApiKeyDeps {
  readonly store: Pick<ApiKeyStore, 'createApiKey'>
  readonly clock: Clock
  readonly keys: Keys
  readonly policies: Pick<Policies, 'find' | 'all'>
}

export interface CreatedApiKey {
  /** Shown this once: only its hash is kept. */
  readonly key: string
  readonly record: ApiKeyRecord
}

export async function createApiKey(
  request: NewApiKey,
  actor: string,
  { store, clock, keys, policies }: CreateApiKeyDeps,
): Promise<CreatedApiKey> {
  const { permissions, expiresInSeconds, label, owner, policy } = request
  const problems = [
    ...findPermissionProblems(permissions),
    ...findExpiryProblem(expiresInSeconds),
    ...findTextProblem('label', label),
    ...findTextProblem('owner', owner),
    ...findPolicyProblems(policy, policies),
  ]
  if (problems.length > 0) throw adminError(problems)
  const recordKey = keys.next()
  const key = makeCredential(CREDENTIAL_PREFIXES.apiKey, recordKey)
  const createdAt = nowInSeconds(clock)
  const record: ApiKeyRecord = {
    id: encodeKey(recordKey),
    hash: sha256(key),
    ...(label === undefined ? {} : { label }),
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
    permissions: sortPermissions(permissions),
    expiresAt: expiresInSeconds === null ? null : createdAt + expiresInSeconds,
    createdAt,
  }
  await store.createApiKey(record, {
    action: 'api_key.created',
    at: createdAt,
    subject: record.id,
    actor,
    detail: {
      permissions: record.permissions,
      expiresAt: record.expiresAt,
      ...(owner === undefined ? {} : { owner }),
      ...(policy === undefined ? {} : { policy }),
    },
  })
  return { key, record }
}
