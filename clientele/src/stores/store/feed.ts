import type { AuditRecord } from './audit.ts'

/**
 * The audit trail as an outbox. Every change and its audit record are one transaction, so whoever follows the trail learns of
 * every change, and of nothing that did not happen. Part of the contract in `stores/store.ts`.
 */
export interface AuditFeed {
  /**
   * The audit records behind the position `after` (all of them, without one), at most `limit`, in the order of their commits:
   * a record of something that could only happen because something else had been committed comes behind that. Whoever has
   * read up to a position has read everything before it, for good: nothing appears there later.
   */
  listAuditAfter(page: {
    readonly after?: string | undefined
    readonly limit: number
  }): Promise<readonly FeedEntry[]>
  /** The position of the newest record, for a reader who wants only what comes; undefined when there is none. */
  findAuditEnd(): Promise<string | undefined>
}

/** One record of the feed, and where it stands in it: to be handed back, and to be read by nobody but the store. */
export interface FeedEntry {
  readonly position: string
  readonly record: AuditRecord
}

/** How far readers of the feed have come, under names that they choose. */
export interface CursorStore {
  findCursor(name: string): Promise<string | undefined>
  /**
   * Moves a cursor from `from` (undefined: there was none) to `to`. Of two who move it from the same place one gets true;
   * false, and nothing written, when it stands elsewhere.
   */
  moveCursor(name: string, from: string | undefined, to: string): Promise<boolean>
}
