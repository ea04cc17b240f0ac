import { actorOf, type ClientRecord, type StoredSecret, type Vouched } from '../../clients/client.ts'
import { isLive, needsSecret } from '../../clients/secrets.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import type { ClientStore, ReplayMark } from '../../stores/store.ts'
import type { RegistrationDeps } from '../deps.ts'
import { goneMeanwhile, type ManagedClient } from './authorize-management.ts'
import { findEntrustedScopes } from './entrusted-scopes.ts'
import { issueSecret } from './issue-credentials.ts'
import { statementReplayed } from './verify-software-statement.ts'

/**
 * The client's next revision. A method that needs a secret keeps the one there is, or gets its first; a method that
 * needs none takes it away (normative point 22). The registration access token stays: clients lost their only one to
 * rotation (OpenBanking Brasil forbids it).
 */
export function reviseClient(
  { client, permissions }: Pick<ManagedClient, 'client' | 'permissions'>,
  judged: Draft<CompleteMetadata>,
  vouched: Vouched | undefined,
  deps: Pick<RegistrationDeps, 'clock' | 'keys' | 'sealer' | 'clientSecretLifetimeSeconds'>,
): ClientRecord {
  const { entrustedScopes: _, ...standing } = client
  return {
    ...standing,
    requested: judged.requested,
    granted: judged.metadata,
    dropped: judged.dropped,
    ...findEntrustedScopes(judged.metadata, { permissions, fixed: client.fixed, client }),
    ...(vouched === undefined ? {} : { vouched }),
    secrets: needsSecret(judged.metadata) ? liveSecrets(client, deps) : [],
    updatedAt: nowInSeconds(deps.clock),
    revision: client.revision + 1,
  }
}

function liveSecrets(client: ClientRecord, deps: Parameters<typeof issueSecret>[1]): readonly StoredSecret[] {
  const live = client.secrets.filter((secret) => isLive(secret, nowInSeconds(deps.clock)))
  // An update is also how a client whose secret has expired gets a new one.
  return live.length > 0 ? live : [issueSecret(client.id, deps).stored]
}

/** Stores the revision and spends its software statement, both or neither, unless somebody else was first. */
export async function replaceClient(
  client: ClientRecord,
  { managed, replayMark }: { readonly managed: ManagedClient; readonly replayMark: ReplayMark | undefined },
  store: Pick<ClientStore, 'replaceClient'>,
): Promise<void> {
  const audit = {
    action: 'client.updated',
    at: client.updatedAt,
    subject: client.id,
    actor: actorOf(managed.manager),
  } as const
  const outcome = await store.replaceClient(client, audit, replayMark)
  if (outcome === 'replaced') return
  if (outcome === 'statement_replayed') throw statementReplayed()
  if (outcome === 'gone') throw goneMeanwhile(managed)
  throw new OAuthError(
    'conflict',
    'client.changed_meanwhile',
    'The registration was changed by another request; read it and try again.',
  )
}
