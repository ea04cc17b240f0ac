import type { Client, Provider } from 'oidc-provider'
import { encodeKey } from '../clients/credential.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import { settleTokenFormat } from './access-token-format.ts'
import { type BearerKind, makeArtifactValue } from './artifact-ids.ts'

/** What we touch of the engine's models; its published types leave these out. */
interface Model {
  new (payload?: Record<string, unknown>): ModelInstance
  instantiate(payload?: Record<string, unknown>): ModelInstance
  prototype: ModelInstance
}
interface ModelInstance {
  jti?: string
  uid?: string
  oldId?: string
  touched?: boolean
  exp?: number
  format?: string
  client?: Client
  resourceServer?: { accessTokenFormat?: string }
  generateTokenId(): string
  resetIdentifier(): void
  persist(): Promise<unknown>
}

/**
 * Makes every bearer value of the engine a credential of ours (`artifact-ids.ts`): recognisable to a secret scanner, found
 * by a growing key, refused by its form alone when it is noise.
 */
export function installModelValues(provider: Provider, keys: Keys): void {
  const models = provider as unknown as Record<BearerKind | 'Grant', Model>
  for (const kind of [
    'RefreshToken',
    'AuthorizationCode',
    'DeviceCode',
    'PushedAuthorizationRequest',
  ] as const) {
    models[kind].prototype.generateTokenId = () => makeArtifactValue(kind, keys)
  }
  for (const kind of ['AccessToken', 'ClientCredentials'] as const) {
    models[kind].prototype.generateTokenId = function () {
      this.format = settleTokenFormat(this, provider)
      // A JWT is not kept; its `jti` only has to be one of a kind (RFC 9068 §2.2).
      return this.format === 'jwt' ? randomText(16) : makeArtifactValue(kind, keys)
    }
  }
  models.Grant.prototype.generateTokenId = () => encodeKey(keys.next())

  models.Session.instantiate = function (payload) {
    const session = new this(payload)
    if (payload?.jti === undefined) session.jti = makeArtifactValue('Session', keys)
    if (payload?.uid === undefined) session.uid = encodeKey(keys.next())
    return session
  }
  // At sign-in the session gets another value, so that one planted before it is worth nothing (session fixation).
  models.Session.prototype.resetIdentifier = function () {
    this.oldId = this.jti!
    this.jti = makeArtifactValue('Session', keys)
    this.touched = true
  }
  // A resumed request that nobody began (`/device/<unknown>`) has a session that was never saved. The engine would answer
  // 500; there is nothing to keep.
  const persistAsIs = models.Session.prototype.persist
  models.Session.prototype.persist = async function () {
    if (typeof this.exp === 'number') await persistAsIs.call(this)
  }
}
