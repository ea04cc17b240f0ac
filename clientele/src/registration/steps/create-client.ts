import { actorOf, type ClientRecord } from '../../clients/client.ts'
import type { Admission } from '../../gates/gate.ts'
import { metadataError, OAuthError } from '../../oauth/errors.ts'
import type { ClientStore, ReplayMark } from '../../stores/store.ts'
import { statementReplayed } from './verify-software-statement.ts'

/**
 * Stores the client, spends the initial access token and the software statement and writes the audit record, all or
 * nothing. When this returns, the registration survives a power cut, and only then is it acknowledged.
 */
export async function createClient(
  client: ClientRecord,
  {
    caller,
    spends,
    replayMark,
  }: Pick<Admission, 'caller' | 'spends'> & { replayMark?: ReplayMark | undefined },
  store: ClientStore,
): Promise<void> {
  const outcome = await store.createClient(client, {
    ...(spends === undefined ? {} : { spends }),
    ...(replayMark === undefined ? {} : { replayMark }),
    audit: {
      action: 'client.registered',
      at: client.createdAt,
      subject: client.id,
      actor: actorOf(caller),
    },
  })
  if (outcome === 'created') return
  if (outcome === 'token_spent') {
    // Another request used up the last use between the gate and this write.
    throw new OAuthError(
      'invalid_token',
      'initial_access_token.spent',
      'The initial access token is not valid.',
    )
  }
  if (outcome === 'statement_replayed') throw statementReplayed()
  // Only an id that the caller chose can be taken.
  throw metadataError([
    {
      member: 'client_id',
      reason: 'client_id.taken',
      message: 'another client has this id',
      rule: 'RFC 7591 §3.2.1',
    },
  ])
}
