import { createHmac } from 'node:crypto'
import type { JsonObject } from '../oauth/json.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { ArtifactRecord } from '../stores/store.ts'
import type { ArtifactName } from './artifact-ids.ts'

/** What the engine hands over and wants back; `jti` is the bearer value. */
export type EnginePayload = Record<string, unknown>

/**
 * Between the engine's payload and the record that is stored: what has a column of its own is not stored twice, and no
 * bearer value is stored at all (RFC 6819 §5.1.4.1). What must be read back of one is sealed.
 */
export interface ArtifactPayloads {
  toRecord(kind: string, name: ArtifactName, payload: EnginePayload, expiresAt: number): ArtifactRecord
  /** `value` is what was presented; without it the sealed value is opened, where there is one. */
  toEngine(record: ArtifactRecord, value?: string): EnginePayload
  /** What a user code is looked up by. It has 35 bits, so a plain hash of it could be counted out. */
  nameOfUserCode(userCode: string): string
}

export function createArtifactPayloads(sealer: Sealer): ArtifactPayloads {
  const userCodeKey = sealer.derive('user-code')
  const nameOfUserCode = (userCode: string) =>
    createHmac('sha256', userCodeKey).update(userCode).digest('base64url')
  const seal = (kind: string, id: string, value: EnginePayload) =>
    sealer.seal(JSON.stringify(value), sealContext(kind, id))
  return {
    nameOfUserCode,
    toRecord(kind, name, payload, expiresAt) {
      const { jti, kind: _, exp: __, ...whole } = payload
      if (kind === 'Interaction') {
        // It names the session's cookie, and its own value is in the address that it returns to.
        return { kind, ...name, expiresAt, payload: { sealed: seal(kind, name.id, whole) } }
      }
      const { clientId, grantId, consumed, uid, userCode, ...rest } = whole
      const named = {
        kind,
        ...name,
        expiresAt,
        ...(typeof clientId === 'string' ? { clientId } : {}),
        ...(typeof grantId === 'string' ? { grantId } : {}),
        ...(typeof uid === 'string' ? { uid } : {}),
        ...(typeof consumed === 'number' ? { consumedAt: consumed } : {}),
      }
      if (typeof userCode !== 'string') return { ...named, payload: rest as JsonObject }
      // Found by its user code, a device code is saved again under its own value.
      const sealed = seal(kind, name.id, { jti, userCode })
      return { ...named, userCode: nameOfUserCode(userCode), payload: { ...rest, sealed } as JsonObject }
    },
    toEngine(record, value) {
      const { sealed, ...payload } = record.payload
      return {
        ...payload,
        ...(typeof sealed === 'string'
          ? JSON.parse(sealer.open(sealed, sealContext(record.kind, record.id)))
          : {}),
        ...(value === undefined ? {} : { jti: value }),
        kind: record.kind,
        exp: record.expiresAt,
        ...(record.clientId === undefined ? {} : { clientId: record.clientId }),
        ...(record.grantId === undefined ? {} : { grantId: record.grantId }),
        ...(record.uid === undefined ? {} : { uid: record.uid }),
        ...(record.consumedAt === undefined ? {} : { consumed: record.consumedAt }),
      }
    },
  }
}

function sealContext(kind: string, id: string): string {
  return `artifact:${kind}:${id}`
}
