import { describe, expect, it } from 'vitest'
import { budgetsOf, faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import { names } from './names.ts'

type Row = readonly [
  rule: string,
  terms: Record<string, unknown>,
  metadata: Record<string, string>,
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  ['counts to the least', { min_length: 3 }, { client_name: 'ab' }, ['client_name.too_short']],
  ['counts to the most', { max_length: 3 }, { client_name: 'abcd' }, ['client_name.too_long']],
  ['counts characters, not code units', { max_length: 3, min_length: 3 }, { client_name: '😀😀😀' }, []],
  [
    'judges organization_name too',
    { max_length: 3 },
    { organization_name: 'abcd' },
    ['organization_name.too_long'],
  ],
  [
    'judges localized variants too',
    { max_length: 3 },
    { client_name: 'abc', 'client_name#ja-Jpan': 'abcd' },
    ['client_name#ja-Jpan.too_long'],
  ],
  [
    'judges the members that it names',
    { max_length: 3, members: ['description'] },
    { client_name: 'abcd', description: 'abcd' },
    ['description.too_long'],
  ],
  ['demands no name', { min_length: 3, characters: 'ascii', protected: ['a'], reserved: ['b'] }, {}, []],
  ['takes ASCII', { characters: 'ascii' }, { client_name: 'My App (2)' }, []],
  ['refuses what is not ASCII', { characters: 'ascii' }, { client_name: 'Café' }, ['client_name.characters']],
  ['takes Latin', { characters: 'latin' }, { client_name: 'Café Zürich №'.replace(' №', ', 2') }, []],
  [
    'refuses what is not Latin',
    { characters: 'latin' },
    { client_name: 'Pаypal' },
    ['client_name.characters'],
  ],
  ['takes any letters', { characters: 'any-letters' }, { client_name: '予定表 планировщик' }, []],
  [
    'refuses pictures',
    { characters: 'any-letters' },
    { client_name: '✅ Verified' },
    ['client_name.characters'],
  ],
  ['takes a class of the operator', { characters: '[\\p{Greek} ]' }, { client_name: 'αβ γ' }, []],
  ['refuses what is not in it', { characters: '[a-z ]' }, { client_name: 'Abc' }, ['client_name.characters']],
  ['takes one script', { single_script: true }, { client_name: 'Планировщик 2.0 ✅' }, []],
  [
    'takes what Japanese is written in',
    { single_script: true },
    { client_name: 'NTTの予定表カレンダー' },
    [],
  ],
  [
    'refuses mixed scripts (UTS 39 §5.2)',
    { single_script: true },
    { client_name: 'Pаypal' },
    ['client_name.mixed_scripts'],
  ],
  [
    'refuses Greek in Latin',
    { single_script: true },
    { client_name: 'ρaypal' },
    ['client_name.mixed_scripts'],
  ],
  ...['Admin', 'admin', 'ADMIN', 'аdmin', 'a d m i n', 'Admin!', 'ａｄｍｉｎ'].map(
    (name): Row => [
      'reserves a whole name, look-alikes included',
      { reserved: ['Admin'] },
      { client_name: name },
      ['client_name.reserved'],
    ],
  ),
  ['reserves no more than the whole name', { reserved: ['Admin'] }, { client_name: 'Admin Console' }, []],
  ...[
    'PayPal',
    'paypal',
    'PAYPAL',
    'PayPal Login',
    'My PayPal',
    'Pay-Pal',
    'P a y p a l',
    'Pay_Pal—Login',
    'paypaI',
    'Paypa1',
    'Paypa|',
    'РауРаl',
    'ραyραl',
    'Páypal',
    'Pa\u0335ypal',
    'ⓅⓐⓨⓅⓐⓛ',
    'ＰａｙＰａｌ',
    '𝐏𝐚𝐲𝐏𝐚𝐥',
    'Pay\u200bPal',
    'Pay\u00adPal',
    'PayPał',
    'Login with pаypal',
    'Páypal Login',
    'My PayPał',
    'ＰａｙＰａｌ App',
  ].map(
    (name): Row => [
      'protects a name, and what looks like it',
      { protected: ['PayPal'] },
      { client_name: name },
      ['client_name.protected'],
    ],
  ),
  ...['Paypals', 'Ray Pal', 'Repay Palace', 'My App', '予定表'].map(
    (name): Row => ['lets other names be', { protected: ['PayPal'] }, { client_name: name }, []],
  ),
  [
    'protects however the operator writes it',
    { protected: ['invoice'] },
    { client_name: 'lnvoice' },
    ['client_name.protected'],
  ],
  [
    'protects names of several words',
    { protected: ['Acme Bank'] },
    { client_name: 'The ACME-Bank app' },
    ['client_name.protected'],
  ],
  [
    'protects names with rn for m',
    { protected: ['Gmail'] },
    { client_name: 'Grnail' },
    ['client_name.protected'],
  ],
  [
    'protects in every language',
    { protected: ['PayPal'] },
    { client_name: 'x', 'client_name#ru': 'РауРаl' },
    ['client_name#ru.protected'],
  ],
]

describe.each(['register', 'update'] as const)('[names] at: %s', (operation) => {
  it.each(ROWS)('%s: %j %j', async (_, terms, metadata, problems) => {
    const judged = await judgeSection(names, terms, metadata, { operation })
    expect(judged).toEqual({ problems, amended: {}, dropped: [] })
  })
})

describe('a protected name', () => {
  const metadata = { client_name: 'PayPal' }
  const problemsWith = async (facts: object) =>
    (await judgeSection(names, { protected: ['PayPal'] }, metadata, facts)).problems

  it('may be fixed by a credential', async () => {
    expect(await problemsWith({ fixed: metadata })).toEqual([])
    expect(await problemsWith({ fixed: { redirect_uris: [] } })).toEqual(['client_name.protected'])
  })

  it('may be given by whoever has the permission', async () => {
    expect(await problemsWith({ permissions: ['oauth-client-override'] })).toEqual([])
  })

  it('is not to be had by the word of a software statement', async () => {
    const vouched = { issuer: 'https://d.example', statement: 'x', metadata }
    expect(await problemsWith({ vouched })).toEqual(['client_name.protected'])
  })
})

describe('unique names', () => {
  const keys = (name: string, unique = 'registry') =>
    budgetsOf(names, { unique }, { client_name: name }).map(({ key }) => key)
  const meet = (a: string, b: string) => keys(a).some((key) => keys(b).includes(key))

  it.each([
    ['My App', 'my app', true],
    ['My App', 'My-App', true],
    ['My App', 'Му Арр', true],
    ['Invoice', 'lnvoice', true],
    ['Invoice', 'INVOICE', true],
    ['Café', 'Cafe', true],
    ['My App', 'My App 2', false],
    ['कलम', 'कमल', false],
    ['की', 'का', false],
    ['😀', '😀', true],
    ['😀', '😡', false],
  ])('%s and %s meet: %s', (a, b, expected) => {
    expect(meet(a, b)).toBe(expected)
  })

  it('are standing budgets of one, about client_name', () => {
    const [budget] = budgetsOf(names, { unique: 'registry' }, { client_name: 'App' })
    expect(budget).toMatchObject({ most: 1, member: 'client_name', rule: 'names.unique' })
    expect(budget).not.toHaveProperty('windowEnds')
  })

  it('are counted in the policy alone where it says so', () => {
    expect(keys('App', 'policy')).not.toEqual(keys('App', 'registry'))
  })

  it('count a name in two languages once', () => {
    const asked = { client_name: 'App', 'client_name#de': 'App', 'client_name#fr': 'Appli' }
    const found = budgetsOf(names, { unique: 'registry' }, asked)
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length)
    expect(found.map(({ member }) => member)).toContain('client_name#fr')
  })

  it('do not ask who stands behind the client, who may have several', () => {
    expect(budgetsOf(names, { unique: 'registry' }, { organization_name: 'Acme' })).toEqual([])
  })

  it('are not counted where nobody asks for them', () => {
    expect(budgetsOf(names, {}, { client_name: 'App' })).toEqual([])
  })
})

describe('faults of [names]', () => {
  it.each([
    [{ min_length: 2, max_length: 40, characters: 'latin', unique: 'policy' }, []],
    [{ min_length: 2, max_length: 1 }, ['error min_length']],
    [{ members: ['redirect_uris'] }, ['error members']],
    [{ members: ['client_nam'] }, ['error members']],
    [{ characters: 'letters' }, ['schema characters']],
    [{ characters: '[z-a]' }, ['schema characters']],
    [{ protected: [''] }, ['schema protected.0']],
    [{ unique: true }, ['schema unique']],
  ])('%j: %j', (terms, faults) => {
    expect(faultsOf(names, terms)).toEqual(faults)
  })
})
