import type { ClientRecord } from '../../clients/client.ts'
import { sameJson } from '../../oauth/same-json.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

/**
 * Which members somebody with the permission `oauth-client-override` gave the client, as far as they are still what they
 * were. A policy lets these be where it would not take them from the client itself: a name that is kept for somebody is
 * otherwise lost with the first update that sends back what was read (RFC 7592 §2.2). Whoever had such a value before the
 * policy spoke of it has it from nobody.
 */
export function findEntrustedMembers({
  requested,
  metadata,
  facts: { permissions, client },
}: Pick<JudgedMetadata, 'requested' | 'metadata' | 'facts'>): Pick<ClientRecord, 'entrustedMembers'> {
  const entrusted = permissions.includes('oauth-client-override')
    ? Object.keys(requested).filter((member) => sameJson(requested[member], metadata[member]))
    : (client?.entrustedMembers ?? []).filter((member) => sameJson(client!.granted[member], metadata[member]))
  return entrusted.length > 0 ? { entrustedMembers: entrusted } : {}
}
