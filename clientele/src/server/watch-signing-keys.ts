/** Takes up signing keys that another server rotated. */
import type { Engine } from '../authorization/engine.ts'
import { orderSigningKeys } from '../authorization/signing-keys.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import type { SigningKeyStore } from '../stores/store.ts'

export interface WatchSigningKeysDeps {
  readonly store: Pick<SigningKeyStore, 'listSigningKeys'>
  readonly clock: Clock
  readonly eventLoop: EventLoop
  readonly log: Pick<Log, 'info' | 'warn'>
}

const PAUSE_MILLISECONDS = 250
/** Some looks of every instance, and the building of its engine. */
export const PUBLISH_AHEAD_SECONDS = 2

/**
 * Looks at the handful of keys four times a second, until the returned function is called, and has the engine take up those
 * that are published now, in their order. Not through the audit trail: the keys themselves are few rows, and their order
 * also changes with time.
 */
export function watchSigningKeys(
  engine: Pick<Engine, 'reload'>,
  { store, clock, eventLoop, log }: WatchSigningKeysDeps,
): () => Promise<void> {
  let known: string | undefined
  let isAway = false
  let stopped = false
  let running = look()
  let cancel = () => {}

  async function look(): Promise<void> {
    try {
      const stored = await store.listSigningKeys()
      const keys = orderSigningKeys(stored, nowInSeconds(clock), PUBLISH_AHEAD_SECONDS)
      const now = keys.map(({ kid }) => kid).join(' ')
      // Also the first time: a key may have come between the making of the engine and this.
      if (now !== known) {
        await engine.reload()
        if (known !== undefined) log.info({ keys: keys.length }, 'the signing keys have changed')
      }
      known = now
      isAway = false
    } catch (error) {
      if (!isAway) log.warn({ error }, 'the signing keys cannot be looked at; those that are known go on')
      isAway = true
    }
    if (stopped) return
    cancel = eventLoop.later(() => {
      running = look()
    }, PAUSE_MILLISECONDS)
  }

  return async () => {
    stopped = true
    cancel()
    await running
  }
}
