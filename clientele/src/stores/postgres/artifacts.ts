import type { EventLoop } from '../../runtime/event-loop.ts'
import type { ArtifactRecord, ArtifactStore, ReplayMark } from '../store.ts'
import type { KeyedCredentialsDeps } from './keyed-credentials.ts'
import { createLookUp } from './reads.ts'
import { toName, toNameOrNull, toPairName } from './stored-name.ts'
import type { Row } from './table.ts'
import type { Need, WorkingSet } from './working-set.ts'

/** What counts once, within a transaction of somebody else's. */
export interface ReplayMarks {
  needsOf(mark: ReplayMark | undefined): Need[]
  isMarked(set: WorkingSet, mark: ReplayMark): boolean
  /** Sets a mark that is not there. */
  mark(set: WorkingSet, mark: ReplayMark): void
  unmark(set: WorkingSet, mark: ReplayMark): void
}

/** What the authorization server keeps for a while, under its id and kind: what is written together lies together. */
export function createPostgresArtifacts(
  { schema, tables, reads, commit }: KeyedCredentialsDeps,
  loop: EventLoop,
): ArtifactStore & { readonly marks: ReplayMarks } {
  const table = tables.artifacts
  const from = `SELECT key, record, consumed_at FROM ${schema}.artifacts`
  const selectMany = { name: 'artifacts_find', text: `${from} WHERE key = ANY($1::text[])` }
  // Second names are not unique by the schema: by chance an old one comes again. Whoever lives longest counts.
  const selectByUid = { name: 'artifacts_by_uid', text: `${from} WHERE uid = $1` }
  const selectByUserCode = { name: 'artifacts_by_user_code', text: `${from} WHERE user_code = $1` }
  const removeOfGrant = {
    name: 'artifacts_of_grant',
    text: `DELETE FROM ${schema}.artifacts WHERE grant_id = $1`,
  }
  const removeExpired = {
    name: 'artifacts_expired',
    text: `DELETE FROM ${schema}.artifacts WHERE key IN
      (SELECT key FROM ${schema}.artifacts WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
  }
  const lookUp = createLookUp<ArtifactRow>(reads, selectMany, loop)
  const keyOf = ({ kind, id }: Pick<ArtifactRecord, 'kind' | 'id'>) => toPairName(id, kind)

  async function findBy(
    statement: { readonly name: string; readonly text: string },
    kind: string,
    name: string,
  ): Promise<ArtifactRecord | undefined> {
    const rows = await reads<ArtifactRow>(statement, [toName(name)])
    return rows
      .map(toRecord)
      .filter((record) => record.kind === kind)
      .reduce<ArtifactRecord | undefined>(
        (best, next) => (best && endOf(best) >= endOf(next) ? best : next),
        undefined,
      )
  }

  return {
    marks: {
      needsOf: (mark) => (mark ? [{ table, key: keyOf(mark) }] : []),
      isMarked: (set, mark) => set.get(table, keyOf(mark)) !== undefined,
      mark(set, mark) {
        const row = toRow({ ...mark, payload: {} })
        set.set(table, row.key!, row)
      },
      unmark: (set, mark) => set.put(table, keyOf(mark), undefined),
    },
    async saveArtifact(artifact) {
      const row = toRow(artifact)
      await commit.write({ needs: [], run: (set) => set.put(table, row.key!, row) })
    },
    async findArtifact(kind, id) {
      const row = await lookUp(keyOf({ kind, id }))
      return row && toRecord(row)
    },
    findArtifactByUid: (kind, uid) => findBy(selectByUid, kind, uid),
    findArtifactByUserCode: (kind, userCode) => findBy(selectByUserCode, kind, userCode),
    async consumeArtifact(kind, id, at, payload) {
      const key = keyOf({ kind, id })
      const replacement = payload === undefined ? undefined : structuredClone(payload)
      return commit.write({
        needs: [{ table, key }],
        run(set) {
          const row = set.get(table, key)
          if (!row || row.consumed_at !== null) return false
          const record =
            replacement === undefined
              ? row.record!
              : JSON.stringify({
                  ...(JSON.parse(String(row.record)) as ArtifactRecord),
                  payload: replacement,
                })
          set.set(table, key, { ...row, record, consumed_at: at })
          return true
        },
      })
    },
    async setReplayMark(mark) {
      const row = toRow({ ...mark, payload: {} })
      return commit.write({
        needs: [{ table, key: row.key! }],
        run(set) {
          if (set.get(table, row.key!)) return false
          set.set(table, row.key!, row)
          return true
        },
      })
    },
    async deleteArtifact(kind, id) {
      const key = keyOf({ kind, id })
      await commit.write({ needs: [], run: (set) => set.put(table, key, undefined) })
    },
    async deleteArtifactsOfGrant(grantId) {
      await commit.alone(async (query) => {
        await Promise.all([
          query(removeOfGrant, [toName(grantId)]),
          query(table.remove, [[keyOf({ kind: 'Grant', id: grantId })]]),
        ])
      })
    },
    deleteExpiredArtifacts: (now, limit) =>
      commit.alone(async (query) => (await query(removeExpired, [now, Math.max(0, limit)])).count),
  }

  function toRow(artifact: ArtifactRecord): Row {
    const { consumedAt, ...kept } = artifact
    return {
      key: keyOf(artifact),
      version: 1,
      record: JSON.stringify(kept),
      grant_id: toNameOrNull(artifact.grantId),
      uid: toNameOrNull(artifact.uid),
      user_code: toNameOrNull(artifact.userCode),
      expires_at: artifact.expiresAt ?? null,
      consumed_at: consumedAt ?? null,
    }
  }
}

function endOf({ expiresAt }: ArtifactRecord): number {
  return expiresAt ?? Number.POSITIVE_INFINITY
}

interface ArtifactRow {
  readonly key: string
  readonly record: string
  readonly consumed_at: number | null
}

function toRecord(row: ArtifactRow): ArtifactRecord {
  const record = JSON.parse(row.record) as ArtifactRecord
  return row.consumed_at === null ? record : { ...record, consumedAt: row.consumed_at }
}
