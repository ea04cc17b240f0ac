import { describe, expect, it } from 'vitest'
import { claimBudgets, planBudgets, planGivingBack, type StoredBudget } from './plan-budgets.ts'

const stored = new Map<string, StoredBudget>([
  ['a', { used: 3 }],
  ['w', { used: 3, windowEnds: 100 }],
])
const find = (key: string) => stored.get(key)

describe('what a change of a client does to budgets', () => {
  it('is nothing, and looks nothing up, for a client that counts against nothing', () => {
    const noLookUp = () => expect.unreachable()
    const none = claimBudgets(undefined, undefined, 1)
    expect(planBudgets(none, undefined, noLookUp)).toEqual([])
    // One that stays where it is writes nothing either.
    expect(planBudgets(claimBudgets(['a'], [{ key: 'a', most: 0 }], 1), ['a'], noLookUp)).toEqual([])
    expect(planGivingBack(undefined, noLookUp)).toEqual([])
  })

  it('names each key once, with what was found and what is to be there', () => {
    const budgets = [
      { key: 'b', most: 9 },
      { key: 'w', most: 9, windowEnds: 300 },
      { key: 'w', most: 9, windowEnds: 400 },
    ]
    const plan = (at: number) => planBudgets(claimBudgets(['b', 'c', 'b'], budgets, at), ['a', 'a'], find)
    expect(plan(99)).toEqual([
      { key: 'b', used: 1 },
      { key: 'w', used: 4, windowEnds: 100, before: { used: 3, windowEnds: 100 } },
      { key: 'c', used: 1 },
      { key: 'a', used: 2, before: { used: 3 } },
    ])
    expect(plan(100)).toContainEqual({
      key: 'w',
      used: 1,
      windowEnds: 300,
      before: { used: 3, windowEnds: 100 },
    })
    expect(planGivingBack(['a', 'gone', 'a'], find)).toEqual([{ key: 'a', used: 2, before: { used: 3 } }])
  })

  it('is one word where nothing is left: the first budget of which that is so', () => {
    const budgets = [
      { key: 'w', most: 3, windowEnds: 300 },
      { key: 'a', most: 3 },
    ]
    expect(planBudgets(claimBudgets(['a'], budgets, 99), undefined, find)).toEqual({ exhausted: 'w' })
    expect(planBudgets(claimBudgets(['a'], budgets, 100), undefined, find)).toEqual({ exhausted: 'a' })
  })
})
