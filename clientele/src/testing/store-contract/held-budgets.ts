import type { ClientRecord } from '../../clients/client.ts'
import { StoreUnavailable } from '../../stores/store.ts'
import { sampleClient } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { create, LATER, remove, replace, used } from './budget-verbs.ts'
import type { Case } from './store-case.ts'

/** What clients hold of standing budgets, through revisions and deletions. */
export function describeHeldBudgets(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for budgets that clients hold', () => {
    withStore('moves a client from one key to another, or leaves it where it is', async (store) => {
      const [client, holder] = [sampleClient({ holds: ['old', 'kept'] }), sampleClient({ holds: ['new'] })]
      await create(store, client, [])
      await create(store, holder, [])
      const budgets = [{ key: 'new', most: 1 }]
      const moved = { ...client, holds: ['kept', 'new'], revision: 2 }
      const count = async () => [
        await used(store, 'old'),
        await used(store, 'kept'),
        await used(store, 'new'),
      ]
      expect(await replace(store, moved, budgets)).toStrictEqual({ exhausted: 'new' })
      expect(await count()).toStrictEqual([1, 1, 1])
      await remove(store, holder)
      expect(await replace(store, moved, budgets)).toBe('replaced')
      expect(await count()).toStrictEqual([0, 1, 1])
      await remove(store, moved)
      expect(await count()).toStrictEqual([0, 0, 0])
    })

    withStore(
      'gives back what the newest revision holds, also when all happens in one moment',
      async (store) => {
        const client = sampleClient({ holds: ['old'] })
        await create(store, client, [])
        await store.findClient(client.id)
        const answers = await Promise.all([
          replace(store, { ...client, holds: ['new'], revision: 2 }),
          replace(store, { ...client, holds: ['newest'], revision: 3 }),
          remove(store, client),
        ])
        // In whatever order they came: the client is gone.
        expect(answers[2]).toBe(true)
        for (const key of ['old', 'new', 'newest']) expect(await used(store, key)).toBe(0)
      },
    )

    withStore('counts a client once for each key that it holds, however often it says so', async (store) => {
      const client = sampleClient({ holds: ['a', 'b', 'a'] })
      const twice = [
        { key: 'a', most: 9 },
        { key: 'w', most: 9, windowEnds: LATER },
        { key: 'a', most: 1 },
        { key: 'w', most: 1, windowEnds: LATER },
      ]
      expect(await create(store, client, twice)).toBe('created')
      for (const key of ['a', 'b', 'w']) expect(await used(store, key)).toBe(1)
      expect(await create(store, sampleClient({ holds: ['a'] }), twice)).toStrictEqual({ exhausted: 'a' })
      for (const windowed of [
        [twice[1]!, twice[3]!],
        [twice[3]!, twice[1]!],
      ])
        expect(await create(store, sampleClient(), windowed)).toStrictEqual({ exhausted: 'w' })

      // It has its place already: neither a revision nor a lower ceiling takes another one, or that one away.
      const lower = [{ key: 'a', most: 0 }]
      expect(await replace(store, { ...client, holds: ['b', 'a'], revision: 2 }, lower)).toBe('replaced')
      for (const key of ['a', 'b']) expect(await used(store, key)).toBe(1)
      await remove(store, client)
      for (const key of ['a', 'b']) expect(await used(store, key)).toBe(0)
    })

    withStore('rejects what would never be given back, or too early, and changes nothing', async (store) => {
      const client = sampleClient({ holds: ['held'] })
      await create(store, client, [])
      const windowed = { key: 'held', most: 9, windowEnds: LATER }
      for (const budget of [{ key: 'other', most: 9 }, windowed]) {
        const another = sampleClient({ holds: ['held'] })
        for (const change of [
          () => create(store, another, [budget]),
          () => replace(store, { ...client, revision: 2 }, [budget]),
        ]) {
          const error = await change().catch((reason) => reason)
          expect(error instanceof Error && !(error instanceof StoreUnavailable)).toBe(true)
        }
        expect(await store.isClientIdTaken(another.id)).toBe(false)
      }
      expect([await used(store, 'held'), await used(store, 'other')]).toStrictEqual([1, 0])
      expect(await store.findClient(client.id)).toStrictEqual(client)
    })

    withStore('takes what was handed in, whatever happens to the objects afterwards', async (store) => {
      const holds = ['a']
      const budgets = [
        { key: 'a', most: 1 },
        { key: 'w', most: 1, windowEnds: LATER },
      ]
      const created = create(store, sampleClient({ holds }), budgets)
      holds[0] = 'b'
      for (const budget of budgets) Object.assign(budget, { key: 'b', most: 0 })
      expect(await created).toBe('created')
      const counts = [await used(store, 'a'), await used(store, 'w'), await used(store, 'b')]
      expect(counts).toStrictEqual([1, 1, 0])
    })

    withStore('has as many used as clients hold, after any course of events', async (store) => {
      const draw = createDraw(7)
      const keys = ['a', 'b', 'c']
      const living = new Map<string, ClientRecord>()
      const someKeys = () => keys.filter(() => draw(2) === 0)
      const budgetsOf = (holds: readonly string[]) => holds.map((key) => ({ key, most: 6 }))
      for (let step = 0; step < 120; step++) {
        const chosen = [...living.values()][draw(living.size + 1)]
        const holds = someKeys()
        if (!chosen) {
          const client = sampleClient({ holds })
          if ((await create(store, client, budgetsOf(holds))) === 'created') living.set(client.id, client)
        } else if (draw(3) === 0) {
          await remove(store, chosen)
          living.delete(chosen.id)
        } else {
          const changed = { ...chosen, holds, revision: chosen.revision + 1 }
          if ((await replace(store, changed, budgetsOf(holds))) === 'replaced') living.set(chosen.id, changed)
        }
        for (const key of keys) {
          const holders = [...living.values()].filter((client) => client.holds?.includes(key)).length
          expect([step, key, await used(store, key)]).toStrictEqual([step, key, holders])
          expect(holders <= 6).toBe(true)
        }
      }
    })
  })
}

/** Whole numbers below a limit, always the same ones: a failure can be repeated. */
function createDraw(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
