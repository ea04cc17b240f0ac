import type { ReplayMark } from '../../stores/store.ts'
import { SAMPLE_TIME, sampleAudit, sampleClient, sampleInitialAccessToken } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers } from './store-case.ts'

/** How a creation and a replacement of a client spend what counts once (RFC 7591 §2.3, RFC 7519 §4.1.7). */
export function describeReplayMarks(withStore: Case, { describe, expect }: TestFunctions): void {
  const KIND = 'StatementReplay'
  const marks: readonly ReplayMark[] = [
    { kind: KIND, id: 'any text', expiresAt: SAMPLE_TIME },
    { kind: KIND, id: 'another \u0000 \ud800' },
  ]

  describe('for replay marks', () => {
    withStore('lets exactly one of 50 parallel creations set a mark', async (store) => {
      for (const replayMark of marks) {
        const clients = Array.from({ length: 50 }, () => sampleClient())
        const counts = await countAnswers(50, (index) => {
          const client = clients[index]!
          return store.createClient(client, { replayMark, audit: sampleAudit(client.id) })
        })
        expect(counts).toStrictEqual({ created: 1, statement_replayed: 49 })
        const found = await Promise.all(clients.map((client) => store.findClient(client.id)))
        expect(found.filter((client) => client !== undefined).length).toBe(1)
        expect(await store.findArtifact(KIND, replayMark.id)).toStrictEqual({ ...replayMark, payload: {} })
      }
      expect((await store.listAudit({ limit: 99 })).length).toBe(2)
    })

    withStore('lets exactly one of 50 who only want to set a mark set it, expired or not', async (store) => {
      for (const mark of marks) {
        const counts = await countAnswers(50, () => store.setReplayMark(mark))
        expect(counts).toStrictEqual({ true: 1, false: 49 })
        expect(await store.setReplayMark({ ...mark, expiresAt: SAMPLE_TIME + 9 })).toBe(false)
        expect(await store.findArtifact(KIND, mark.id)).toStrictEqual({ ...mark, payload: {} })
        expect(await store.setReplayMark({ ...mark, kind: 'AnotherKind' })).toBe(true)
      }
    })

    withStore('lets exactly one of 50 parallel replacements set a mark', async (store) => {
      for (const replayMark of marks) {
        const clients = Array.from({ length: 50 }, () => sampleClient())
        for (const client of clients) await store.createClient(client, { audit: sampleAudit(client.id) })
        const counts = await countAnswers(50, (index) => {
          const changed = { ...clients[index]!, revision: 2 }
          return store.replaceClient(changed, {
            audit: sampleAudit(changed.id, 'client.updated'),
            replayMark,
          })
        })
        expect(counts).toStrictEqual({ replaced: 1, statement_replayed: 49 })
        const found = await Promise.all(clients.map((client) => store.findClient(client.id)))
        expect(found.filter((client) => client?.revision === 2).length).toBe(1)
        const late = sampleClient()
        expect(await store.createClient(late, { replayMark, audit: sampleAudit(late.id) })).toBe(
          'statement_replayed',
        )
      }
    })

    withStore('sets no mark when nothing is created or replaced for another reason', async (store) => {
      const replayMark = marks[0]!
      const client = sampleClient()
      const audit = sampleAudit(client.id)
      await store.createClient(client, { audit })
      const other = sampleClient()
      expect(await store.createClient(client, { replayMark, audit })).toBe('id_taken')
      expect(await store.createClient(other, { replayMark, spends: 'nothing', audit })).toBe('token_spent')
      expect(await store.replaceClient({ ...client, revision: 9 }, { audit, replayMark })).toBe('conflict')
      expect(await store.replaceClient({ ...other, revision: 2 }, { audit, replayMark })).toBe('gone')
      expect(await store.findArtifact(KIND, replayMark.id)).toBe(undefined)
      expect(await store.createClient(other, { replayMark, audit })).toBe('created')
    })

    withStore('spends no initial access token for a mark that is there', async (store) => {
      const replayMark = marks[0]!
      const token = sampleInitialAccessToken()
      await store.createInitialAccessToken(token, sampleAudit(token.id, 'initial_access_token.created'))
      const [first, second] = [sampleClient(), sampleClient()]
      await store.createClient(first, { replayMark, audit: sampleAudit(first.id) })
      const change = { spends: token.id, audit: sampleAudit(second.id) }
      expect(await store.createClient(second, { ...change, replayMark })).toBe('statement_replayed')
      expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
      expect(await store.createClient(second, change)).toBe('created')
    })
  })
}
