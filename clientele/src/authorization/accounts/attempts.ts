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

export function createAttempts(allowed: number, windowSeconds: number): Attempts {
  const limiter = new RateLimiterMemory({ points: allowed, duration: windowSeconds })
  return {
    async take(key) {
      try {
        await limiter.consume(key)
        return undefined
      } catch (refusal) {
        if (refusal instanceof Error) throw refusal
        return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000))
      }
    },
    async giveBack(key) {
      await limiter.reward(key)
    },
    async forget(key) {
      await limiter.delete(key)
    },
  }
}
