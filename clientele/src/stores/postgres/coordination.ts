import type { CursorStore, LeaseStore } from '../store.ts'
import { DATABASE_TIME } from './database-time.ts'
import type { FeedDeps } from './feed.ts'
import { type HostRole, ownTable } from './own-table.ts'
import { toName } from './stored-name.ts'

/** How far readers of the feed have come, and who of the instances does what only one may do. */
export function createPostgresCoordination(
  { schema, reads, commit }: Pick<FeedDeps, 'schema' | 'reads' | 'commit'>,
  role: HostRole,
): CursorStore & LeaseStore {
  const leases = ownTable('leases', role)
  const find = { name: 'cursors_find', text: `SELECT position FROM ${schema}.cursors WHERE key = $1` }
  const start = {
    name: 'cursors_start',
    text: `INSERT INTO ${schema}.cursors (key, position) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
  }
  const move = {
    name: 'cursors_move',
    text: `UPDATE ${schema}.cursors SET position = $2 WHERE key = $1 AND position = $3`,
  }
  const take = {
    name: 'leases_take',
    text: `INSERT INTO ${schema}.${leases} (key, holder, ends_at) VALUES ($1, $2, ${DATABASE_TIME} + $3)
           ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, ends_at = ${DATABASE_TIME} + $3
           WHERE ${leases}.holder = excluded.holder OR ${leases}.ends_at <= ${DATABASE_TIME}`,
  }
  const release = {
    name: 'leases_release',
    text: `DELETE FROM ${schema}.${leases} WHERE key = $1 AND holder = $2`,
  }
  return {
    async findCursor(name) {
      const [row] = await reads<{ position: string }>(find, [toName(name)])
      return row?.position
    },
    moveCursor: (name, from, to) =>
      commit.alone(async (query) => {
        const moved =
          from === undefined
            ? await query(start, [toName(name), to])
            : await query(move, [toName(name), to, from])
        return moved.count === 1
      }),
    takeLease: ({ name, holder, seconds }) =>
      commit.alone(async (query) => {
        const values = [toName(name), toName(holder), Math.round(seconds * 1000)]
        return (await query(take, values)).count === 1
      }),
    async releaseLease(name, holder) {
      await commit.alone((query) => query(release, [toName(name), toName(holder)]))
    },
  }
}
