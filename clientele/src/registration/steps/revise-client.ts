import { actorOf, type ClientRecord, type StoredSecret, type Vouched } from '../../clients/client.ts'
import { isLive, needsSecret } from '../../clients/secrets.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { ReplayMark } from '../../stores/store.ts'
import type { RegistrationDeps } from '../deps.ts'
import { goneMeanwhile, type ManagedClient } from './authorize-management.ts'
import { findEntrustedMembers } from './entrusted-members.ts'
import { findEntrustedScopes } from './entrusted-scopes.ts'
import { issueSecret, type SecretIssuing } from './issue-secret.ts'
import type { JudgedMetadata } from './judge-metadata.ts'
import { judgedFields } from './judged-fields.ts'
import { rotateAccessToken, useAccessToken } from './rotate-access-token.ts'
import { budgetExhausted, type SettledBudgets, settleBudgets } from './settle-budgets.ts'
import { statementReplayed } from './verify-software-statement.ts'

/** What vouches for the revision, and what marks that as used. */
export interface Revision {
  readonly vouched: Vouched | undefined
  readonly replayMark: ReplayMark | undefined
}

/** The revised client, and the token that its manager goes on with. */
export type RevisedClient = Pick<ManagedClient, 'client' | 'registrationAccessToken'>

/**
 * Stores the client's next revision, with its budgets and its software statement, all or nothing, unless somebody else was
 * first. A method that needs a secret keeps the one there is, or gets its first; a method that needs none takes it
 * away (normative point 22). The registration access token stays unless the policy rotates it.
 */
export async function reviseClient(
  managed: ManagedClient,
  judged: JudgedMetadata,
  { vouched, replayMark }: Revision,
  deps: SecretIssuing & Pick<RegistrationDeps, 'store' | 'fields'>,
): Promise<RevisedClient> {
  const budgets = settleBudgets(judged)
  const { client: stored, permissions } = managed
  const {
    entrustedScopes: _scopes,
    entrustedMembers: _members,
    decisions: _decisions,
    holds: _holds,
    terms: _terms,
    ...standing
  } = stored
  const client: ClientRecord = {
    ...standing,
    ...judgedFields(judged, deps),
    ...findEntrustedScopes(judged.metadata, { permissions, fixed: stored.fixed, client: stored }),
    ...findEntrustedMembers(judged),
    ...(vouched === undefined ? {} : { vouched }),
    ...budgets.holds,
    secrets: needsSecret(judged.metadata) ? await liveSecrets(stored, judged, deps) : [],
    updatedAt: judged.facts.now,
    revision: stored.revision + 1,
  }
  const revised = rotate(client, managed, judged)
  await replaceClient(revised.client, { managed, judged, budgets, replayMark }, deps)
  return revised
}

async function liveSecrets(
  client: ClientRecord,
  judged: JudgedMetadata,
  deps: SecretIssuing,
): Promise<readonly StoredSecret[]> {
  const live = client.secrets.filter((secret) => isLive(secret, judged.facts.now))
  // An update is also how a client whose secret has expired gets a new one.
  return live.length > 0 ? live : [(await issueSecret(client.id, judged, deps)).stored]
}

/** Only who showed the token is told a new one; rotated behind its holder's back it would be lost. */
function rotate(
  client: ClientRecord,
  { registrationAccessToken }: Pick<ManagedClient, 'registrationAccessToken'>,
  { policy: { credentials }, facts }: JudgedMetadata,
): RevisedClient {
  if (registrationAccessToken === undefined) return { client }
  if (credentials.registrationAccessTokenRotation !== 'never') {
    return rotateAccessToken(client, registrationAccessToken, credentials, facts.now)
  }
  return { client: useAccessToken(client, registrationAccessToken), registrationAccessToken }
}

async function replaceClient(
  client: ClientRecord,
  {
    managed,
    judged,
    budgets,
    replayMark,
  }: {
    readonly managed: ManagedClient
    readonly judged: JudgedMetadata
    readonly budgets: SettledBudgets
    readonly replayMark: ReplayMark | undefined
  },
  { store }: Pick<RegistrationDeps, 'store'>,
): Promise<void> {
  const audit = {
    action: 'client.updated',
    at: client.updatedAt,
    subject: client.id,
    actor: actorOf(managed.manager),
    detail: { revision: client.revision },
  } as const
  const outcome = await store.replaceClient(client, {
    audit,
    ...(replayMark === undefined ? {} : { replayMark }),
    ...budgets.takes,
  })
  if (outcome === 'replaced') return
  if (outcome === 'statement_replayed') throw statementReplayed()
  if (outcome === 'gone') throw goneMeanwhile(managed)
  if (outcome !== 'conflict') throw budgetExhausted(outcome, judged, budgets.named)
  throw new OAuthError(
    'conflict',
    'client.changed_meanwhile',
    'The registration was changed by another request; read it and try again.',
  )
}
