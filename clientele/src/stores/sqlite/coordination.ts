import type { Database } from 'better-sqlite3'
import type { CursorStore, LeaseStore } from '../store.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Reads } from './reads.ts'
import { type StoredText, toStored } from './stored-text.ts'

/** SQLite's clock, in milliseconds. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

/** Cursors and leases. One process has the file, so a lease keeps only its successor waiting, when it was killed. */
export function createSqliteCoordination(
  database: Database,
  reads: Reads,
  commit: GroupCommit,
): CursorStore & LeaseStore {
  const select = database.prepare<[StoredText], string>('SELECT position FROM cursors WHERE name = ?').pluck()
  const insert = database.prepare<[StoredText, string]>(
    'INSERT INTO cursors (name, position) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const move = database.prepare<[string, StoredText, string]>(
    'UPDATE cursors SET position = ? WHERE name = ? AND position = ?',
  )
  const take = database.prepare<[StoredText, StoredText, number]>(
    `INSERT INTO leases (name, holder, ends_at) VALUES (?, ?, ${NOW} + ?)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
     WHERE leases.holder = excluded.holder OR leases.ends_at <= ${NOW}`,
  )
  const release = database.prepare<[StoredText, StoredText]>(
    'DELETE FROM leases WHERE name = ? AND holder = ?',
  )
  return {
    async findCursor(name) {
      return reads(() => select.get(toStored(name)))
    },
    async moveCursor(name, from, to) {
      return commit.write(() => {
        const moved = from === undefined ? insert.run(toStored(name), to) : move.run(to, toStored(name), from)
        return moved.changes === 1
      })
    },
    async takeLease({ name, holder, seconds }) {
      const milliseconds = Math.round(seconds * 1000)
      return commit.write(() => take.run(toStored(name), toStored(holder), milliseconds).changes === 1)
    },
    async releaseLease(name, holder) {
      await commit.write(() => release.run(toStored(name), toStored(holder)))
    },
  }
}
