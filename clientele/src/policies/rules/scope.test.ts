import { describe, expect, it } from 'vitest'
import { CAPABILITIES, faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import { scope } from './scope.ts'

const STANDARD = CAPABILITIES.defaultScopes.join(' ')

type Row = readonly [
  rule: string,
  terms: Record<string, unknown>,
  asked: string | undefined,
  /** The scope in the end, or the reason of the refusal. */
  expected: string,
]

/** A client that names no scope has the server's own default by then. */
const ROWS: readonly Row[] = [
  ['leaves what is allowed', { allowed: ['openid', 'email'] }, 'openid email', 'openid email'],
  ['narrows to what is allowed', { allowed: ['openid'] }, 'openid email', 'openid'],
  ['refuses what would be narrowed to nothing', { allowed: ['openid'] }, 'email', 'outside'],
  ['refuses where it rejects', { allowed: ['openid'], outside: 'reject' }, 'openid email', 'outside'],
  [
    'takes a part between colons for *',
    { allowed: ['orders:*'] },
    'orders:read orders:eu:read',
    'orders:read',
  ],
  [
    'takes several for **',
    { allowed: ['orders:**'] },
    'orders:read orders:eu:read',
    'orders:read orders:eu:read',
  ],
  ['compares values with case', { allowed: ['OpenID'] }, 'openid', 'outside'],
  [
    'takes what a pattern matches as a whole',
    { patterns: ['orders:(read|write)'] },
    'orders:read orders:eu:read',
    'orders:read',
  ],
  [
    'takes what is allowed by name or by pattern',
    { allowed: ['openid'], patterns: ['e.*l'] },
    'openid email admin',
    'openid email',
  ],
  ['gives nothing for an empty list of patterns', { patterns: [] }, 'openid', 'outside'],
  ['refuses every scope where none is allowed', { allowed: [] }, 'openid', 'outside'],
  ['gives none where none is allowed and none is asked for', { allowed: [] }, undefined, ''],
  ['gives the allowed part of the standard scope', { allowed: ['email', 'admin'] }, undefined, 'email'],
  ['refuses nobody for the standard scope', { allowed: ['email'], outside: 'reject' }, undefined, 'email'],
  [
    'gives none of the standard scope where nothing of it is allowed',
    { allowed: ['admin'], outside: 'reject' },
    undefined,
    '',
  ],
  ['gives its default', { default: ['email', 'admin'] }, undefined, 'email admin'],
  ['gives its default for blanks', { default: ['email'] }, '  ', 'email'],
  ['gives its default, which may be none', { default: [] }, undefined, ''],
  ['gives no default to whoever asks', { default: ['email'] }, 'openid', 'openid'],
  ['gives an empty default to nobody who asks', { default: [] }, 'openid', 'openid'],
  [
    'gives the default of a machine that may have no more',
    { allowed: ['orders:*'], default: ['orders:read'] },
    undefined,
    'orders:read',
  ],
  ['takes what has the required values', { required: ['openid'] }, 'email openid', 'email openid'],
  ['demands required values, and does not add them', { required: ['openid'] }, 'email', 'required'],
  [
    'demands them of the standard scope too',
    { required: ['openid'], allowed: ['openid', 'email'] },
    undefined,
    'openid email',
  ],
  ['demands them after narrowing', { required: ['admin'], allowed: ['openid'] }, 'openid admin', 'required'],
  ['leaves everything where it says nothing', {}, 'openid admin', 'openid admin'],
]

describe.each(['register', 'update'] as const)('[scope] at: %s', (operation) => {
  it.each(ROWS)('%s: %j', async (_, terms, asked, expected) => {
    const { problems, amended } = await judge(terms, asked, { operation })
    const outcome = problems[0]?.replace('scope.', '') ?? amended.scope ?? asked ?? STANDARD
    expect(outcome).toBe(expected)
    expect(problems.length).toBe(['outside', 'required'].includes(expected) ? 1 : 0)
  })
})

describe('[scope]', () => {
  it('refuses a scope that a credential fixed above the ceiling', async () => {
    const fixed = { scope: 'openid admin' }
    expect((await judge({ allowed: ['openid'] }, fixed.scope, { fixed, requested: {} })).problems).toEqual([
      'scope.fixed',
    ])
  })

  it('counts what a software statement asks for as asked for', async () => {
    const vouched = { issuer: 'https://d.example', statement: 'x', metadata: { scope: 'email' } }
    const { problems } = await judge({ allowed: ['openid'] }, 'email', { vouched, requested: {} })
    expect(problems).toEqual(['scope.outside'])
  })

  it('tells what was asked for and went', async () => {
    expect((await judge({ allowed: ['openid'] }, 'openid email')).dropped).toEqual(['email'])
  })
})

describe('faults of [scope]', () => {
  it.each([
    [{ allowed: ['openid', 'orders:*'], default: ['openid'], required: ['openid'] }, []],
    [{ allowed: ['unknown'] }, ['warning allowed']],
    [{ allowed: ['items:*'] }, ['warning allowed']],
    [{ patterns: ['items:.*'] }, ['warning patterns']],
    [{ default: ['unknown'] }, ['error default']],
    [{ required: ['unknown'] }, ['error required']],
    [{ allowed: ['openid'], default: ['email'] }, ['error default']],
    [{ allowed: ['openid'], required: ['email'] }, ['error required']],
    [{ default: ['email'], required: ['openid'] }, ['error default']],
    [{ allowed: ['a b'] }, ['schema allowed.0']],
    [{ allowed: [''] }, ['schema allowed.0']],
    [{ patterns: ['('] }, ['schema patterns.0']],
    [{ outside: 'drop' }, ['schema outside']],
  ])('%j: %j', (terms, faults) => {
    expect(faultsOf(scope, terms)).toEqual(faults)
  })
})

/** As between the two rounds: what names no scope gets the server's. */
function judge(terms: unknown, asked: string | undefined, facts = {}) {
  const metadata = asked?.trim() ? { scope: asked } : {}
  return judgeSection(scope, terms, metadata, { requested: metadata, ...facts })
}
