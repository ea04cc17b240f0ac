import type { Log } from '../../runtime/log.ts'
import type { AuditFeed } from '../store.ts'
import { DATABASE_MICROSECONDS } from './database-time.ts'
import { createReadEntries, type FeedRow, isBehind, parsePlace, placesOf } from './feed-entries.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Query } from './line.ts'
import type { Reads } from './reads.ts'
import type { Accompaniment, Row } from './table.ts'

/**
 * The audit trail in the order of its commits, without numbers from the database, without its system columns, and without
 * trusting anybody's clock to be right.
 *
 * A transaction that writes audit records announces them: one narrow row of `feed`, its last statement, with the keys of the
 * records and the database's time, and without a position. Positions are given by readers, to rows that they see and that
 * are therefore committed, by one reader at a time: whoever holds the lock row. So a position is given behind all that were
 * given before, however late a commit becomes visible, and a reader who is at the end has missed nothing. Among rows that
 * wait for a position, time decides: a transaction that waited for another, or read what it wrote, announces itself
 * after the other did. Nothing is paid for this by a store whose feed nobody reads, but the row.
 */
export function createPostgresFeed({ schema, reads, commit, log }: FeedDeps): AuditFeed {
  const feed = `${schema}.feed`
  const anyWaiting = { name: 'feed_waiting', text: `SELECT key FROM ${feed} WHERE position IS NULL LIMIT 1` }
  const lock = {
    name: 'feed_lock',
    text: `SELECT name FROM ${schema}.locks WHERE name = 'feed' FOR UPDATE`,
  }
  const last = {
    name: 'feed_last',
    text: `SELECT position, audit_keys FROM ${feed} WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1`,
  }
  const waiting = {
    name: 'feed_arrivals',
    text: `SELECT key FROM ${feed} WHERE position IS NULL ORDER BY arrived_at, key LIMIT ${MOST_AT_ONCE}`,
  }
  const give = {
    name: 'feed_give',
    text: `UPDATE ${feed} AS t SET position = u.position
           FROM unnest($1::bigint[], $2::bigint[]) AS u (key, position) WHERE t.key = u.key`,
  }
  const page = {
    name: 'feed_page',
    text: `SELECT position, audit_keys FROM ${feed} WHERE position >= $1 ORDER BY position LIMIT $2`,
  }
  /** Gives positions to what waits, at most so many; how many it gave. */
  const givePositions = () =>
    commit.alone(async (query: Query) => {
      await query(lock)
      const [newest] = (await query<FeedRow>(last)).rows
      const keys = (await query<{ key: number }>(waiting)).rows.map(({ key }) => key)
      const first = (newest?.position ?? 0) + 1
      if (keys.length > 0) await query(give, [keys, keys.map((_, index) => first + index)])
      return keys.length
    })

  const readEntries = createReadEntries({ schema, reads, log })

  return {
    async listAuditAfter({ after, limit }) {
      const from = after === undefined ? { position: 0, index: -1 } : parsePlace(after)
      const atMost = Math.max(0, limit)
      if ((await reads(anyWaiting)).length > 0) await givePositions()
      for (let read = from; ; ) {
        // Each row has one record or more; of the first, some may have been read.
        const rows = await reads<FeedRow>(page, [read.position, atMost + 1])
        const places = rows.flatMap(placesOf).filter(isBehind(read)).slice(0, atMost)
        if (places.length === 0) return []
        const entries = await readEntries(places)
        // Nothing but what is to be skipped: what stands behind it must not wait for ever.
        if (entries.length > 0) return entries
        read = places.at(-1)!
      }
    },
    async findAuditEnd() {
      while ((await reads(anyWaiting)).length > 0) if ((await givePositions()) < MOST_AT_ONCE) break
      const [newest] = await reads<FeedRow>(last)
      return newest && `${newest.position}-${placesOf(newest).length - 1}`
    },
  }
}

export interface FeedDeps {
  readonly schema: string
  readonly reads: Reads
  readonly commit: GroupCommit
  readonly log: Pick<Log, 'warn'>
}

/** So many transactions get their positions in one: bounded, because everybody who reads waits for it. */
const MOST_AT_ONCE = 2000

/** What a transaction that writes these audit records says of it. */
export function announce(schema: string): (rows: readonly Row[]) => Accompaniment {
  const statement = {
    name: 'feed_announce',
    text: `INSERT INTO ${schema}.feed (key, audit_keys, arrived_at) VALUES ($1, $2, ${DATABASE_MICROSECONDS})`,
  }
  return (rows) => {
    const keys = rows.map(({ key }) => Number(key))
    return { statement, values: [keys[0], JSON.stringify(keys)] }
  }
}
