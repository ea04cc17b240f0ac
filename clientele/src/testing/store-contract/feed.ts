import { systemEventLoop } from '../../runtime/event-loop.ts'
import type { FeedEntry, Store } from '../../stores/store.ts'
import { sampleAudit, sampleClient, sampleSigningKey } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The audit trail as an outbox, and how far its readers have come. */
export function describeFeed(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for readers of the audit trail', () => {
    withStore('hands out every record in the order of its commit, in pages of any size', async (store) => {
      expect(await store.findAuditEnd()).toBe(undefined)
      expect(await store.listAuditAfter({ limit: 10 })).toStrictEqual([])
      const detail = { note: 'ümläut \u0000 \ud800', nested: { list: [1, null, true] } }
      const expected = []
      for (const text of ['plain', ...HOSTILE_TEXTS]) {
        const record = { ...sampleAudit(text, 'client.used_unregistered'), detail }
        await store.appendAudit(record)
        expected.push(record)
      }
      const key = sampleSigningKey()
      await store.createFirstSigningKeys([key], sampleAudit(key.kid, 'signing_keys.created'))
      expected.push(sampleAudit(key.kid, 'signing_keys.created'))
      for (const limit of [1, 3, 100]) {
        expect(
          (await readOn(store, undefined, limit, expected.length)).map(({ record }) => record),
        ).toStrictEqual(expected)
      }
      expect(await store.listAuditAfter({ limit: 0 })).toStrictEqual([])
    })

    withStore('shows a reader who begins at the end only what comes', async (store) => {
      await store.appendAudit(sampleAudit('before', 'client.used_unregistered'))
      const end = await store.findAuditEnd()
      expect(await store.listAuditAfter({ after: end, limit: 9 })).toStrictEqual([])
      const comes = sampleAudit('comes', 'client.used_unregistered')
      await store.appendAudit(comes)
      const entries = await store.listAuditAfter({ after: end, limit: 9 })
      expect(entries.map(({ record }) => record)).toStrictEqual([comes])
      expect(await store.findAuditEnd()).toBe(entries[0]!.position)
      expect(await store.findAuditEnd()).toBe(entries[0]!.position)
    })

    withStore('loses nothing and repeats nothing for a reader while many write', async (store) => {
      const clients = Array.from({ length: 120 }, () => sampleClient())
      const writing = Promise.all(
        clients.map(async (client) => {
          const changed = { ...client, revision: 2 }
          await store.createClient(client, { audit: sampleAudit(client.id) })
          await store.replaceClient(changed, { audit: sampleAudit(client.id, 'client.updated') })
          await store.deleteClient(client.id, sampleAudit(client.id, 'client.deleted'))
        }),
      )
      const [seen] = await Promise.all([readOn(store, undefined, 7, 3 * clients.length), writing])
      expect(new Set(seen.map(({ position }) => position)).size).toBe(3 * clients.length)
      for (const { id } of clients) {
        const actions = seen.filter(({ record }) => record.subject === id).map(({ record }) => record.action)
        expect(actions).toStrictEqual(['client.registered', 'client.updated', 'client.deleted'])
      }
      // Whoever reads it again sees the same, in the same places.
      expect(await readOn(store, undefined, 1000, seen.length)).toStrictEqual(seen)
    })
  })

  describe('for cursors', () => {
    withStore('moves a cursor from where it stands, and from nowhere else', async (store) => {
      for (const name of HOSTILE_TEXTS) {
        expect(await store.findCursor(name)).toBe(undefined)
        expect(await store.moveCursor(name, '1', '2')).toBe(false)
        expect(await store.moveCursor(name, undefined, '1')).toBe(true)
        expect(await store.moveCursor(name, undefined, '5')).toBe(false)
        expect(await store.moveCursor(name, '2', '5')).toBe(false)
        expect(await store.findCursor(name)).toBe('1')
        expect(await store.moveCursor(name, '1', '1')).toBe(true)
        expect(await store.moveCursor(name, '1', '2')).toBe(true)
        expect(await store.findCursor(name)).toBe('2')
      }
    })
    withStore('lets exactly one of 50 parallel readers move it', async (store) => {
      for (const from of [undefined, '0']) {
        const to = from === undefined ? '0' : '1'
        const counts = await countAnswers(50, () => store.moveCursor('reader', from, to))
        expect(counts).toStrictEqual({ true: 1, false: 49 })
      }
    })
  })
}

/** Reads on, page by page, until so many records are there and the feed has no more. */
async function readOn(
  store: Store,
  from: string | undefined,
  limit: number,
  atLeast: number,
): Promise<FeedEntry[]> {
  const seen: FeedEntry[] = []
  for (;;) {
    const page = await store.listAuditAfter({ after: seen.at(-1)?.position ?? from, limit })
    if (page.length > limit) throw new Error('a page is longer than its limit')
    seen.push(...page)
    if (page.length === 0 && seen.length >= atLeast) return seen
    // The writers have their turn, whatever a read costs here.
    await new Promise<void>((resolve) => systemEventLoop.atEndOfTurn(resolve))
  }
}
