import type { Clock } from '../runtime/clock.ts'
import type { EventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import {
  type AuditFeed,
  type AuditRecord,
  type CursorStore,
  type FeedEntry,
  type LeaseStore,
  StoreUnavailable,
} from '../stores/store.ts'
import { createFailures, type FollowPauses, STANDARD_PAUSES } from './failures.ts'

/** Who is told of what happened. */
export interface Follower {
  /** Of its cursor and its lease: two followers never share one, and a renamed one begins anew. */
  readonly name: string
  /** Where a new follower begins: with what happens from now on, or with all that ever happened. */
  readonly begins: 'now' | 'at_first'
  wants(record: AuditRecord): boolean
  /** Rejects when it could not: then the same entry comes again, and none behind it until it was taken. */
  deliver(entry: FeedEntry, signal: AbortSignal): Promise<void>
}

export interface FollowDeps {
  readonly store: AuditFeed & CursorStore & LeaseStore
  readonly clock: Clock
  readonly eventLoop: EventLoop
  readonly log: Log
  /** This process, for the leases: another text each time that it starts. */
  readonly holder: string
  readonly pauses?: FollowPauses
}

const BATCH = 100
/** Longer than a delivery may take, so that nobody begins the same one meanwhile. */
const LEASE_SECONDS = 30

/**
 * Tells a follower of every change in the order of the feed, each at least once, from the place where it was when it was
 * last told. One instance does that at a time. Whatever a follower does, nobody else waits for it: it has a cursor, a lease
 * and a loop of its own, and what happened waits in the audit trail. Stops when the returned function is called.
 */
export function followFeed(follower: Follower, deps: FollowDeps): () => Promise<void> {
  const { store, clock, eventLoop, log, holder, pauses = STANDARD_PAUSES } = deps
  const { name } = follower
  const stopping = new AbortController()
  const failures = createFailures(name, { clock, log, pauses })
  let leasedUntil = 0
  let running: Promise<void> = Promise.resolve()
  let cancel = plan(0)

  function plan(milliseconds: number): () => void {
    return eventLoop.later(() => {
      running = round()
    }, milliseconds)
  }

  async function round(): Promise<void> {
    let pause: number
    try {
      pause = await follow()
    } catch (error) {
      // The store says so itself where operators look (readiness); the receiver is not to blame.
      if (!(error instanceof StoreUnavailable)) log.error({ error, follower: name }, 'events cannot be read')
      pause = pauses.storeAway
    }
    if (!stopping.signal.aborted) cancel = plan(pause)
  }

  /** One part of the feed; how long to wait for the next, in milliseconds. */
  async function follow(): Promise<number> {
    if (!(await holdsLease())) return pauses.notLeading
    let position = await findBeginning()
    const entries = await store.listAuditAfter({ after: position, limit: BATCH })
    for (const entry of entries) {
      if (stopping.signal.aborted) return 0
      if (follower.wants(entry.record)) {
        if (!(await holdsLease())) return pauses.notLeading
        const failure = await tryToDeliver(entry)
        if (stopping.signal.aborted && failure !== undefined) return 0
        if (failure !== undefined) return failures.pauseAfter(failure, entry.record)
        failures.over()
      } else if (entry !== entries.at(-1)) continue
      // Somebody else went on from here: we lost the lease without noticing.
      if (!(await store.moveCursor(name, position, entry.position))) return pauses.notLeading
      position = entry.position
    }
    return entries.length === BATCH ? 0 : pauses.idle
  }

  async function findBeginning(): Promise<string | undefined> {
    const position = await store.findCursor(name)
    if (position !== undefined || follower.begins === 'at_first') return position
    const end = await store.findAuditEnd()
    if (end !== undefined) await store.moveCursor(name, undefined, end)
    return end === undefined ? undefined : store.findCursor(name)
  }

  async function tryToDeliver(entry: FeedEntry): Promise<unknown> {
    try {
      await follower.deliver(entry, stopping.signal)
      return undefined
    } catch (error) {
      // A store that is away is no failure of the receiver's.
      if (error instanceof StoreUnavailable) throw error
      return error ?? new Error('the delivery failed')
    }
  }

  /** Asks the store only when the lease is half over. */
  async function holdsLease(): Promise<boolean> {
    const now = clock.milliseconds()
    if (now < leasedUntil - LEASE_SECONDS * 500 && now >= leasedUntil - LEASE_SECONDS * 1000) return true
    const isOurs = await store.takeLease({ name, holder, seconds: LEASE_SECONDS })
    leasedUntil = isOurs ? now + LEASE_SECONDS * 1000 : 0
    return isOurs
  }

  return async () => {
    stopping.abort()
    cancel()
    await running
    // So that another instance goes on at once.
    if (leasedUntil > 0) await store.releaseLease(name, holder).catch(() => {})
  }
}
