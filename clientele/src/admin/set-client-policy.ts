/** Gives a client another policy, which judges it from its next update on: what it is granted stays as it is until then. */
import type { ClientRecord } from '../clients/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Policies } from '../policies/policy.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ClientStore } from '../stores/store.ts'
import { adminError } from './admin-error.ts'
import { findPolicyProblems } from './find-policy-problems.ts'
import { unknownClient } from './get-client.ts'

export interface NewClientPolicy {
  readonly policy: string
  /** The client's revision as the operator saw it; another one is a conflict. Without it, whatever stands. */
  readonly revision?: number
}

export interface ClientWithPolicy {
  readonly clientId: string
  readonly policy: string
  readonly revision: number
  readonly updatedAt: number
}

export interface SetClientPolicyDeps {
  readonly store: Pick<ClientStore, 'findClient' | 'replaceClient'>
  readonly policies: Pick<Policies, 'find' | 'all'>
  readonly clock: Clock
}

export async function setClientPolicy(
  id: string,
  { policy, revision }: NewClientPolicy,
  actor: string,
  { store, policies, clock }: SetClientPolicyDeps,
): Promise<ClientWithPolicy> {
  const problems = findPolicyProblems(policy, policies)
  if (problems.length > 0) throw adminError(problems)
  const stored = await store.findClient(id)
  if (stored === undefined) throw unknownClient()
  if (revision !== undefined && revision !== stored.revision) throw changedMeanwhile()
  if (stored.policy === policy) return show(stored, policy)
  // The revision is that of the policy which judged the client, and this one has not.
  const { policyRevision: _, ...rest } = stored
  const now = nowInSeconds(clock)
  const client: ClientRecord = { ...rest, policy, updatedAt: now, revision: stored.revision + 1 }
  const detail = { revision: client.revision, policy }
  const audit = { action: 'client.updated', at: now, subject: id, actor, detail } as const
  const outcome = await store.replaceClient(client, { audit })
  if (outcome === 'gone') throw unknownClient()
  if (outcome !== 'replaced') throw changedMeanwhile()
  return show(client, policy)
}

function show({ id, revision, updatedAt }: ClientRecord, policy: string): ClientWithPolicy {
  return { clientId: id, policy, revision, updatedAt }
}

function changedMeanwhile(): OAuthError {
  return new OAuthError(
    'conflict',
    'client.changed_meanwhile',
    'The client was changed by another request; look at it and try again.',
  )
}
