import type { Provider } from 'oidc-provider'
import { sha256 } from '../runtime/cryptography.ts'
import type { ArtifactStore } from '../stores/store.ts'
import { reachable } from './reachable.ts'

const LAST_SECOND = 2 ** 40

interface ReplayModel {
  unique(issuer: string, jti: string, expiresAt: number): Promise<boolean>
}

/**
 * A client assertion or a DPoP proof counts once (RFC 7523 §3, RFC 9449 §11.1). The engine looks, then writes: of two
 * requests at once, at one instance or at two, both would find nothing. Ours sets the mark in one step, in the store.
 */
export function installReplayGuard(provider: Provider, store: Pick<ArtifactStore, 'setReplayMark'>): void {
  const model = provider.ReplayDetection as unknown as ReplayModel
  model.unique = (issuer, jti, expiresAt) => {
    const id = sha256(JSON.stringify([issuer, jti]))
    // The client chose the time, and may have chosen any number.
    const until = Math.ceil(Math.min(expiresAt, LAST_SECOND))
    return reachable(store.setReplayMark({ kind: 'ReplayDetection', id, expiresAt: until }))
  }
}
