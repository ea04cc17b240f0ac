import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential, makeCredential } from '../clients/credential.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'

/**
 * What the engine's artifacts are called: to their bearer a credential that carries a growing key, in the store that key
 * and the SHA-256 of the whole. A copy of the database holds nothing that could be presented (RFC 6819 §5.1.4.1).
 */
export const ARTIFACT_PREFIXES = {
  AccessToken: CREDENTIAL_PREFIXES.accessToken,
  ClientCredentials: CREDENTIAL_PREFIXES.clientCredentialsAccessToken,
  RefreshToken: CREDENTIAL_PREFIXES.refreshToken,
  AuthorizationCode: CREDENTIAL_PREFIXES.authorizationCode,
  DeviceCode: CREDENTIAL_PREFIXES.deviceCode,
  PushedAuthorizationRequest: CREDENTIAL_PREFIXES.pushedAuthorizationRequest,
  Session: CREDENTIAL_PREFIXES.session,
} as const

export type BearerKind = keyof typeof ARTIFACT_PREFIXES

/** How the store knows an artifact. */
export interface ArtifactName {
  readonly id: string
  /** What the presented value is compared with; absent where the id itself is a hash or no bearer value. */
  readonly hash?: string
}

/** A new value for a bearer of this kind. */
export function makeArtifactValue(kind: BearerKind, keys: Keys): string {
  return makeCredential(ARTIFACT_PREFIXES[kind], keys.next())
}

/** The name of the artifact that `value` would be, or undefined when it cannot be one of this kind: no look-up then. */
export function nameOfArtifact(kind: string, value: string): ArtifactName | undefined {
  if (isBearerKind(kind)) {
    const key = keyOfCredential(value, ARTIFACT_PREFIXES[kind])
    return key === undefined ? undefined : { id: encodeKey(key), hash: sha256(value) }
  }
  // The engine makes the value of an interaction itself, and it is half of a session: kept as a hash all the same.
  if (kind === 'Interaction') return { id: sha256(value) }
  // A grant's id is never shown to anybody; a replay mark's is a hash already.
  return { id: value }
}

function isBearerKind(kind: string): kind is BearerKind {
  return Object.hasOwn(ARTIFACT_PREFIXES, kind)
}
