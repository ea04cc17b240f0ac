import { SAMPLE_TIME, sampleAudit, sampleClient, sampleInitialAccessToken } from '../store-samples.ts'
import type { TestFunctions } from '../test-functions.ts'
import { create, LATER, remove, replace, used } from './budget-verbs.ts'
import { type Case, countAnswers, HOSTILE_TEXTS } from './store-case.ts'

/** How creations and replacements of clients take from budgets, all or nothing (RFC 7591 §5). */
export function describeBudgets(withStore: Case, { describe, expect }: TestFunctions): void {
  describe('for budgets', () => {
    withStore('lets exactly three of 50 parallel creations take the last three', async (store) => {
      const kinds = [
        { budget: { key: 'standing', most: 5 }, holds: ['standing'] },
        { budget: { key: 'windowed', most: 5, windowEnds: LATER }, holds: [] },
      ]
      for (const { budget, holds } of kinds) {
        for (let times = 0; times < 2; times++) await create(store, sampleClient({ holds }), [budget])
        const clients = Array.from({ length: 50 }, () => sampleClient({ holds }))
        const counts = await countAnswers(50, (index) => create(store, clients[index]!, [budget]))
        expect(counts).toStrictEqual({ created: 3, [`exhausted: ${budget.key}`]: 47 })
        const found = await Promise.all(clients.map(({ id }) => store.findClient(id)))
        expect(found.filter((client) => client !== undefined).length).toBe(3)
        expect(await used(store, budget.key)).toBe(5)
      }
      expect((await store.listAudit({ limit: 99 })).length).toBe(10)
    })

    withStore('lets exactly one of 50 parallel replacements take the last one', async (store) => {
      const kinds = [
        { budget: { key: 'standing', most: 1 }, holds: ['standing'] },
        { budget: { key: 'windowed', most: 1, windowEnds: LATER }, holds: [] },
      ]
      for (const { budget, holds } of kinds) {
        const clients = Array.from({ length: 50 }, () => sampleClient())
        for (const client of clients) await create(store, client, [])
        const counts = await countAnswers(50, (index) =>
          replace(store, { ...clients[index]!, revision: 2, holds }, [budget]),
        )
        expect(counts).toStrictEqual({ replaced: 1, [`exhausted: ${budget.key}`]: 49 })
        const found = await Promise.all(clients.map(({ id }) => store.findClient(id)))
        expect(found.filter((client) => client?.revision === 2).length).toBe(1)
        expect(await used(store, budget.key)).toBe(1)
      }
    })

    withStore(
      'gives back a standing budget with the client, once, and never a windowed one',
      async (store) => {
        const budgets = [
          { key: 'standing', most: 2 },
          { key: 'windowed', most: 2, windowEnds: LATER },
        ]
        const [client, other] = [
          sampleClient({ holds: ['standing'] }),
          sampleClient({ id: 'any text', holds: ['standing'] }),
        ]
        for (const each of [client, other]) expect(await create(store, each, budgets)).toBe('created')
        expect(await countAnswers(50, () => remove(store, client))).toStrictEqual({ true: 1, false: 49 })
        expect([await used(store, 'standing'), await used(store, 'windowed')]).toStrictEqual([1, 2])
        const late = sampleClient({ holds: ['standing'] })
        expect(await create(store, late, budgets)).toStrictEqual({ exhausted: 'windowed' })
        expect(await create(store, late, budgets.slice(0, 1))).toBe('created')
        await remove(store, late)
        await remove(store, other)
        expect(await used(store, 'standing')).toBe(0)
      },
    )

    withStore(
      'opens a new window in the second in which the old one ends, with its own end',
      async (store) => {
        const key = 'windowed'
        const at = (createdAt: number, windowEnds: number) =>
          create(store, sampleClient({ createdAt }), [{ key, most: 2, windowEnds }])
        expect(await at(SAMPLE_TIME, LATER)).toBe('created')
        // Whoever comes in the meantime does not prolong it.
        expect(await at(LATER - 1, LATER + 500)).toBe('created')
        expect(await at(LATER - 1, LATER + 500)).toStrictEqual({ exhausted: key })
        const counts = [await store.countBudget(key, LATER - 1), await store.countBudget(key, LATER)]
        expect(counts).toStrictEqual([2, 0])
        for (let times = 0; times < 2; times++) expect(await at(LATER, LATER + 60)).toBe('created')
        expect(await at(LATER + 59, LATER + 120)).toStrictEqual({ exhausted: key })
        const client = sampleClient()
        await create(store, client, [])
        const change = (updatedAt: number) =>
          replace(store, { ...client, updatedAt, revision: 2 }, [{ key, most: 2, windowEnds: LATER + 120 }])
        expect(await change(LATER + 59)).toStrictEqual({ exhausted: key })
        expect(await change(LATER + 60)).toBe('replaced')
        expect(await store.countBudget(key, LATER + 119)).toBe(1)
      },
    )

    withStore('writes nothing at all when one of several budgets is exhausted', async (store) => {
      const token = sampleInitialAccessToken()
      await store.createInitialAccessToken(token, sampleAudit(token.id, 'initial_access_token.created'))
      const [holder, client] = [sampleClient({ holds: ['full'] }), sampleClient({ terms: ['a=1'] })]
      await create(store, holder, [{ key: 'full', most: 1 }])
      await create(store, client, [])
      const holds = ['a', 'full', 'b']
      const replayMark = { kind: 'StatementReplay', id: 'any text' }
      const budgets = [
        { key: 'a', most: 9 },
        { key: 'w', most: 9, windowEnds: LATER },
        { key: 'full', most: 1 },
        { key: 'b', most: 0 },
      ]
      const late = sampleClient({ holds, terms: ['a=2'] })
      const change = { spends: token.id, replayMark, budgets }
      expect(await store.createClient(late, { ...change, audit: sampleAudit(late.id) })).toStrictEqual({
        exhausted: 'full',
      })
      expect(
        await store.replaceClient(
          { ...client, holds, terms: ['a=2'], revision: 2 },
          { replayMark, budgets, audit: sampleAudit(client.id) },
        ),
      ).toStrictEqual({ exhausted: 'full' })

      for (const key of ['a', 'w', 'b']) expect(await used(store, key)).toBe(0)
      expect(await used(store, 'full')).toBe(1)
      expect(await store.isClientIdTaken(late.id)).toBe(false)
      expect(await store.findClient(client.id)).toStrictEqual(client)
      expect(await store.listClients({ limit: 9, term: 'a=1' })).toStrictEqual([client])
      expect(await store.listClients({ limit: 9, term: 'a=2' })).toStrictEqual([])
      expect(await store.findArtifact(replayMark.kind, replayMark.id)).toBe(undefined)
      expect(await store.findInitialAccessToken(token.id)).toStrictEqual(token)
      expect((await store.listAudit({ limit: 9 })).length).toBe(3)
      const free = [{ key: 'b', most: 1 }]
      expect(await create(store, { ...late, holds: ['b'] }, free)).toBe('created')
    })

    withStore('takes nothing when nothing is created or replaced for another reason', async (store) => {
      const replayMark = { kind: 'StatementReplay', id: 'any text' }
      const client = sampleClient()
      const audit = sampleAudit(client.id)
      await store.createClient(client, { replayMark, audit })
      const holds = ['standing']
      const other = sampleClient({ holds, terms: ['a=1'] })
      const budgets = [
        { key: 'standing', most: 9 },
        { key: 'windowed', most: 9, windowEnds: LATER },
      ]
      expect(await store.createClient({ ...client, holds }, { budgets, audit })).toBe('id_taken')
      expect(await store.createClient(other, { budgets, replayMark, audit })).toBe('statement_replayed')
      expect(await store.createClient(other, { budgets, spends: 'nothing', audit })).toBe('token_spent')
      const changed = { ...client, holds, terms: ['a=1'] }
      expect(await replace(store, { ...changed, revision: 9 }, budgets)).toBe('conflict')
      expect(await replace(store, { ...other, revision: 2 }, budgets)).toBe('gone')
      expect(await store.replaceClient({ ...changed, revision: 2 }, { budgets, replayMark, audit })).toBe(
        'statement_replayed',
      )
      expect([await used(store, 'standing'), await used(store, 'windowed')]).toStrictEqual([0, 0])
      expect(await store.listClients({ limit: 9, term: 'a=1' })).toStrictEqual([])
    })

    withStore('keeps keys of any text apart', async (store) => {
      const ends = (index: number) => (index % 2 === 0 ? {} : { windowEnds: LATER })
      const budgets = HOSTILE_TEXTS.map((key, index) => ({ key, most: index + 1, ...ends(index) }))
      for (const budget of budgets) {
        expect(await used(store, budget.key)).toBe(0)
        const holds = budget.windowEnds === undefined ? [budget.key] : []
        for (let times = 0; times < budget.most; times++)
          expect(await create(store, sampleClient({ holds }), [budget])).toBe('created')
        expect(await create(store, sampleClient({ holds }), [budget])).toStrictEqual({
          exhausted: budget.key,
        })
      }
      for (const { key, most } of budgets) expect(await used(store, key)).toBe(most)
    })

    withStore('deletes windows that are over, at most so many, and nothing else', async (store) => {
      const windows = Array.from({ length: 5 }, (_, index) => ({
        key: `w${index}`,
        most: 9,
        windowEnds: LATER + index,
      }))
      await create(store, sampleClient({ holds: ['standing'] }), [{ key: 'standing', most: 9 }, ...windows])
      expect(await store.deleteExpiredBudgets(LATER, 9)).toBe(0)
      expect(await store.deleteExpiredBudgets(LATER + 4, 3)).toBe(3)
      expect(await store.deleteExpiredBudgets(LATER + 4, 3)).toBe(1)
      expect(await store.deleteExpiredBudgets(LATER + 4, 3)).toBe(0)
      expect(await store.deleteExpiredBudgets(LATER + 99, 0)).toBe(0)
      for (const { key } of windows.slice(0, 4)) expect(await used(store, key)).toBe(0)
      expect([await used(store, 'w4'), await used(store, 'standing')]).toStrictEqual([1, 1])
      expect(await store.deleteExpiredBudgets(Number.MAX_SAFE_INTEGER, 9)).toBe(1)
      expect(await used(store, 'standing')).toBe(1)
    })
  })
}
