import type { ClientRecord } from '../clients/client.ts'
import { currentSecret, needsSecret } from '../clients/secrets.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ClientStore } from '../stores/store.ts'
import { type ConnectedCredentials, type Connector, ConnectorRefusal } from './connector.ts'

export interface MirrorDeps {
  readonly store: Pick<ClientStore, 'findClient'>
  readonly clock: Clock
  /** The secret in clear. */
  readonly openSecret: (client: ClientRecord, sealed: string) => string
}

export interface Mirrored {
  readonly outcome: 'mirrored' | 'removed' | 'refused'
  /** Why the other server does not serve it. */
  readonly because?: string
}

/** A client that changes more often while it is mirrored is left to the next event. */
const MOST_TRIES = 5

/**
 * Brings the other server to what the registry says of a client now, whatever happened to it: so that it may be called for any
 * event, twice, late or out of turn. A client that the other server cannot serve as registered is removed there: an earlier
 * state of it, or a wider one, must not go on. The registry is looked at again afterwards, so that of two who mirror one
 * client at once the older state does not stay.
 */
export async function mirrorClient(connector: Connector, id: string, deps: MirrorDeps): Promise<Mirrored> {
  for (let tries = 1; ; tries++) {
    const client = await deps.store.findClient(id)
    const mirrored = await apply(connector, id, client, deps)
    const now = await deps.store.findClient(id)
    if (now?.revision === client?.revision || tries === MOST_TRIES) return mirrored
  }
}

async function apply(
  connector: Connector,
  id: string,
  client: ClientRecord | undefined,
  deps: MirrorDeps,
): Promise<Mirrored> {
  const state = client && stateOf(client, deps)
  if (state === undefined) {
    await connector.remove(id)
    return { outcome: 'removed' }
  }
  try {
    await connector.upsert(state.client, state.credentials)
    return { outcome: 'mirrored' }
  } catch (error) {
    if (!(error instanceof ConnectorRefusal)) throw error
    await connector.remove(id)
    return { outcome: 'refused', because: error.message }
  }
}

/** What the other server is to have; undefined for a client whose secret has expired, which nobody is to serve. */
function stateOf(client: ClientRecord, { clock, openSecret }: MirrorDeps) {
  const { id, revision, granted: metadata } = client
  const secret = currentSecret(client, nowInSeconds(clock))
  if (needsSecret(metadata) && secret === undefined) return undefined
  const credentials: ConnectedCredentials =
    secret === undefined ? {} : { clientSecret: openSecret(client, secret.sealed) }
  return { client: { id, revision, metadata, clientSecretExpiresAt: secret?.expiresAt ?? 0 }, credentials }
}
