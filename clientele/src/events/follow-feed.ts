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
import { createSetAside } from './set-aside.ts'

/** Who is told of what happened. */
export interface Follower {
  /** Of its cursor and its lease: two followers never share one, and a renamed one begins anew. */
  readonly name: string
  /** Where a new follower begins: with what happens from now on, or with all that ever happened. */
  readonly begins: 'now' | 'at_first'
  wants(record: AuditRecord): boolean
  /**
   * Each delivery brings about what holds now of the record's subject, so that one subject need not wait for another: an entry
   * that fails again and again is then set aside, and what is behind it comes. False unless said otherwise.
   */
  readonly maySetAside?: boolean
  /** Rejects when it could not: then the same entry comes again, and none behind it until it was taken or set aside. */
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
/** Tried behind one that fails, and of what is set aside, in one go: a receiver that is away is not to be buried. */
const MOST_TRIED = 20
/** Longer than one request may take, so that hardly anybody begins the same delivery meanwhile; who follows must bear that. */
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
  const aside = createSetAside(name, { clock, log, pauses })
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
    if (!(await holdsLease())) return yieldToAnother()
    let cursor = await findBeginning()
    let position = aside.readTo ?? cursor
    if (!(await retryAside())) return yieldToAnother()
    const entries = await store.listAuditAfter({ after: position, limit: BATCH })
    let pause = 0
    let setAside = 0
    for (const entry of entries) {
      if (stopping.signal.aborted) return 0
      const { record } = entry
      if (follower.wants(record) && !aside.has(record.subject)) {
        if (!(await holdsLease())) return yieldToAnother()
        const failure = await tryToDeliver(entry)
        if (stopping.signal.aborted && failure !== undefined) return 0
        if (failure === undefined) succeeded()
        else {
          if (setAside === 0) pause = failures.pauseAfter(failure, record)
          const isOverstepped = aside.isFull() || setAside === MOST_TRIED
          if (!follower.maySetAside || !failures.areMany() || isOverstepped) return pause
          aside.put(entry, position, failure)
          setAside += 1
        }
      } else if (entry !== entries.at(-1)) continue
      position = entry.position
      if (!(await moveTo(position))) return yieldToAnother()
    }
    if (entries.length === 0 && !(await moveTo(position))) return yieldToAnother()
    if (failures.areMany() && setAside > 0) return pause
    return entries.length === BATCH ? 0 : pauses.idle

    /** False: somebody else went on from here, and we lost the lease without noticing. */
    async function moveTo(read: string | undefined): Promise<boolean> {
      const to = aside.advance(read)
      if (to === undefined || to === cursor) return true
      const isMoved = await store.moveCursor(name, cursor, to)
      cursor = to
      return isMoved
    }
  }

  /** Another instance comes by what we set aside: the cursor stands before it. */
  function yieldToAnother(): number {
    aside.forget()
    return pauses.notLeading
  }

  function succeeded(): void {
    aside.othersTaken(failures.areMany())
    failures.over()
  }

  /** False when the lease is lost. */
  async function retryAside(): Promise<boolean> {
    for (let tried = 0; tried < MOST_TRIED; tried++) {
      const entry = aside.nextDue()
      if (entry === undefined || stopping.signal.aborted) return true
      if (!(await holdsLease())) return false
      const { subject } = entry.record
      const failure = await tryToDeliver(entry)
      if (failure !== undefined) aside.failedAgain(subject, failure)
      else {
        aside.done(subject)
        succeeded()
      }
    }
    return true
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
