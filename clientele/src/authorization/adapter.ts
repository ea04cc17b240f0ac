import { type Adapter, errors } from 'oidc-provider'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash } from '../runtime/cryptography.ts'
import type { ArtifactRecord, ArtifactStore, ClientStore } from '../stores/store.ts'
import { type ArtifactName, nameOfArtifact } from './artifact-ids.ts'
import type { ArtifactPayloads, EnginePayload } from './artifact-payload.ts'
import { reachable } from './reachable.ts'
import { isOfEarlierUser } from './unregistered-client.ts'

export interface AdapterDeps {
  readonly store: ArtifactStore
  readonly clients: Pick<ClientStore, 'findClient'>
  readonly clock: Clock
  readonly payloads: ArtifactPayloads
}

const ACCESS_TOKENS = new Set(['AccessToken', 'ClientCredentials'])

/**
 * The engine's storage over ours, one adapter a model. Two things happen here and nowhere else: a presented value is
 * compared with the stored hash in constant time, and an artifact whose client is gone is gone too (RFC 7592 §2.3),
 * without anybody having to hunt for it.
 */
export function createAdapter(kind: string, { store, clients, clock, payloads }: AdapterDeps): Adapter {
  async function findRecord(value: string): Promise<ArtifactRecord | undefined> {
    const name = nameOfArtifact(kind, value)
    if (name === undefined) return undefined
    const record = await reachable(store.findArtifact(kind, name.id))
    return record !== undefined && isNamed(record, name) && (await hasClient(record)) ? record : undefined
  }
  async function hasClient({ clientId, payload }: ArtifactRecord): Promise<boolean> {
    if (clientId === undefined) return true
    const client = await reachable(clients.findClient(clientId))
    return client !== undefined && !isOfEarlierUser(client, payload.iat)
  }
  async function livePayload(record: ArtifactRecord | undefined): Promise<EnginePayload | undefined> {
    return record !== undefined && (await hasClient(record)) ? payloads.toEngine(record) : undefined
  }

  return {
    async upsert(value, payload, expiresIn) {
      const name = nameOfArtifact(kind, value)
      if (name === undefined)
        throw new TypeError(`the value of this ${kind} was not made by makeArtifactValue`)
      const expiresAt = typeof payload.exp === 'number' ? payload.exp : nowInSeconds(clock) + (expiresIn ?? 0)
      await reachable(store.saveArtifact(payloads.toRecord(kind, name, payload, expiresAt)))
    },
    async find(value) {
      const record = await findRecord(value)
      // The engine's tolerance for other people's clocks is none for our own: a lifetime ends when it was said to.
      if (
        ACCESS_TOKENS.has(kind) &&
        record !== undefined &&
        (record.expiresAt ?? Number.POSITIVE_INFINITY) <= nowInSeconds(clock)
      )
        return undefined
      return record && payloads.toEngine(record, value)
    },
    async findByUid(uid) {
      return livePayload(await reachable(store.findArtifactByUid(kind, uid)))
    },
    async findByUserCode(userCode) {
      return livePayload(
        await reachable(store.findArtifactByUserCode(kind, payloads.nameOfUserCode(userCode))),
      )
    },
    async consume(value) {
      const record = await findRecord(value)
      if (record && (await reachable(store.consumeArtifact(kind, record.id, nowInSeconds(clock))))) return
      // Two presented it at once and the other one won. What was stolen must not work: the family goes, as on any
      // second use (RFC 6749 §4.1.2, RFC 9700 §4.5).
      if (record?.grantId !== undefined) await reachable(store.deleteArtifactsOfGrant(record.grantId))
      throw kind === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used')
        : new errors.InvalidGrant('already consumed')
    },
    async destroy(value) {
      const name = nameOfArtifact(kind, value)
      if (name !== undefined) await reachable(store.deleteArtifact(kind, name.id))
    },
    async revokeByGrantId(grantId) {
      // The engine asks this of each model in turn; the store deletes for all of them at the first.
      if (kind === 'AccessToken') await reachable(store.deleteArtifactsOfGrant(grantId))
    },
  }
}

function isNamed(record: ArtifactRecord, name: ArtifactName): boolean {
  return name.hash === undefined || (record.hash !== undefined && sameHash(record.hash, name.hash))
}
