import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { FeedEntry } from '../stores/store.ts'
import { describeFailure, type FollowPauses } from './failures.ts'

/**
 * Whom a follower could not tell of while others wait behind: so that one client that another server chokes on, which may be a
 * stranger's, does not stop all of them. It is kept in memory only, because the cursor stays before the oldest of it: whoever
 * goes on after a restart comes by again.
 */
export interface SetAside {
  /** How far the feed was read; undefined when nothing is set aside, and the cursor tells that. */
  readonly readTo: string | undefined
  has(subject: string): boolean
  isFull(): boolean
  put(entry: FeedEntry, before: string | undefined, failure: unknown): void
  /** The next that may be tried again. */
  nextDue(): FeedEntry | undefined
  failedAgain(subject: string, failure: unknown): void
  done(subject: string): void
  /** The receiver takes others: then it may be the entry's own fault. With `isBack` all may be tried now. */
  othersTaken(isBack: boolean): void
  /** Notes how far the feed was read, and answers where the cursor belongs. */
  advance(position: string | undefined): string | undefined
  forget(): void
}

interface Item {
  readonly entry: FeedEntry
  readonly before: string | undefined
  /** When others were taken first while this one was not: nothing is given up because a receiver is away. */
  since: number | undefined
  pause: number
  dueAt: number
}

/** More than these are no single clients' fault: then everything waits. */
const MOST = 1_000

export function createSetAside(
  follower: string,
  { clock, log, pauses }: { readonly clock: Clock; readonly log: Log; readonly pauses: FollowPauses },
): SetAside {
  // In the order of the feed, which a Map keeps: the first is where the cursor belongs.
  const items = new Map<string, Item>()
  let readTo: string | undefined
  const facts = ({ entry }: Item, failure: unknown) => ({
    follower,
    event: entry.record.action,
    subject: entry.record.subject,
    failure: describeFailure(failure),
  })
  return {
    get readTo() {
      return readTo
    },
    has: (subject) => items.has(subject),
    isFull: () => items.size >= MOST,
    put(entry, before, failure) {
      const now = clock.milliseconds()
      const item = {
        entry,
        before,
        since: undefined,
        pause: pauses.firstRetry,
        dueAt: now + pauses.firstRetry,
      }
      items.set(entry.record.subject, item)
      log.warn(facts(item, failure), 'an event is set aside, so that others go on; it is tried again')
    },
    nextDue() {
      const now = clock.milliseconds()
      for (const { entry, dueAt } of items.values()) if (dueAt <= now) return entry
      return undefined
    },
    failedAgain(subject, failure) {
      const item = items.get(subject)
      if (item === undefined) return
      const now = clock.milliseconds()
      item.pause = Math.min(item.pause * 2, pauses.longestRetry)
      item.dueAt = now + item.pause
      if (item.since === undefined || now - item.since < pauses.givenUp) return
      items.delete(subject)
      log.error(
        facts(item, failure),
        'an event that was set aside is given up: what it tells of must be mended by hand',
      )
    },
    done: (subject) => void items.delete(subject),
    othersTaken(isBack) {
      const now = clock.milliseconds()
      for (const item of items.values()) {
        item.since ??= now
        if (isBack) item.dueAt = Math.min(item.dueAt, now)
      }
    },
    advance(position) {
      const [oldest] = items.values()
      readTo = oldest === undefined ? undefined : position
      return oldest === undefined ? position : oldest.before
    },
    forget() {
      items.clear()
      readTo = undefined
    },
  }
}
