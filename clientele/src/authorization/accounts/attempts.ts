import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/**
 * A bounded number of attempts in a window, per key, in this process's memory. An attempt is taken before the work and
 * given back after it when it was no failure: of a hundred parallel guesses no more are looked at than are allowed.
 */
export interface Attempts {
  /** Takes one; a number of seconds to wait when there is none left. */
  take(key: string): Promise<number | undefined>
  giveBack(key: string): Promise<void>
  /** Forgets all that was taken. */
  forget(key: string): Promise<void>
}

/** Some 30 MiB. Who fills them has as many networks (`address-prefix.ts`) as it takes, and gains little by it. */
const MOST_KEYS = 100_000

/** At most `mostKeys` are counted; the one that was used longest ago is forgotten first. */
export function createAttempts(allowed: number, windowSeconds: number, mostKeys = MOST_KEYS): Attempts {
  const limiter = new RateLimiterMemory({ points: allowed, duration: windowSeconds })
  // A Set keeps the order of insertion: the first is the oldest.
  const keys = new Set<string>()

  async function touch(key: string): Promise<void> {
    keys.delete(key)
    keys.add(key)
    if (keys.size <= mostKeys) return
    const oldest = keys.values().next().value!
    keys.delete(oldest)
    await limiter.delete(oldest)
  }

  return {
    async take(key) {
      await touch(key)
      try {
        await limiter.consume(key)
        return undefined
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal
        return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000))
      }
    },
    async giveBack(key) {
      // What was forgotten in the meantime would otherwise begin below nothing.
      const taken = await limiter.get(key)
      if (taken !== null && taken.consumedPoints > 0) await limiter.reward(key)
    },
    async forget(key) {
      keys.delete(key)
      await limiter.delete(key)
    },
  }
}
