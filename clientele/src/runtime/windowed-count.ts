import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible'
import type { CountedFailures, FailureCount } from './bound-attempts.ts'

/**
 * Counts by key, each key with a window that begins with its first count. In this process's memory, or in one place that
 * several instances share.
 */
export interface WindowedCount extends FailureCount {
  /** Counts one less. */
  reward(key: string): Promise<CountedFailures>
  /** Forgets what was counted. */
  delete(key: string): Promise<unknown>
}

/** Makes one count of several in the same place, told apart by `name`. */
export type MakeWindowedCount = (name: string, windowSeconds: number) => WindowedCount

/** Some 30 MiB. Who fills them has as many networks (`address-prefix.ts`) as it takes, and gains little by it. */
export const MOST_KEYS = 100_000

/** At most `mostKeys` are counted; the one that was counted longest ago is forgotten first. */
export function countInMemory(windowSeconds: number, mostKeys = MOST_KEYS): WindowedCount {
  const limiter = new RateLimiterMemory({ points: 1, duration: windowSeconds })
  // A Set keeps the order of insertion: the first is the oldest.
  const keys = new Set<string>()
  return {
    get: (key) => limiter.get(key),
    reward: (key) => limiter.reward(key),
    async penalty(key) {
      keys.delete(key)
      keys.add(key)
      if (keys.size > mostKeys) {
        const oldest = keys.values().next().value!
        keys.delete(oldest)
        await limiter.delete(oldest)
      }
      return limiter.penalty(key)
    },
    async delete(key) {
      keys.delete(key)
      await limiter.delete(key)
    },
  }
}

/** What counts are kept with in PostgreSQL; the driver's own client is one. */
export interface CountingDatabase {
  readonly schema: string
  readonly table: string
  query(statement: { readonly name?: string; readonly text: string; readonly values: unknown[] }): Promise<{
    readonly rows: readonly unknown[]
    readonly rowCount: number
  }>
}

/** Counts in a table that is there. While it cannot be reached, each instance counts for itself. */
export function countsInDatabase(database: CountingDatabase): MakeWindowedCount {
  return (name, windowSeconds) => {
    const limiter = new RateLimiterPostgres({
      ...optionsOf(name, windowSeconds),
      storeClient: database,
      storeType: 'client',
      schemaName: database.schema,
      tableName: database.table,
      tableCreated: true,
      clearExpiredByTimeout: false,
    })
    return insured(limiter, windowSeconds)
  }
}

/** Counts in Redis, over a client of `ioredis`. While it cannot be reached, each instance counts for itself. */
export function countsInRedis(client: unknown): MakeWindowedCount {
  return (name, windowSeconds) => {
    const limiter = new RateLimiterRedis({
      ...optionsOf(name, windowSeconds),
      storeClient: client,
      rejectIfRedisNotReady: true,
    })
    return insured(limiter, windowSeconds)
  }
}

function optionsOf(name: string, duration: number) {
  return { keyPrefix: `clientele:${name}`, points: 1, duration }
}

/**
 * Neither closed nor open while the shared place is away: closed would make it a second thing that stops registration, open
 * would make its failure the moment to guess in. Each instance counts for itself then, so as many times more attempts are
 * looked at as there are instances. Not by the library's own means, which hold as many keys as anybody sends.
 */
function insured(shared: WindowedCount, windowSeconds: number): WindowedCount {
  const own = countInMemory(windowSeconds)
  return {
    get: (key) => shared.get(key).catch(() => own.get(key)),
    penalty: (key) => shared.penalty(key).catch(() => own.penalty(key)),
    reward: (key) => shared.reward(key).catch(() => own.reward(key)),
    delete: (key) => shared.delete(key).catch(() => own.delete(key)),
  }
}
