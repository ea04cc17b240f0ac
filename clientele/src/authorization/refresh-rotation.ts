import { errors, Provider } from 'oidc-provider'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { ArtifactRecord, ArtifactStore } from '../stores/store.ts'
import { nameOfArtifact } from './artifact-ids.ts'
import { reachable } from './reachable.ts'

export interface RefreshRotationDeps {
  readonly store: Pick<ArtifactStore, 'findArtifact' | 'consumeArtifact' | 'deleteArtifactsOfGrant'>
  readonly clock: Clock
  readonly sealer: Sealer
  readonly graceSeconds: number
}

/** The value of the token that this one was rotated into, while it may still be told. */
const SUCCESSOR = Symbol('successor')

interface RefreshTokenInstance {
  jti: string
  grantId?: string
  consumed?: number
  [SUCCESSOR]?: string
  save(): Promise<string>
  consume(): Promise<void>
  destroy(): Promise<void>
  emit(event: string): void
}
interface RefreshTokenModel {
  new (payload: Record<string, unknown>): RefreshTokenInstance
  instantiate(payload: Record<string, unknown>): RefreshTokenInstance
  prototype: RefreshTokenInstance
}

/**
 * Refresh token rotation (RFC 9700 §4.14.2) that real clients survive: a client that presents a token twice within
 * moments, because two of its requests met a 401 at once or an answer was lost, is told the same successor again. Any
 * later second use revokes the family, as the engine does.
 *
 * The successor is stored first, and the old token is consumed together with the sealed value of its successor in one
 * write: whoever loses that race finds the winner's value, and a crash in between leaves the old token usable.
 */
export function installRefreshRotation(provider: Provider, deps: RefreshRotationDeps): void {
  const model = provider.RefreshToken as unknown as RefreshTokenModel
  const saveAsIs = model.prototype.save

  model.instantiate = function (payload) {
    const token = new this(payload)
    // Only a refresh sees past the consumption: introspection and revocation treat a rotated token as what it is.
    if (typeof payload.consumed === 'number' && Provider.ctx?.oidc?.route === 'token') {
      const successor = openSuccessor(payload.successor, payload.consumed, String(payload.jti), deps)
      if (successor !== undefined) {
        token[SUCCESSOR] = successor
        delete token.consumed
      }
    }
    return token
  }

  // Done in `save` of the successor, where its value is known.
  model.prototype.consume = async () => {}

  model.prototype.save = async function () {
    const rotated = Provider.ctx?.oidc?.entities?.RotatedRefreshToken as RefreshTokenInstance | undefined
    if (rotated === undefined || rotated === this) return saveAsIs.call(this)
    if (rotated[SUCCESSOR] !== undefined) {
      this.jti = rotated[SUCCESSOR]
      return this.jti
    }
    const value = await saveAsIs.call(this)
    if (await consume(rotated.jti, value, deps)) {
      rotated.emit('consumed')
      return value
    }
    await this.destroy()
    const winner = await findSuccessor(rotated.jti, deps)
    if (winner === undefined) {
      if (rotated.grantId !== undefined) await reachable(deps.store.deleteArtifactsOfGrant(rotated.grantId))
      throw new errors.InvalidGrant('refresh token already used')
    }
    this.jti = winner
    return winner
  }
}

/** Whether the token was rotated moments ago: it then answers with its successor and with nothing else. */
export function isSuperseded(token: object): boolean {
  return (token as RefreshTokenInstance)[SUCCESSOR] !== undefined
}

async function consume(value: string, successor: string, deps: RefreshRotationDeps): Promise<boolean> {
  const record = await findToken(value, deps)
  if (record === undefined) return false
  const payload = { ...record.payload, successor: deps.sealer.seal(successor, sealContext(record.id)) }
  return reachable(deps.store.consumeArtifact('RefreshToken', record.id, nowInSeconds(deps.clock), payload))
}

async function findSuccessor(value: string, deps: RefreshRotationDeps): Promise<string | undefined> {
  const record = await findToken(value, deps)
  return openSuccessor(record?.payload.successor, record?.consumedAt ?? 0, value, deps)
}

async function findToken(value: string, { store }: RefreshRotationDeps): Promise<ArtifactRecord | undefined> {
  const name = nameOfArtifact('RefreshToken', value)
  return name && reachable(store.findArtifact('RefreshToken', name.id))
}

function openSuccessor(
  sealed: unknown,
  consumedAt: number,
  value: string,
  { clock, sealer, graceSeconds }: RefreshRotationDeps,
): string | undefined {
  if (typeof sealed !== 'string' || graceSeconds === 0) return undefined
  if (nowInSeconds(clock) - consumedAt > graceSeconds) return undefined
  const name = nameOfArtifact('RefreshToken', value)
  return name && sealer.open(sealed, sealContext(name.id))
}

function sealContext(id: string): string {
  return `refresh_successor:${id}`
}
