/** Deletes what expired, a little at a time, so that no request waits behind it. */
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import type { ArtifactStore, SigningKeyStore } from '../stores/store.ts'
import { deleteOldSigningKeys } from './delete-old-signing-keys.ts'

export interface SweepDeps {
  readonly store: Pick<ArtifactStore, 'deleteExpiredArtifacts'> &
    Pick<SigningKeyStore, 'listSigningKeys' | 'deleteSigningKey'>
  readonly clock: Clock
  readonly eventLoop: EventLoop
  readonly log: Log
}

const PAUSE_MILLISECONDS = 60_000
/** Between two batches when there is more. */
const BREATH_MILLISECONDS = 50
const BATCH = 500

/** Sweeps once a minute until the returned function is called; that resolves when no sweep runs any more. */
export function startSweep(deps: SweepDeps): () => Promise<void> {
  let stopped = false
  let running = Promise.resolve()
  let cancel = plan(PAUSE_MILLISECONDS)

  function plan(milliseconds: number) {
    return deps.eventLoop.later(() => {
      running = sweep()
    }, milliseconds)
  }

  async function sweep(): Promise<void> {
    let pause = PAUSE_MILLISECONDS
    try {
      const now = nowInSeconds(deps.clock)
      const deleted = await deps.store.deleteExpiredArtifacts(now, BATCH)
      if (deleted > 0) deps.log.debug({ deleted }, 'expired artifacts deleted')
      if (deleted === BATCH) pause = BREATH_MILLISECONDS
      const keys = await deleteOldSigningKeys(deps.store, now)
      if (keys > 0) deps.log.info({ deleted: keys }, 'old signing keys deleted')
    } catch (error) {
      deps.log.error({ error }, 'what has expired could not be deleted')
    }
    if (!stopped) cancel = plan(pause)
  }

  return async () => {
    stopped = true
    cancel()
    await running
  }
}
