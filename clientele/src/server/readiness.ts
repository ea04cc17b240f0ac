import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../stores/store.ts'

/** For how long a good answer of the store holds. */
const FRESH_MILLISECONDS = 1000

/**
 * Asks the store whether it is ready, at most once a second however often it is asked: the check writes to the disk, and
 * `GET /readyz` is open to anyone. A bad answer is not kept.
 */
export function createReadiness(store: Pick<Store, 'ready'>, clock: Clock): () => Promise<void> {
  let goodUntil = 0
  let asking: Promise<void> | undefined
  return async () => {
    if (clock.milliseconds() < goodUntil) return
    asking ??= store.ready().finally(() => {
      asking = undefined
    })
    await asking
    goodUntil = clock.milliseconds() + FRESH_MILLISECONDS
  }
}
