import {
  actorOf,
  type Caller,
  type ClientRecord,
  type StoredSecret,
  type Vouched,
} from '../../clients/client.ts'
import { isLive, needsSecret } from '../../clients/secrets.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import type { ClientStore } from '../../stores/store.ts'
import type { RegistrationDeps } from '../deps.ts'
import { issueSecret } from './issue-credentials.ts'

/**
 * The client's next revision. A method that needs a secret keeps the one there is, or gets its first; a method that
 * needs none takes it away (normative point 22). The registration access token stays: clients lost their only one to
 * rotation (OpenBanking Brasil forbids it).
 */
export function reviseClient(
  client: ClientRecord,
  judged: Draft<CompleteMetadata>,
  vouched: Vouched | undefined,
  deps: Pick<RegistrationDeps, 'clock' | 'keys' | 'sealer' | 'clientSecretLifetimeSeconds'>,
): ClientRecord {
  return {
    ...client,
    requested: judged.requested,
    granted: judged.metadata,
    dropped: judged.dropped,
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

/** Stores the revision, unless somebody else was first. */
export async function replaceClient(
  client: ClientRecord,
  manager: Caller,
  store: Pick<ClientStore, 'replaceClient'>,
): Promise<void> {
  const outcome = await store.replaceClient(client, {
    action: 'client.updated',
    at: client.updatedAt,
    subject: client.id,
    actor: actorOf(manager),
  })
  if (outcome === 'replaced') return
  if (outcome === 'gone') {
    throw new OAuthError(
      'invalid_token',
      'registration_access_token.invalid',
      'The registration access token is not valid.',
    )
  }
  throw new OAuthError(
    'conflict',
    'client.changed_meanwhile',
    'The registration was changed by another request; read it and try again.',
  )
}
