import { StoreUnavailable } from '../../stores/store.ts'
import { SAMPLE_TIME, sampleAudit, sampleSigningKey } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers } from './store-case.ts'

/** The guarantees of `SigningKeyStore`. */
export function describeSigningKeys(withStore: Case, { describe, expect }: TestFunctions): void {
  const created = sampleAudit('signing keys', 'signing_keys.created')
  const rotated = (kid: string) => sampleAudit(kid, 'signing_key.rotated')

  describe('for signing keys', () => {
    withStore('has no keys at first, and then those that were made, oldest first', async (store) => {
      expect(await store.listSigningKeys()).toStrictEqual([])
      const newer = sampleSigningKey({ createdAt: SAMPLE_TIME + 1 })
      const [first, second] = [sampleSigningKey({ kid: 'z' }), sampleSigningKey({ kid: 'a', alg: 'RS256' })]
      expect(await store.createFirstSigningKeys([newer, first, second], created)).toBe(true)
      expect(await store.listSigningKeys()).toStrictEqual([first, second, newer])
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created])
    })

    withStore('makes the first keys once, of however many instances start together', async (store) => {
      const pairs = Array.from({ length: 50 }, () => [sampleSigningKey(), sampleSigningKey({ alg: 'RS256' })])
      const counts = await countAnswers(50, (index) => store.createFirstSigningKeys(pairs[index]!, created))
      expect(counts).toStrictEqual({ true: 1, false: 49 })
      const kids = (await store.listSigningKeys()).map((key) => key.kid)
      expect(pairs.filter((pair) => pair.every((key) => kids.includes(key.kid))).length).toBe(1)
      expect(kids.length).toBe(2)
      expect((await store.listAudit({ limit: 99 })).length).toBe(1)
    })

    withStore(
      'retires what still signs with the algorithm when a key is added, and nothing else',
      async (store) => {
        const retired = sampleSigningKey({ retiredAt: SAMPLE_TIME - 9, deleteAfter: SAMPLE_TIME + 9 })
        const [signing, other, added] = [
          sampleSigningKey(),
          sampleSigningKey({ alg: 'RS256' }),
          sampleSigningKey(),
        ]
        await store.createFirstSigningKeys([retired, signing, other], created)
        await store.rotateSigningKey(
          added,
          { at: SAMPLE_TIME, deleteAfter: SAMPLE_TIME + 100 },
          rotated(added.kid),
        )
        const nowRetired = { ...signing, retiredAt: SAMPLE_TIME, deleteAfter: SAMPLE_TIME + 100 }
        expect(await store.listSigningKeys()).toStrictEqual([retired, nowRetired, other, added])
        expect(await store.listAudit({ limit: 9 })).toStrictEqual([rotated(added.kid), created])
      },
    )

    withStore('refuses a key id that exists, and retires nothing for it', async (store) => {
      const key = sampleSigningKey()
      await store.createFirstSigningKeys([key], created)
      const twice = { at: SAMPLE_TIME, deleteAfter: SAMPLE_TIME }
      const error = await store.rotateSigningKey(key, twice, rotated(key.kid)).catch((thrown) => thrown)
      expect(error instanceof Error && !(error instanceof StoreUnavailable)).toBe(true)
      expect(await store.listSigningKeys()).toStrictEqual([key])
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([created])
    })

    withStore('deletes a retired key once, and never one that signs', async (store) => {
      const retired = sampleSigningKey({ retiredAt: SAMPLE_TIME - 9, deleteAfter: SAMPLE_TIME })
      const signing = sampleSigningKey()
      await store.createFirstSigningKeys([retired, signing], created)
      const deleted = sampleAudit(retired.kid, 'signing_key.deleted')
      expect(await countAnswers(50, () => store.deleteSigningKey(retired.kid, deleted))).toStrictEqual({
        true: 1,
        false: 49,
      })
      expect(await store.deleteSigningKey(signing.kid, deleted)).toBe(false)
      expect(await store.deleteSigningKey('\ud800', deleted)).toBe(false)
      expect(await store.listSigningKeys()).toStrictEqual([signing])
      expect(await store.listAudit({ limit: 9 })).toStrictEqual([deleted, created])
    })
  })
}
