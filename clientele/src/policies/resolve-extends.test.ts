import { describe, expect, it } from 'vitest'
import type { PolicyDefinition } from './policy-definition.ts'
import { policyRevision } from './policy-revision.ts'
import { resolveExtends } from './resolve-extends.ts'

const known = (own: readonly object[], presets: readonly object[] = []) => {
  const byName = (list: readonly object[]) =>
    new Map((list as readonly PolicyDefinition[]).map((each) => [each.name!, each]))
  return { own: byName(own), presets: byName(presets) }
}
const resolve = (policy: object, ...lists: Parameters<typeof known>) =>
  resolveExtends(policy as PolicyDefinition, known(...lists))

describe('extends', () => {
  const base = {
    name: 'base',
    description: 'the first',
    explain: 'public',
    when: { gates: ['open'] },
    redirect_uris: { hosts: ['a.example', 'b.example'], max_count: 2 },
    scope: { allowed: ['a'] },
    deny: [{ because: 'no' }],
  }

  it('merges tables key by key, and replaces values and lists', () => {
    const policy = {
      name: 'mine',
      extends: 'base',
      redirect_uris: { hosts: ['c.example'] },
      scope: { allowed: [] },
    }
    expect(resolve(policy, [base]).definition).toEqual({
      name: 'mine',
      extends: 'base',
      explain: 'public',
      redirect_uris: { hosts: ['c.example'], max_count: 2 },
      scope: { allowed: [] },
      deny: [{ because: 'no' }],
    })
  })

  it('adds to what stops somebody: denials, its own first, and rules of the host, except one of the same name', () => {
    const rule = (name: string, decide: unknown) => ({ name, round: 'granted', decide })
    const [first, second, third] = [() => [], () => [], () => []]
    const below = { ...base, rules: [rule('a', first), rule('b', first)] }
    const policy = {
      name: 'mine',
      extends: 'base',
      deny: [{ because: 'mine' }],
      rules: [rule('b', second), rule('c', third)],
    }
    const { definition } = resolve(policy, [below])
    expect(definition.deny).toEqual([{ because: 'mine' }, { because: 'no' }])
    expect(definition.rules).toEqual([rule('a', first), rule('b', second), rule('c', third)])
    expect(resolve({ ...policy, deny: [] }, [below]).definition.deny).toEqual([{ because: 'no' }])
  })

  it('does not take over the name, the description and the conditions', () => {
    const { definition } = resolve({ name: 'mine', extends: 'base' }, [base])
    expect(definition).not.toHaveProperty('when')
    expect(definition).not.toHaveProperty('description')
    expect(definition.name).toBe('mine')
  })

  it('reaches over several policies', () => {
    const middle = { name: 'middle', extends: 'base', redirect_uris: { min_count: 1 } }
    const { definition, faults } = resolve({ name: 'top', extends: 'middle' }, [base, middle])
    expect(faults).toEqual([])
    expect(definition).toMatchObject({ redirect_uris: { max_count: 2, min_count: 1 } })
  })

  it('an unknown name is a fault with the nearest known one', () => {
    expect(resolve({ name: 'mine', extends: 'bsae' }, [base]).faults).toMatchObject([
      { path: ['extends'], found: '"bsae"', allowed: 'one of base', nearest: 'base' },
    ])
  })

  it('a circle is a fault that shows it', () => {
    const a = { name: 'a', extends: 'b' }
    const b = { name: 'b', extends: 'a' }
    expect(resolve(a, [a, b]).faults[0]?.message).toContain('a extends b extends a')
    const self = { name: 'self', extends: 'self' }
    expect(resolve(self, [self]).faults[0]?.message).toContain('self extends self')
  })

  it("a policy of the operator's replaces the preset of its name, for all that extend it, and may extend it itself", () => {
    const preset = { name: 'mcp', redirect_uris: { max_count: 9 } }
    const mine = { name: 'mcp', extends: 'mcp', redirect_uris: { min_count: 1 } }
    expect(resolve(mine, [mine], [preset])).toMatchObject({
      faults: [],
      definition: { redirect_uris: { max_count: 9, min_count: 1 } },
    })
    expect(resolve({ name: 'other', extends: 'mcp' }, [mine], [preset])).toMatchObject({
      faults: [],
      definition: { redirect_uris: { max_count: 9, min_count: 1 } },
    })
  })

  it('a table called __proto__ changes nobody else', () => {
    const odd = JSON.parse('{"name":"odd","extends":"base","__proto__":{"polluted":true}}')
    resolve(odd, [base])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('the revision of a policy', () => {
  const revision = (policy: object) => policyRevision(policy as PolicyDefinition)

  it('is 12 hexadecimal digits that do not depend on the order of keys', () => {
    const first = revision({ name: 'a', redirect_uris: { min_count: 1, max_count: 2 }, explain: 'words' })
    expect(first).toMatch(/^[0-9a-f]{12}$/)
    expect(revision({ explain: 'words', redirect_uris: { max_count: 2, min_count: 1 } })).toBe(first)
  })

  it('changes with everything that is demanded, the order of lists and what is extended included', () => {
    const revisions = [
      { redirect_uris: { hosts: ['a', 'b'] } },
      { redirect_uris: { hosts: ['b', 'a'] } },
      { redirect_uris: { hosts: ['a'] } },
      { redirect_uris: { hosts: 'a' } },
      { when: { gates: ['open'] } },
      { rules: [{ name: 'x', round: 'asked', decide: () => [] }] },
      { rules: [{ name: 'x', round: 'granted', decide: () => [] }] },
      { makeClientId: function own() {} },
      {},
    ].map(revision)
    expect(new Set(revisions).size).toBe(revisions.length)
  })

  it('does not change with what the policy is called and described as', () => {
    expect(revision({ name: 'a', description: 'x' })).toBe(revision({ name: 'b' }))
  })
})
