import type { JsonObject } from '../oauth/json.ts'
import { createMemoryClients } from './memory/clients.ts'
import { createMemoryCoordination } from './memory/coordination.ts'
import { copy } from './memory/copy.ts'
import { createMemoryCredentials } from './memory/credentials.ts'
import {
  type AccountRecord,
  type ArtifactRecord,
  type AuditRecord,
  type ReplayMark,
  type SigningKeyRecord,
  type Store,
  StoreUnavailable,
} from './store.ts'

/**
 * A store that forgets everything when the process ends: for tests and first tries. It obeys the whole contract but
 * durability. Records are copied on the way in and on the way out, so that no caller shares state with it.
 */
export function createMemoryStore(): Store {
  const artifacts = new Map<string, ArtifactRecord>()
  const accounts = new Map<string, AccountRecord>()
  const signingKeys: SigningKeyRecord[] = []
  const audit: AuditRecord[] = []
  let closed = false

  function checkOpen(): void {
    if (closed) throw new StoreUnavailable('the store is closed')
  }
  function findArtifactBy(
    member: 'uid' | 'userCode',
    kind: string,
    value: string,
  ): ArtifactRecord | undefined {
    for (const artifact of artifacts.values()) {
      if (artifact.kind === kind && artifact[member] === value) return copy(artifact)
    }
    return undefined
  }

  function isMarked(replayMark: ReplayMark | undefined): boolean {
    return replayMark !== undefined && artifacts.has(nameOf(replayMark.kind, replayMark.id))
  }
  function mark(replayMark: ReplayMark | undefined): void {
    if (replayMark) artifacts.set(nameOf(replayMark.kind, replayMark.id), { ...replayMark, payload: {} })
  }

  const append = (record: AuditRecord) => void audit.push(copy(record))
  const { take, ...credentials } = createMemoryCredentials(checkOpen, append)

  return {
    async ready() {
      checkOpen()
    },
    async close() {
      closed = true
    },

    ...createMemoryClients(checkOpen, append, { take, isMarked, mark }),
    ...credentials,

    async saveArtifact(artifact) {
      checkOpen()
      artifacts.set(nameOf(artifact.kind, artifact.id), copy(artifact))
    },
    async findArtifact(kind, id) {
      checkOpen()
      return copy(artifacts.get(nameOf(kind, id)))
    },
    async findArtifactByUid(kind, uid) {
      checkOpen()
      return findArtifactBy('uid', kind, uid)
    },
    async findArtifactByUserCode(kind, userCode) {
      checkOpen()
      return findArtifactBy('userCode', kind, userCode)
    },
    async consumeArtifact(kind, id, at, payload?: JsonObject) {
      checkOpen()
      const artifact = artifacts.get(nameOf(kind, id))
      if (!artifact || artifact.consumedAt !== undefined) return false
      const left = payload === undefined ? artifact.payload : copy(payload)
      artifacts.set(nameOf(kind, id), { ...artifact, payload: left, consumedAt: at })
      return true
    },
    async setReplayMark(replayMark) {
      checkOpen()
      if (isMarked(replayMark)) return false
      mark(replayMark)
      return true
    },
    async deleteArtifact(kind, id) {
      checkOpen()
      artifacts.delete(nameOf(kind, id))
    },
    async deleteArtifactsOfGrant(grantId) {
      checkOpen()
      for (const [name, artifact] of artifacts) {
        const isGrant = artifact.kind === 'Grant' && artifact.id === grantId
        if (isGrant || artifact.grantId === grantId) artifacts.delete(name)
      }
    },
    async deleteExpiredArtifacts(now, limit) {
      checkOpen()
      let deleted = 0
      for (const [name, artifact] of artifacts) {
        if (deleted >= limit) break
        if (artifact.expiresAt !== undefined && artifact.expiresAt < now && artifacts.delete(name)) deleted++
      }
      return deleted
    },

    async createAccount(account, record) {
      checkOpen()
      for (const other of accounts.values()) if (other.email === account.email) return 'email_taken'
      if (accounts.has(account.id)) throw new Error('an account with this id exists')
      accounts.set(account.id, copy(account))
      audit.push(copy(record))
      return 'created'
    },
    async findAccount(id) {
      checkOpen()
      return copy(accounts.get(id))
    },
    async findAccountByEmail(email) {
      checkOpen()
      for (const account of accounts.values()) if (account.email === email) return copy(account)
      return undefined
    },

    async listSigningKeys() {
      checkOpen()
      return signingKeys.toSorted((a, b) => a.createdAt - b.createdAt).map(copy)
    },
    async createFirstSigningKeys(keys, record) {
      checkOpen()
      if (signingKeys.length > 0) return false
      if (new Set(keys.map((key) => key.kid)).size < keys.length)
        throw new Error('two signing keys have one kid')
      signingKeys.push(...keys.map(copy))
      audit.push(copy(record))
      return true
    },
    async rotateSigningKey(added, retired, record) {
      checkOpen()
      if (signingKeys.some((key) => key.kid === added.kid))
        throw new Error('a signing key with this kid exists')
      for (const [index, key] of signingKeys.entries()) {
        if (key.alg !== added.alg || key.retiredAt !== undefined) continue
        signingKeys[index] = { ...key, retiredAt: retired.at, deleteAfter: retired.deleteAfter }
      }
      signingKeys.push(copy(added))
      audit.push(copy(record))
    },
    async deleteSigningKey(kid, record) {
      checkOpen()
      const index = signingKeys.findIndex((key) => key.kid === kid && key.retiredAt !== undefined)
      if (index === -1) return false
      signingKeys.splice(index, 1)
      audit.push(copy(record))
      return true
    },

    async appendAudit(record) {
      checkOpen()
      audit.push(copy(record))
    },
    async listAudit({ subject, limit }) {
      checkOpen()
      const matching = subject === undefined ? audit : audit.filter((record) => record.subject === subject)
      return matching.toReversed().slice(0, limit).map(copy)
    },
    ...createMemoryCoordination(checkOpen, audit),
  }
}

/** One text for both parts of an artifact's identity, so that no kind and id can imitate another pair. */
function nameOf(kind: string, id: string): string {
  return JSON.stringify([kind, id])
}
