import type { WindowedCount } from '../../runtime/windowed-count.ts'

/**
 * A bounded number of attempts in a window, per key. An attempt is taken before the work and given back after it when it was
 * no failure: of a hundred parallel guesses no more are looked at than are allowed.
 */
export interface Attempts {
  /** Takes one; a number of seconds to wait when there is none left. */
  take(key: string): Promise<number | undefined>
  giveBack(key: string): Promise<void>
  /** Forgets all that was taken. */
  forget(key: string): Promise<void>
}

/** At most `allowed`, as `count` counts them. */
export function attemptsOf(allowed: number, count: WindowedCount): Attempts {
  return {
    async take(key) {
      const { consumedPoints, msBeforeNext } = await count.penalty(key)
      return consumedPoints > allowed ? Math.max(1, Math.ceil(msBeforeNext / 1000)) : undefined
    },
    async giveBack(key) {
      // What was forgotten in the meantime would otherwise begin below nothing.
      const taken = await count.get(key)
      if (taken !== null && taken.consumedPoints > 0) await count.reward(key)
    },
    async forget(key) {
      await count.delete(key)
    },
  }
}
