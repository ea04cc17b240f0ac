import { actorOf, type ClientRecord } from '../../clients/client.ts'
import type { Admission } from '../../gates/gate.ts'
import { metadataError, OAuthError } from '../../oauth/errors.ts'
import type { ClientStore } from '../../stores/store.ts'

/**
 * Stores the client, spends the initial access token and writes the audit record, all or nothing. When this returns,
 * the registration survives a power cut, and only then is it acknowledged.
 */
export async function createClient(
  client: ClientRecord,
  admission: Admission,
  store: ClientStore,
): Promise<void> {
  const outcome = await store.createClient(client, {
    ...(admission.spends === undefined ? {} : { spends: admission.spends }),
    audit: {
      action: 'client.registered',
      at: client.createdAt,
      subject: client.id,
      actor: actorOf(admission.caller),
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
