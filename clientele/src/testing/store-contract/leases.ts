import type { TestFunctions } from '../test-functions.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** Who of several does what only one may do. */
export function describeLeases(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for leases', () => {
    withStore('gives a lease to exactly one of 50, who may prolong it', async (store) => {
      const counts = await countAnswers(50, (index) =>
        store.takeLease({ name: 'sweep', holder: `holder ${index}`, seconds: 60 }),
      )
      expect(counts).toStrictEqual({ true: 1, false: 49 })
      const again = await countAnswers(50, (index) =>
        store.takeLease({ name: 'sweep', holder: `holder ${index}`, seconds: 60 }),
      )
      expect(again).toStrictEqual({ true: 1, false: 49 })
    })
    withStore('gives it to another when it was given back, and only by its holder', async (store) => {
      for (const name of HOSTILE_TEXTS) {
        const [mine, yours] = [`my ${name}`, `your ${name}`]
        expect(await store.takeLease({ name, holder: mine, seconds: 60 })).toBe(true)
        await store.releaseLease(name, yours)
        expect(await store.takeLease({ name, holder: yours, seconds: 60 })).toBe(false)
        await store.releaseLease(name, mine)
        expect(await store.takeLease({ name, holder: yours, seconds: 60 })).toBe(true)
        expect(await store.takeLease({ name, holder: mine, seconds: 60 })).toBe(false)
      }
    })
    withStore('gives it to another when its time is over, and not to its holder of before', async (store) => {
      expect(await store.takeLease({ name: 'job', holder: 'first', seconds: 0.2 })).toBe(true)
      expect(await store.takeLease({ name: 'job', holder: 'second', seconds: 60 })).toBe(false)
      let waited = 0
      while (!(await store.takeLease({ name: 'job', holder: 'second', seconds: 60 }))) waited++
      expect(waited > 0).toBe(true)
      expect(await store.takeLease({ name: 'job', holder: 'first', seconds: 60 })).toBe(false)
    })
  })
}
