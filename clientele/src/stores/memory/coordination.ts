import { systemClock } from '../../runtime/clock.ts'
import type { AuditFeed, AuditRecord, CursorStore, LeaseStore } from '../store.ts'
import { copy } from './copy.ts'

/** The feed, its readers' cursors, and leases. A position is how many records lie up to and with it. */
export function createMemoryCoordination(
  checkOpen: () => void,
  audit: readonly AuditRecord[],
): AuditFeed & CursorStore & LeaseStore {
  const cursors = new Map<string, string>()
  const leases = new Map<string, { readonly holder: string; readonly endsAt: number }>()
  return {
    async listAuditAfter({ after, limit }) {
      checkOpen()
      const start = Number(after ?? 0)
      return audit
        .slice(start, start + Math.max(0, limit))
        .map((record, index) => ({ position: `${start + index + 1}`, record: copy(record) }))
    },
    async findAuditEnd() {
      checkOpen()
      return audit.length === 0 ? undefined : `${audit.length}`
    },
    async findCursor(name) {
      checkOpen()
      return cursors.get(name)
    },
    async moveCursor(name, from, to) {
      checkOpen()
      if (cursors.get(name) !== from) return false
      cursors.set(name, to)
      return true
    },
    async takeLease({ name, holder, seconds }) {
      checkOpen()
      const now = systemClock.milliseconds()
      const held = leases.get(name)
      if (held && held.holder !== holder && held.endsAt > now) return false
      leases.set(name, { holder, endsAt: now + seconds * 1000 })
      return true
    },
    async releaseLease(name, holder) {
      checkOpen()
      if (leases.get(name)?.holder === holder) leases.delete(name)
    },
  }
}
