import { describe, expect, it } from 'vitest'
import { faultsOfPolicy, judgePolicy } from '../../../../test/harness/judge-policy.ts'
import type { PolicyDefinition } from '../policy-definition.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }
const CODE = 'authorization_code'
const REFRESH = 'refresh_token'
const MACHINE = 'client_credentials'

type Row = readonly [
  rule: string,
  table: NonNullable<PolicyDefinition['grant_types']>,
  asked: readonly string[] | undefined,
  granted: readonly string[],
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  ['takes what is allowed', { allowed: [CODE, REFRESH] }, [CODE, REFRESH], [CODE, REFRESH], []],
  ['takes a part of what is asked', { allowed: [CODE, REFRESH] }, [CODE, MACHINE], [CODE], []],
  [
    'takes nothing where nothing is left: an empty list never widens rights',
    { allowed: [MACHINE] },
    [CODE],
    [CODE],
    ['grant_types.nothing_left'],
  ],
  [
    'judges the default of the standard (RFC 7591 §2)',
    { allowed: [MACHINE] },
    undefined,
    [CODE],
    ['grant_types.nothing_left'],
  ],
  [
    'refuses a part',
    { allowed: [CODE], outside: 'reject' },
    [CODE, MACHINE],
    [CODE, MACHINE],
    ['grant_types.allowed[1]'],
  ],
  [
    'refuses the default',
    { allowed: [MACHINE], outside: 'reject' },
    undefined,
    [CODE],
    ['grant_types.allowed[0]'],
  ],
  ['has a default of its own', { default: [MACHINE] }, undefined, [MACHINE], []],
  ['has a default only for who says nothing', { default: [MACHINE] }, [CODE], [CODE], []],
  [
    'gives nobody the default whose wishes were all bad',
    { allowed: [MACHINE], default: [MACHINE] },
    [CODE],
    [CODE],
    ['grant_types.nothing_left'],
  ],
  ['sets what everybody gets', { force: [MACHINE] }, [CODE, REFRESH], [MACHINE], []],
  ['requires', { required: [REFRESH] }, [CODE, REFRESH], [CODE, REFRESH], []],
  ['requires, of the default too', { required: [REFRESH] }, undefined, [CODE], ['grant_types.required']],
  [
    'takes one only beside another',
    { requires: { [MACHINE]: [CODE] } },
    [CODE, MACHINE],
    [CODE, MACHINE],
    [],
  ],
  ['drops one that lacks another', { requires: { [REFRESH]: [MACHINE] } }, [CODE, REFRESH], [CODE], []],
  [
    'drops what needs what was dropped',
    { requires: { [REFRESH]: [MACHINE], [MACHINE]: ['urn:ietf:params:oauth:grant-type:device_code'] } },
    [CODE, REFRESH, MACHINE],
    [CODE],
    [],
  ],
  [
    'refuses one that lacks another',
    { requires: { [REFRESH]: [MACHINE] }, outside: 'reject' },
    [CODE, REFRESH],
    [CODE, REFRESH],
    ['grant_types.requires'],
  ],
  [
    'refuses a combination',
    { not_together: [[CODE, MACHINE]] },
    [CODE, MACHINE, REFRESH],
    [CODE, MACHINE, REFRESH],
    ['grant_types.not_together'],
  ],
  [
    'takes a part of a combination',
    { not_together: [[CODE, MACHINE]] },
    [CODE, REFRESH],
    [CODE, REFRESH],
    [],
  ],
]

describe.each(['register', 'update'] as const)('[grant_types], at: %s', (operation) => {
  it.each(ROWS)('%s: %j, %j', async (_, grant_types, asked, granted, problems) => {
    const body = asked === undefined ? WEB : { ...WEB, grant_types: asked }
    const judged = await judgePolicy({ grant_types }, body, { operation })
    expect(judged.problems).toEqual(problems)
    expect(judged.granted.grant_types).toEqual(granted)
    if (problems.length === 0)
      expect(judged.granted.response_types).toEqual(granted.includes(CODE) ? ['code'] : [])
  })

  it('leaves what a credential fixed, and refuses what contradicts it', async () => {
    const judged = await judgePolicy({ grant_types: { allowed: [CODE] } }, WEB, {
      operation,
      fixed: { grant_types: [CODE, REFRESH] },
    })
    expect(judged.problems).toContain('grant_types.fixed')
    expect(judged.granted.grant_types).toEqual([CODE, REFRESH])
  })

  it('names the values that are allowed', async () => {
    const judged = await judgePolicy(
      { grant_types: { allowed: [CODE], outside: 'reject' } },
      { ...WEB, grant_types: [MACHINE] },
      { operation },
    )
    expect(judged.messages.grant_types).toBe('may only have authorization_code')
  })
})

describe.each(['register', 'update'] as const)('[response_types], at: %s', (operation) => {
  it('does not depend on the order of words (RFC 6749 §3.1.1)', async () => {
    const asked = { ...WEB, response_types: ['code', 'id_token code'] }
    const judged = await judgePolicy(
      { response_types: { allowed: ['code', 'code id_token'], outside: 'reject' } },
      asked,
      { operation },
    )
    expect(judged.problems).toEqual([])
  })

  it('takes none where none is allowed, which a client of the code grant cannot do with', async () => {
    const judged = await judgePolicy({ response_types: { allowed: [] } }, WEB, { operation })
    expect(judged.problems).toContain('response_types.nothing_left')
    const machine = await judgePolicy(
      { response_types: { allowed: [] } },
      { grant_types: [MACHINE] },
      { operation },
    )
    expect(machine).toMatchObject({ problems: [], granted: { response_types: [] } })
  })
})

describe('[grant_types] is checked', () => {
  it.each([
    [{ allowed: ['implicit', CODE] }, ['warning grant_types.allowed']],
    [{ allowed: [] }, ['error grant_types.allowed']],
    [{ allowed: ['implicit'] }, ['warning grant_types.allowed', 'error grant_types.allowed']],
    [{ default: ['implicit'] }, ['error grant_types.default']],
    [{ allowed: [CODE], force: [MACHINE] }, ['error grant_types.force']],
    [{ allowed: [CODE], required: [MACHINE] }, ['error grant_types.required']],
    [{ default: [CODE], required: [REFRESH] }, ['error grant_types.default']],
    [{ default: [CODE, REFRESH], requires: { [REFRESH]: [MACHINE] } }, ['error grant_types.default']],
    [{ default: [CODE, MACHINE], not_together: [[CODE, MACHINE]] }, ['error grant_types.default']],
    [
      { allowed: [CODE, REFRESH], requires: { [REFRESH]: [MACHINE] } },
      ['warning grant_types.requires.refresh_token'],
    ],
    [{ required: [CODE, MACHINE], not_together: [[CODE, MACHINE]] }, ['error grant_types.not_together.0']],
    [{ allowed: [CODE], not_together: [[CODE, MACHINE]] }, ['warning grant_types.not_together.0']],
    [{ allowed: [CODE], default: [CODE] }, []],
  ] as const)('%j: %j', (grant_types, faults) => {
    expect(faultsOfPolicy({ grant_types } as never)).toEqual(faults)
  })
})
