import { decodeKey } from '../../clients/credential.ts'

/**
 * The kinds of artifacts that lie under a growing integer, each at its own place in this list, which is part of the
 * integer: add at the end, never move, at most 64. An artifact of another kind is found by name, which is slower and
 * just as right.
 */
const KEYED_KINDS = [
  'AccessToken',
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'Interaction',
  'PushedAuthorizationRequest',
  'RefreshToken',
  'ReplayDetection',
  'Session',
]

const places = new Map(KEYED_KINDS.map((kind, place) => [kind, BigInt(place)]))

/**
 * The integer under which an artifact lies whose id is exactly an encoded key, or undefined for one that is found by name.
 * It holds both parts of the identity, and grows with time for all kinds together: what is written together lies together.
 */
export function artifactKey(kind: string, id: string): bigint | undefined {
  const place = places.get(kind)
  if (place === undefined) return undefined
  const key = decodeKey(id)
  return key === undefined ? undefined : BigInt(key) * 64n + place
}
