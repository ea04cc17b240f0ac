import type { Follower } from '../events/follow-feed.ts'
import type { Log } from '../runtime/log.ts'
import type { Connector } from './connector.ts'
import { type MirrorDeps, mirrorClient } from './mirror-client.ts'

/** What is about clients in the registry. A stranger's id that nobody registered is in none. */
function isAboutClient(action: string): boolean {
  return action.startsWith('client.') && action !== 'client.used_unregistered'
}

/**
 * Mirrors clients as they change, by the same feed as webhooks, with a cursor of its own. It begins with all that ever happened,
 * so that a new connector brings the clients over that there are.
 */
export function connectorFollower(
  connector: Connector,
  { log, ...deps }: MirrorDeps & { readonly log: Log },
): Follower {
  return {
    name: `connector:${connector.name}`,
    begins: 'at_first',
    maySetAside: true,
    wants: ({ action }) => isAboutClient(action),
    async deliver({ record }) {
      const { outcome, because } = await mirrorClient(connector, record.subject, deps)
      if (outcome === 'refused')
        log.warn(
          { connector: connector.name, client_id: record.subject, because },
          'a client is not mirrored',
        )
    },
  }
}
