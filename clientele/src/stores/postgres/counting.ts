import type { CountingDatabase } from '../../runtime/windowed-count.ts'
import type { Line } from './line.ts'
import { meaningOf } from './store-error.ts'

export interface PostgresCounting extends CountingDatabase {
  /** Deletes at most `limit` windows that ended before `before`, in epoch milliseconds; how many it deleted. */
  deleteExpired(before: number, limit: number): Promise<number>
}

/**
 * What counts failed attempts in the table `attempts`: a connection of its own, because a count is no part of any
 * transaction of ours and must not wait for one.
 */
export function createCountingDatabase(schema: string, line: Line): PostgresCounting {
  const removeExpired = `DELETE FROM ${schema}.attempts WHERE key IN
    (SELECT key FROM ${schema}.attempts WHERE expire < $1 ORDER BY expire LIMIT $2)`
  const counting: CountingDatabase = {
    schema,
    table: 'attempts',
    async query({ name, text, values }) {
      try {
        const query = await line.open()
        const { rows, count } = await query<unknown>(name === undefined ? text : { name, text }, values)
        return { rows, rowCount: count }
      } catch (error) {
        if (meaningOf(error) === 'lost') line.drop()
        throw error
      }
    },
  }
  return {
    ...counting,
    async deleteExpired(before, limit) {
      const remove = { name: 'attempts_expired', text: removeExpired, values: [before, limit] }
      return (await counting.query(remove)).rowCount
    },
  }
}
