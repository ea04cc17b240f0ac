import { StoreUnavailable } from '../../stores/store.ts'
import { SAMPLE_TIME, sampleApiKey, sampleAudit } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** The guarantees of `ApiKeyStore`. */
export function describeApiKeys(withStore: Case, { describe, expect }: TestFunctions): void {
  const created = (id: string) => sampleAudit(id, 'api_key.created')

  describe('for API keys', () => {
    withStore('finds a key exactly as it was handed in, with its audit record', async (store) => {
      const bare = sampleApiKey({ permissions: [] })
      const full = sampleApiKey({
        label: 'N\u0000 \ud800 💥',
        owner: '__proto__',
        policy: 'strict',
        expiresAt: SAMPLE_TIME + 1,
      })
      for (const key of [bare, full]) await store.createApiKey(key, created(key.id))
      for (const key of [bare, full]) {
        expect(await store.findApiKey(key.id)).toStrictEqual(key)
        expect(await store.listAudit({ subject: key.id, limit: 9 })).toStrictEqual([created(key.id)])
      }
      for (const id of HOSTILE_TEXTS) expect(await store.findApiKey(id)).toBe(undefined)
    })

    withStore('refuses a second key under one id, and keeps the first', async (store) => {
      const key = sampleApiKey()
      await store.createApiKey(key, created(key.id))
      const error = await store.createApiKey({ ...key, hash: 'other' }, created(key.id)).catch((e) => e)
      expect(error instanceof Error && !(error instanceof StoreUnavailable)).toBe(true)
      expect(await store.findApiKey(key.id)).toStrictEqual(key)
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created(key.id)])
    })

    withStore('revokes a key once, of 50 who ask at once', async (store) => {
      const key = sampleApiKey()
      const revoked = sampleAudit(key.id, 'api_key.revoked')
      await store.createApiKey(key, created(key.id))
      const counts = await countAnswers(50, () => store.revokeApiKey(key.id, SAMPLE_TIME + 3, revoked))
      expect(counts).toStrictEqual({ true: 1, false: 49 })
      expect(await store.findApiKey(key.id)).toStrictEqual({ ...key, revokedAt: SAMPLE_TIME + 3 })
      for (const id of HOSTILE_TEXTS) expect(await store.revokeApiKey(id, 1, revoked)).toBe(false)
      expect(await store.listAudit({ limit: 99 })).toStrictEqual([revoked, created(key.id)])
    })

    withStore('notes the last use forward and never back, and loses nothing else by it', async (store) => {
      const key = sampleApiKey()
      await store.createApiKey(key, created(key.id))
      const revoked = sampleAudit(key.id, 'api_key.revoked')
      await Promise.all([
        ...[7, 9, 8].map((after) => store.noteApiKeyUse(key.id, SAMPLE_TIME + after)),
        store.revokeApiKey(key.id, SAMPLE_TIME + 3, revoked),
      ])
      expect(await store.findApiKey(key.id)).toStrictEqual({
        ...key,
        revokedAt: SAMPLE_TIME + 3,
        lastUsedAt: SAMPLE_TIME + 9,
      })
      for (const id of HOSTILE_TEXTS) await store.noteApiKeyUse(id, SAMPLE_TIME)
      expect((await store.listApiKeys({ limit: 99 })).length).toBe(1)
      expect((await store.listAudit({ limit: 99 })).length).toBe(2)
    })

    withStore('lists keys newest first, part by part', async (store) => {
      const keys = Array.from({ length: 5 }, () => sampleApiKey())
      for (const key of keys) await store.createApiKey(key, created(key.id))
      const newestFirst = keys.toReversed()
      expect(await store.listApiKeys({ limit: 99 })).toStrictEqual(newestFirst)
      expect(await store.listApiKeys({ limit: 2 })).toStrictEqual(newestFirst.slice(0, 2))
      expect(await store.listApiKeys({ limit: 2, before: newestFirst[1]!.id })).toStrictEqual(
        newestFirst.slice(2, 4),
      )
      expect(await store.listApiKeys({ limit: 9, before: newestFirst[4]!.id })).toStrictEqual([])
      for (const before of ['', '\u0000', 'x'.repeat(10_000)])
        expect(await store.listApiKeys({ limit: 9, before })).toStrictEqual([])
    })
  })
}
