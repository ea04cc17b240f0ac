import type { Database } from 'better-sqlite3'
import type { JsonObject } from '../../oauth/json.ts'
import type { ArtifactRecord, ArtifactStore, ReplayMark } from '../store.ts'
import { artifactKey } from './artifact-key.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { fromStored, type StoredText, toStored, toStoredOrNull } from './stored-text.ts'

/** Where an artifact lies: an integer made of its kind and id, or a negative one that its name was given. */
type Key = number | bigint

/** What counts once, within a transaction of somebody else's. */
export interface ReplayMarks {
  isMarked(mark: ReplayMark): boolean
  /** Sets a mark that is not there. */
  mark(mark: ReplayMark): void
}

/** What the authorization server keeps for a while. Only what is asked for has a column; the rest is the payload's JSON. */
export function createSqliteArtifacts(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
): ArtifactStore & ReplayMarks {
  const selectName = database
    .prepare<[StoredText, StoredText], number>(
      'SELECT key FROM artifacts WHERE key < 0 AND kind = ? AND id = ?',
    )
    .pluck()
  const newName = database
    .prepare<[], number>('SELECT coalesce(max(key), -4503599627370496) + 1 FROM artifacts WHERE key < 0')
    .pluck()
  const upsert = database.prepare(
    `INSERT INTO artifacts (key, kind, id, hash, payload, client_id, grant_id, uid, user_code, expires_at, consumed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, payload = excluded.payload, client_id = excluded.client_id,
       grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code,
       expires_at = excluded.expires_at, consumed_at = excluded.consumed_at`,
  )
  const select = database.prepare<[Key], ArtifactRow>('SELECT * FROM artifacts WHERE key = ?')
  const selectByUid = database.prepare<[StoredText, StoredText], ArtifactRow>(
    'SELECT * FROM artifacts WHERE uid = ? AND kind = ?',
  )
  const selectByUserCode = database.prepare<[StoredText, StoredText], ArtifactRow>(
    'SELECT * FROM artifacts WHERE user_code = ? AND kind = ?',
  )
  const consume = database.prepare<[number, string | null, Key]>(
    'UPDATE artifacts SET consumed_at = ?, payload = coalesce(?, payload) WHERE key = ? AND consumed_at IS NULL',
  )
  const remove = database.prepare<[Key]>('DELETE FROM artifacts WHERE key = ?')
  const removeOfGrant = database.prepare<[StoredText]>('DELETE FROM artifacts WHERE grant_id = ?')
  const removeExpired = database.prepare<[number, number]>(
    `DELETE FROM artifacts WHERE key IN (SELECT key FROM artifacts WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
  )

  function findKey(kind: string, id: string): Key | undefined {
    return artifactKey(kind, id) ?? selectName.get(toStored(kind), toStored(id))
  }
  function removeOne(kind: string, id: string): void {
    const key = findKey(kind, id)
    if (key !== undefined) remove.run(key)
  }

  function valuesOf(artifact: ArtifactRecord) {
    return [
      toStored(artifact.kind),
      toStored(artifact.id),
      artifact.hash ?? null,
      JSON.stringify(artifact.payload),
      toStoredOrNull(artifact.clientId),
      toStoredOrNull(artifact.grantId),
      toStoredOrNull(artifact.uid),
      toStoredOrNull(artifact.userCode),
      artifact.expiresAt ?? null,
      artifact.consumedAt ?? null,
    ]
  }

  function isMarked({ kind, id }: ReplayMark): boolean {
    const key = findKey(kind, id)
    return key !== undefined && select.get(key) !== undefined
  }
  function setMark(mark: ReplayMark): void {
    upsert.run(findKey(mark.kind, mark.id) ?? newName.get(), ...valuesOf({ ...mark, payload: {} }))
  }

  return {
    isMarked,
    mark: setMark,
    async setReplayMark(mark) {
      const kept = { ...mark }
      return commit.write(() => {
        if (isMarked(kept)) return false
        setMark(kept)
        return true
      })
    },
    async saveArtifact(artifact) {
      const { kind, id } = artifact
      const values = valuesOf(artifact)
      return commit.write(() => {
        upsert.run(findKey(kind, id) ?? newName.get(), ...values)
      })
    },
    async findArtifact(kind, id) {
      const row = reads(() => {
        const key = findKey(kind, id)
        return key === undefined ? undefined : select.get(key)
      })
      return row && toRecord(row)
    },
    async findArtifactByUid(kind, uid) {
      const row = reads(() => selectByUid.get(toStored(uid), toStored(kind)))
      return row && toRecord(row)
    },
    async findArtifactByUserCode(kind, userCode) {
      const row = reads(() => selectByUserCode.get(toStored(userCode), toStored(kind)))
      return row && toRecord(row)
    },
    async consumeArtifact(kind, id, at, payload) {
      const replacement = payload === undefined ? null : JSON.stringify(payload)
      return commit.write(() => {
        const key = findKey(kind, id)
        return key !== undefined && consume.run(at, replacement, key).changes === 1
      })
    },
    async deleteArtifact(kind, id) {
      return commit.write(() => removeOne(kind, id))
    },
    async deleteArtifactsOfGrant(grantId) {
      return commit.write(() => {
        removeOfGrant.run(toStored(grantId))
        removeOne('Grant', grantId)
      })
    },
    async deleteExpiredArtifacts(now, limit) {
      return commit.write(() => removeExpired.run(now, Math.max(0, limit)).changes)
    },
  }
}

interface ArtifactRow {
  readonly kind: StoredText
  readonly id: StoredText
  readonly hash: string | null
  readonly payload: string
  readonly client_id: StoredText | null
  readonly grant_id: StoredText | null
  readonly uid: StoredText | null
  readonly user_code: StoredText | null
  readonly expires_at: number | null
  readonly consumed_at: number | null
}

function toRecord(row: ArtifactRow): ArtifactRecord {
  return {
    kind: fromStored(row.kind),
    id: fromStored(row.id),
    ...(row.hash === null ? {} : { hash: row.hash }),
    payload: JSON.parse(row.payload) as JsonObject,
    ...(row.client_id === null ? {} : { clientId: fromStored(row.client_id) }),
    ...(row.grant_id === null ? {} : { grantId: fromStored(row.grant_id) }),
    ...(row.uid === null ? {} : { uid: fromStored(row.uid) }),
    ...(row.user_code === null ? {} : { userCode: fromStored(row.user_code) }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.consumed_at === null ? {} : { consumedAt: row.consumed_at }),
  }
}
