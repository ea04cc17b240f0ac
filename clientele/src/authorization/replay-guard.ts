import type { Provider } from 'oidc-provider'

interface ReplayModel {
  unique(issuer: string, jti: string, expiresAt: number): Promise<boolean>
}

/**
 * A client assertion or a DPoP proof counts once (RFC 7523 §3, RFC 9449 §11.1). The engine looks, then writes: of two
 * requests at once both would find nothing. While one is being decided, its twin is refused.
 */
export function installReplayGuard(provider: Provider): void {
  const model = provider.ReplayDetection as unknown as ReplayModel
  const uniqueAsIs = model.unique
  const underWay = new Set<string>()
  model.unique = async function (issuer, jti, expiresAt) {
    const name = JSON.stringify([issuer, jti])
    if (underWay.has(name)) return false
    underWay.add(name)
    try {
      return await uniqueAsIs.call(this, issuer, jti, expiresAt)
    } finally {
      underWay.delete(name)
    }
  }
}
