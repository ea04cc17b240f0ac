import { type Clock, nowInSeconds } from '../runtime/clock.ts'

/**
 * When a credential was last used, for the operator who wonders whether it still is. Nobody waits for it: it is written
 * at most once a minute for each credential, and a write that fails is tried again at the next use. Nothing is decided by
 * it; the uses that an initial access token has left are counted in the transaction that spends them.
 */
export interface LastUse {
  note(id: string): void
}

const PRECISION_SECONDS = 60
/** Credentials that are remembered as noted; with more, some are written more often. */
const MOST_REMEMBERED = 10_000

export function createLastUse(write: (id: string, at: number) => Promise<void>, clock: Clock): LastUse {
  const noted = new Map<string, number>()
  return {
    note(id) {
      const at = nowInSeconds(clock)
      const before = noted.get(id)
      if (before !== undefined && at - before < PRECISION_SECONDS) return
      if (noted.size >= MOST_REMEMBERED) noted.clear()
      noted.set(id, at)
      write(id, at).catch(() => noted.delete(id))
    },
  }
}
