import { describe, expect, it } from 'vitest'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { applyRules } from './apply-rules.ts'
import type { Decision, Facts, Policy, Rule } from './policy.ts'

const POLICY = { name: 'inner-name', revision: 'abc', explain: 'words' } as const

const rule = (
  decide: (metadata: ClientMetadata) => readonly Decision[] | Promise<readonly Decision[]>,
): Rule<ClientMetadata> => ({ name: 'table.key', decide })

const apply = (
  rules: readonly Rule<ClientMetadata>[],
  metadata: ClientMetadata,
  {
    policy = POLICY,
    ...facts
  }: Partial<Facts> & { policy?: Pick<Policy, 'name' | 'revision' | 'explain'> } = {},
) => applyRules(rules, metadata, { policy, facts: { requested: metadata, ...facts } as Facts })

const amend = (member: string, to: unknown, effect = 'forced') =>
  ({ kind: 'amend', member, effect, to, because: 'is so' }) as Decision

describe('an amendment', () => {
  it('is recorded with what stood there, what stands there, the rule and the reason', async () => {
    const { metadata, decisions } = await apply([rule(() => [amend('client_name', 'B')])], {
      client_name: 'A',
    })
    expect(metadata).toEqual({ client_name: 'B' })
    expect(decisions).toEqual([
      { member: 'client_name', effect: 'forced', from: 'A', to: 'B', rule: 'table.key', because: 'is so' },
    ])
  })

  it('to what stands there already is none, so that rounds come to an end', async () => {
    const same = { contacts: ['a'], jwks: { keys: [{ a: 1, b: 2 }] } }
    const rules = [rule(() => [amend('contacts', ['a']), amend('jwks', { keys: [{ b: 2, a: 1 }] })])]
    expect((await apply(rules, same)).decisions).toEqual([])
  })

  it('is seen by the next rule, also after one that takes its time', async () => {
    const slow = rule(async () => [amend('client_name', 'B')])
    const next = rule(({ client_name }) => [amend('organization_name', `${client_name}!`)])
    expect((await apply([slow, next], {})).metadata).toEqual({ client_name: 'B', organization_name: 'B!' })
  })

  it('leaves the values that were handed in alone', async () => {
    const metadata = Object.freeze({ client_name: 'A' })
    await apply([rule(() => [amend('client_name', undefined, 'dropped')])], metadata)
    expect(metadata).toEqual({ client_name: 'A' })
  })

  it('reports as dropped what the client asked for and loses, and nothing that it did not ask for', async () => {
    const metadata = { grant_types: ['a', 'b'], scope: 'x y z', client_name: 'A' }
    const rules = [
      rule(() => [
        amend('grant_types', ['b'], 'narrowed'),
        amend('scope', 'y', 'narrowed'),
        amend('client_name', undefined, 'dropped'),
      ]),
    ]
    const requested = { grant_types: ['a', 'b'], scope: 'x y' }
    expect((await apply(rules, metadata, { requested })).dropped).toEqual([
      { member: 'grant_types', value: 'a', reason: 'grant_types.policy' },
      { member: 'scope', value: 'x', reason: 'scope.policy' },
    ])
  })

  it.each([
    ['client_name', 'client_name'],
    ['client_name#de', 'client_name'],
    ['client_name', 'client_name#de'],
  ])('of %s is a refusal where the credential fixed %s', async (member, fixed) => {
    const { metadata, problems } = await apply(
      [rule(() => [amend(member, 'B')])],
      { [member]: 'A' },
      {
        fixed: { [fixed]: 'A' },
      },
    )
    expect(metadata).toEqual({ [member]: 'A' })
    expect(problems).toMatchObject([{ member, reason: 'client_name.fixed' }])
  })

  it.each([
    ['scope', 'a', ''],
    ['grant_types', ['a'], []],
    ['redirect_uris', ['https://a.example'], undefined],
  ])(
    'that narrows %s to nothing is a refusal: an empty list never widens rights',
    async (member, from, to) => {
      const { metadata, problems } = await apply([rule(() => [amend(member, to, 'narrowed')])], {
        [member]: from,
      })
      expect(metadata).toEqual({ [member]: from })
      expect(problems).toMatchObject([{ member, reason: `${member}.nothing_left` }])
    },
  )
})

describe('a refusal', () => {
  const refuse = rule(() => [
    { kind: 'refuse', member: 'client_name#de', reason: 'pattern', because: 'is not so', index: 1 },
  ])

  it('becomes a problem in words, without the names of policy and rule', async () => {
    const { problems, metadata } = await apply([refuse, refuse], { 'client_name#de': 'A' })
    expect(problems[0]).toEqual({
      member: 'client_name#de',
      reason: 'client_name.pattern',
      message: 'is not so',
      rule: 'the policy of this server',
      index: 1,
    })
    expect(problems).toHaveLength(2)
    expect(metadata).toEqual({ 'client_name#de': 'A' })
  })

  it('names them where the policy is public', async () => {
    const { problems } = await apply([refuse], {}, { policy: { ...POLICY, explain: 'public' } })
    expect(problems).toMatchObject([{ rule: 'policy inner-name (abc): table.key' }])
  })
})

it('a denial stops no other rule, so that every problem is known', async () => {
  const deny = rule(() => [{ kind: 'deny', reason: 'denied', because: 'Nobody.' }])
  const applied = await apply([deny, rule(() => [amend('client_name', 'B')])], {})
  expect(applied.denials).toEqual([{ kind: 'deny', reason: 'denied', because: 'Nobody.', rule: 'table.key' }])
  expect(applied.metadata).toEqual({ client_name: 'B' })
})

it('a rule that throws is our fault or the host’s, and is not swallowed', async () => {
  const broken = rule(() => Promise.reject(new Error('look-up failed')))
  await expect(apply([broken], {})).rejects.toThrow('look-up failed')
})
