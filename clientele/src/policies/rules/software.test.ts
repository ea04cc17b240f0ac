import { describe, expect, it } from 'vitest'
import { faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import { software } from './software.ts'

const VOUCHED = { issuer: 'https://directory.example', statement: 'x', metadata: {} }
const BOTH = { software_id: '4NRB1-0XZABZI9E6-5SM3R', software_version: '1.2' }

type Row = readonly [
  rule: string,
  terms: Record<string, unknown>,
  metadata: Record<string, string>,
  vouched: typeof VOUCHED | undefined,
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  ['takes both where both are demanded', { required: true }, BOTH, undefined, []],
  ['demands the version', { required: true }, { software_id: 'a' }, undefined, ['software_version.required']],
  ['demands both', { required: true }, {}, undefined, ['software_id.required', 'software_version.required']],
  ['takes an id that matches', { id_pattern: '4NRB1-.*' }, BOTH, undefined, []],
  ['refuses an id that matches in part', { id_pattern: '4NRB1' }, BOTH, undefined, ['software_id.pattern']],
  ['takes a version that matches', { version_pattern: '1\\.\\d+' }, BOTH, undefined, []],
  [
    'refuses a version that does not',
    { version_pattern: '2\\..*' },
    BOTH,
    undefined,
    ['software_version.pattern'],
  ],
  [
    'holds no patterns against what is not there',
    { id_pattern: 'a', version_pattern: 'b' },
    {},
    undefined,
    [],
  ],
  ['demands a statement', { statement: 'required' }, BOTH, undefined, ['software_statement.required']],
  ['takes a statement', { statement: 'required' }, {}, VOUCHED, []],
  ['takes none where it is optional', { statement: 'optional', issuers: [] }, {}, undefined, []],
  ['takes a trusted issuer', { issuers: [VOUCHED.issuer] }, {}, VOUCHED, []],
  [
    'refuses another issuer, demanded or not',
    { issuers: ['https://other.example'] },
    {},
    VOUCHED,
    ['software_statement.issuer'],
  ],
  [
    'compares issuers exactly',
    { issuers: [`${VOUCHED.issuer}/`] },
    {},
    VOUCHED,
    ['software_statement.issuer'],
  ],
]

describe.each(['register', 'update'] as const)('[software] at: %s', (operation) => {
  it.each(ROWS)('%s: %j', async (_, terms, metadata, vouched, problems) => {
    const facts = { operation, ...(vouched ? { vouched } : {}) }
    expect((await judgeSection(software, terms, metadata, facts)).problems).toEqual(problems)
  })
})

describe('faults of [software]', () => {
  it.each([
    [{ statement: 'required', issuers: ['https://a.example'] }, []],
    [{ statement: 'required', issuers: [] }, ['error issuers']],
    [{ id_pattern: '[' }, ['schema id_pattern']],
    [{ statement: 'yes' }, ['schema statement']],
  ])('%j: %j', (terms, faults) => {
    expect(faultsOf(software, terms)).toEqual(faults)
  })
})
