/** Starts what follows the audit trail: webhooks and connectors, each on its own. */
import type { ClientRecord } from '../clients/client.ts'
import { secretContext } from '../clients/secrets.ts'
import type { Connector } from '../connectors/connector.ts'
import { connectorFollower } from '../connectors/follow-clients.ts'
import type { MirrorDeps } from '../connectors/mirror-client.ts'
import { followFeed } from '../events/follow-feed.ts'
import type { Clock } from '../runtime/clock.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import { createWebhooks } from './create-webhooks.ts'

export interface FollowersDeps {
  readonly issuer: string
  readonly store: Store
  readonly sealer: Sealer
  readonly connectors: readonly Connector[]
  readonly clock: Clock
  readonly eventLoop: EventLoop
  readonly log: Log
}

/** Follows until the returned function is called. An authorization host follows nothing: its database user may not. */
export function startFollowers(config: Config, deps: FollowersDeps): () => Promise<void> {
  if (config.server.role === 'authorization') return async () => {}
  const { connectors } = deps
  const mirror = { ...deps, ...mirrorDeps(deps) }
  const followers = [
    ...createWebhooks(config, deps),
    ...connectors.map((connector) => connectorFollower(connector, mirror)),
  ]
  const holder = randomText(16)
  const stops = followers.map((follower) => followFeed(follower, { ...deps, holder }))
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

/** What mirroring a client takes. Its secret is opened for the moment in which another server is told. */
export function mirrorDeps({
  store,
  sealer,
  clock,
}: Pick<FollowersDeps, 'store' | 'sealer' | 'clock'>): MirrorDeps {
  const openSecret = (client: ClientRecord, sealed: string) => sealer.open(sealed, secretContext(client.id))
  return { store, clock, openSecret }
}
