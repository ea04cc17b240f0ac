import type { CountingDatabase } from '../../runtime/windowed-count.ts'
import type { Line } from './line.ts'
import { type HostRole, ownTable } from './own-table.ts'
import { meaningOf } from './store-error.ts'

export interface PostgresCounting extends CountingDatabase {
  /** Deletes at most `limit` windows that ended before `before`, in epoch milliseconds; how many it deleted. */
  deleteExpired(before: number, limit: number): Promise<number>
}

/**
 * What counts failed attempts in a table: a connection of its own, because a count is no part of any
 * transaction of ours and must not wait for one.
 */
export function createCountingDatabase(schema: string, line: Line, role: HostRole): PostgresCounting {
  const table = ownTable('attempts', role)
  const removeExpired = `DELETE FROM ${schema}.${table} WHERE key IN
    (SELECT key FROM ${schema}.${table} WHERE expire < $1 ORDER BY expire LIMIT $2)`
  const counting: CountingDatabase = {
    schema,
    table,
    async query({ name, text, values }) {
      const connection = await line.open()
      try {
        const statement = name === undefined ? text : { name, text }
        const { rows, count } = await connection.query<unknown>(statement, values)
        return { rows, rowCount: count }
      } catch (error) {
        if (meaningOf(error) === 'lost') connection.drop()
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
