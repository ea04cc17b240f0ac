import type { Clock } from '../runtime/clock.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import { type Store, StoreUnavailable } from '../stores/store.ts'

/** For how long a good answer of the store holds. */
const FRESH_MILLISECONDS = 1000
/** A supervisor that is told nothing for so long may think that this process hangs, and the balancer has waited enough. */
const PATIENCE_MILLISECONDS = 2000

/**
 * Asks the store whether it is ready, at most once a second however often it is asked: the check writes to the disk, and
 * `GET /readyz` is open to anyone. A bad answer is not kept; a store that does not answer in time is not ready.
 */
export function createReadiness(
  store: Pick<Store, 'ready'>,
  clock: Clock,
  eventLoop: Pick<EventLoop, 'later'>,
): () => Promise<void> {
  let goodUntil = 0
  let asking: Promise<void> | undefined
  return async () => {
    if (clock.milliseconds() < goodUntil) return
    asking ??= store.ready().finally(() => {
      asking = undefined
    })
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      const refuse = () => reject(new StoreUnavailable('the store did not answer in time'))
      cancel = eventLoop.later(refuse, PATIENCE_MILLISECONDS)
    })
    await Promise.race([asking, late]).finally(cancel)
    goodUntil = clock.milliseconds() + FRESH_MILLISECONDS
  }
}
