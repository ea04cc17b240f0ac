/** Where failed attempts are counted: in this process, in the database that the servers share, or in Redis. */
import type { Log } from '../runtime/log.ts'
import {
  type CountingDatabase,
  countInMemory,
  countsInDatabase,
  countsInRedis,
  type MakeWindowedCount,
} from '../runtime/windowed-count.ts'
import type { Config } from './config-schema.ts'
import { StartError } from './start-error.ts'

export interface OpenedCounts {
  readonly makeCount: MakeWindowedCount
  close(): void
}

/** What this uses of `ioredis`, which is not installed with us. */
interface RedisClient {
  on(event: 'error', listener: (error: Error) => void): void
  disconnect(): void
}
type RedisConstructor = new (url: string, options: Readonly<Record<string, unknown>>) => RedisClient

/** `database`: of a store that several servers share. */
export async function openCounts(
  { limits }: Config,
  database: CountingDatabase | undefined,
  log: Pick<Log, 'warn'>,
): Promise<OpenedCounts> {
  const place = limits.store ?? (database === undefined ? 'memory' : 'database')
  if (!limits.enabled || place === 'memory') return inMemory
  if (place === 'redis') return openRedis(limits.redis_url!, log)
  return { ...inMemory, makeCount: countsInDatabase(database!) }
}

const inMemory: OpenedCounts = {
  makeCount: (_name, windowSeconds) => countInMemory(windowSeconds),
  close() {},
}

async function openRedis(url: string, log: Pick<Log, 'warn'>): Promise<OpenedCounts> {
  const client = new (await importRedis())(url, {
    // What cannot be counted there at once is counted here; nobody waits.
    enableOfflineQueue: false,
    commandTimeout: 2000,
    connectTimeout: 2000,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(attempt * 200, 2000),
  })
  let said = ''
  client.on('error', ({ message }) => {
    if (message !== said)
      log.warn({ because: message }, 'Redis is away: each server counts failures for itself')
    said = message
  })
  return { makeCount: countsInRedis(client), close: () => client.disconnect() }
}

async function importRedis(): Promise<RedisConstructor> {
  // Not a literal, because it is installed by those who want it.
  const name = 'ioredis'
  try {
    return ((await import(name)) as { readonly Redis: RedisConstructor }).Redis
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const because =
      code === 'ERR_MODULE_NOT_FOUND' ? 'needs a package: npm install ioredis' : `cannot be used: ${message}`
    throw new StartError(`limits.store is "redis", which ${because}.`, { cause: error })
  }
}
