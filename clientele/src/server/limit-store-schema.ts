/** Keys of `[limits]` about where failures are counted. */
import { z } from 'zod'

export const limitStoreKeys = {
  store: z.enum(['memory', 'database', 'redis']).optional().meta({
    description:
      'Where failed attempts are counted. In memory, each server counts for itself; in the database or in Redis, they count together, and for themselves while it cannot be reached. Default: database with storage.url, else memory.',
    allowed:
      '"memory", "database" (with storage.url) or "redis" (with limits.redis_url and the package ioredis)',
    example: 'database',
  }),
  redis_url: z
    .string()
    .regex(/^rediss?:\/\/./)
    .optional()
    .meta({
      description:
        'The Redis server that counts failed attempts. Best set as CLIENTELE_LIMITS__REDIS_URL, because it may have a password.',
      allowed: 'a redis:// address, or rediss:// with TLS',
      example: 'rediss://redis.example.com:6379',
    }),
}

/** What is wrong with these keys together. */
export function findLimitStoreFault({
  limits,
  storage,
}: {
  readonly limits: { readonly store?: string | undefined; readonly redis_url?: string | undefined }
  readonly storage: { readonly url?: string | undefined }
}): string | undefined {
  if (limits.store === 'database' && storage.url === undefined)
    return 'is "database", which needs a database that servers share: storage.url'
  if (limits.store === 'redis' && limits.redis_url === undefined)
    return 'is "redis", which needs limits.redis_url'
  return undefined
}
