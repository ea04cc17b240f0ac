/** Deletes what expired, a little at a time, so that no request waits behind it. Of several servers, one does it. */
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import type { ArtifactStore, ClientStore, LeaseStore, SigningKeyStore } from '../stores/store.ts'
import { deleteOldSigningKeys } from './delete-old-signing-keys.ts'

export interface SweepDeps {
  readonly store: Pick<ArtifactStore, 'deleteExpiredArtifacts'> &
    Pick<ClientStore, 'deleteExpiredBudgets'> &
    Pick<SigningKeyStore, 'listSigningKeys' | 'deleteSigningKey'> &
    LeaseStore
  /** Where failed attempts are counted together; `before` is in milliseconds. */
  readonly counting?: { deleteExpired(before: number, limit: number): Promise<number> } | undefined
  /** Those who sweep the same share a name. */
  readonly leaseName: string
  readonly clock: Clock
  readonly eventLoop: EventLoop
  readonly log: Log
}

const PAUSE_MILLISECONDS = 60_000
/** Between two batches when there is more. */
const BREATH_MILLISECONDS = 50
const BATCH = 500
/** A leader that is killed is followed by another after this: longer than the pause, or the lease would end in between. */
const LEASE_SECONDS = 90
/**
 * What expired is kept for so long. This server's clock may be ahead, and then what it holds for expired is not: an
 * authorization code of a minute, or the mark that keeps a proof from counting twice at a server whose clock is right.
 */
export const GRACE_SECONDS = 300

/** Sweeps once a minute until the returned function is called; that resolves when no sweep runs any more. */
export function startSweep(deps: SweepDeps): () => Promise<void> {
  const { store } = deps
  const holder = randomText(16)
  const lease = { name: deps.leaseName, holder, seconds: LEASE_SECONDS }
  let stopped = false
  let isLeader = false
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
      isLeader = await store.takeLease(lease)
      if (isLeader && (await sweepOnce())) pause = BREATH_MILLISECONDS
    } catch (error) {
      deps.log.error({ error }, 'what has expired could not be deleted')
    }
    if (!stopped) cancel = plan(pause)
  }

  /** Whether there is more. */
  async function sweepOnce(): Promise<boolean> {
    const before = nowInSeconds(deps.clock) - GRACE_SECONDS
    const deleted = await store.deleteExpiredArtifacts(before, BATCH)
    if (deleted > 0) deps.log.debug({ deleted }, 'expired artifacts deleted')
    const budgets = await store.deleteExpiredBudgets(before, BATCH)
    if (budgets > 0) deps.log.debug({ deleted: budgets }, 'budgets whose window is over deleted')
    const counts = (await deps.counting?.deleteExpired(before * 1000, BATCH)) ?? 0
    const keys = await deleteOldSigningKeys(store, before)
    if (keys > 0) deps.log.info({ deleted: keys }, 'old signing keys deleted')
    return [deleted, budgets, counts].includes(BATCH)
  }

  return async () => {
    stopped = true
    cancel()
    await running
    // Another one takes over at once. A store that is away forgets the lease by itself.
    if (isLeader) await store.releaseLease(lease.name, holder).catch(() => {})
  }
}
