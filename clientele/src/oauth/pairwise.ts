import { DEVICE_CODE } from './capabilities.ts'
import type { CompleteMetadata } from './client-metadata.ts'
import type { Problem } from './errors.ts'

const RULE = 'OpenID Connect Core 1.0 §8.1'

/**
 * A pairwise client needs exactly one sector to compute subject identifiers for (OpenID Connect Core 1.0 §8.1). Without
 * a sector identifier document it is the one host of the redirect URIs, its port included; a client of the device grant
 * alone has it from its `jwks_uri`, of which it must prove possession, or it could name somebody else's sector.
 */
export function pairwiseHasOneSector(metadata: CompleteMetadata): Problem[] {
  if (metadata.subject_type !== 'pairwise') return []
  const hosts = new Set(metadata.redirect_uris.map(hostAndPortOf))
  if (hosts.size > 1) {
    return [fault('several_hosts', 'pairwise needs all redirect_uris on one host and port')]
  }
  // com.example.app:/cb has no host: all such clients would be one sector, which is none.
  if (hosts.has('')) return [fault('no_host', 'pairwise needs redirect_uris with a host')]
  const usesDeviceGrant = metadata.grant_types.includes(DEVICE_CODE)
  if (metadata.response_types.length > 0) {
    if (!usesDeviceGrant) return []
    return [fault('device_grant', 'pairwise does not go with redirect_uris and the device grant together')]
  }
  if (usesDeviceGrant && metadata.jwks_uri && metadata.token_endpoint_auth_method === 'private_key_jwt')
    return []
  return [
    fault(
      'no_sector',
      'pairwise without a redirect flow needs the device grant, private_key_jwt and jwks_uri',
    ),
  ]
}

function hostAndPortOf(uri: string): string {
  // What is no URI at all has been reported as such.
  return URL.canParse(uri) ? new URL(uri).host : uri
}

function fault(reason: string, message: string): Problem {
  return { member: 'subject_type', reason: `subject_type.${reason}`, message, rule: RULE }
}
