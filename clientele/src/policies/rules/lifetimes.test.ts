import { describe, expect, it } from 'vitest'
import { faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { lifetimes } from './lifetimes.ts'

const OPERATIONS = ['register', 'update'] as const
const DAY = 86_400
const CODE = { grant_types: ['authorization_code', 'refresh_token'] }
const MACHINE = { grant_types: ['client_credentials'] }

type Row = readonly [
  rule: string,
  tables: Record<string, unknown>,
  asked: ClientMetadata,
  problems: readonly string[],
  amended?: Record<string, unknown>,
]

/** The server's own: an hour for access tokens and ID Tokens, a minute for codes, 30 days for refresh tokens, a year for consents. */
const ROWS: readonly Row[] = [
  ['stores nothing where nothing is asked and nothing said', {}, CODE, []],
  ['lets a client ask for less than the server’s own', {}, { ...CODE, access_token_lifetime: 60 }, []],
  ['lets it ask for just that', {}, { ...CODE, access_token_lifetime: 3600 }, []],
  [
    'refuses more without a policy that says so',
    {},
    { ...CODE, access_token_lifetime: 3601 },
    ['access_token_lifetime.above_maximum'],
  ],
  [
    'refuses more for ID Tokens',
    {},
    { ...CODE, identity_token_lifetime: 3601 },
    ['identity_token_lifetime.above_maximum'],
  ],
  [
    'refuses more for codes',
    {},
    { ...CODE, authorization_code_lifetime: 61 },
    ['authorization_code_lifetime.above_maximum'],
  ],
  [
    'refuses more for sliding use',
    {},
    { ...CODE, sliding_refresh_token_lifetime: 30 * DAY + 1 },
    ['sliding_refresh_token_lifetime.above_maximum'],
  ],
  [
    'refuses more for consents',
    {},
    { ...CODE, consent_lifetime: 366 * DAY },
    ['consent_lifetime.above_maximum'],
  ],
  [
    'bounds by the sliding one a client that chooses to have no sliding use',
    { sliding_refresh_token_lifetime: { max: 1000 } },
    { ...CODE, refresh_token_expiration: 'Absolute' },
    [],
    { absolute_refresh_token_lifetime: 1000 },
  ],
  [
    'refuses by the sliding one what such a client asks for, no end above all',
    { sliding_refresh_token_lifetime: { max: 1000 } },
    { ...CODE, refresh_token_expiration: 'Absolute', absolute_refresh_token_lifetime: 0 },
    ['absolute_refresh_token_lifetime.above_maximum'],
  ],
  [
    'clamps it where the sliding one is clamped',
    { sliding_refresh_token_lifetime: { force: 1000, on_bad: 'clamp' } },
    { ...CODE, refresh_token_expiration: 'Absolute', absolute_refresh_token_lifetime: 2000 },
    [],
    { absolute_refresh_token_lifetime: 1000 },
  ],
  [
    'lets it have what the policy says of the absolute one by name',
    { sliding_refresh_token_lifetime: { max: 1000 }, absolute_refresh_token_lifetime: { max: 2000 } },
    { ...CODE, refresh_token_expiration: 'Absolute', absolute_refresh_token_lifetime: 2000 },
    [],
  ],
  [
    'takes an absolute lifetime beyond the sliding one',
    {},
    { ...CODE, absolute_refresh_token_lifetime: 300 * DAY },
    [],
  ],
  [
    'but not where nothing slides: that long a token would lie about unused',
    {},
    { ...CODE, refresh_token_expiration: 'Absolute', absolute_refresh_token_lifetime: 300 * DAY },
    ['absolute_refresh_token_lifetime.above_maximum'],
  ],
  [
    'refuses no end at all without a policy that says so',
    {},
    { ...CODE, absolute_refresh_token_lifetime: 0 },
    ['absolute_refresh_token_lifetime.above_maximum'],
  ],
  [
    'lets max say that there need be no end',
    { absolute_refresh_token_lifetime: { max: 0 } },
    { ...CODE, absolute_refresh_token_lifetime: 0 },
    [],
  ],
  [
    'reads no end as the longest of all',
    { absolute_refresh_token_lifetime: { max: DAY } },
    { ...CODE, absolute_refresh_token_lifetime: 0 },
    ['absolute_refresh_token_lifetime.above_maximum'],
  ],

  [
    'lets a policy allow more',
    { access_token_lifetime: { max: 7200 } },
    { ...CODE, access_token_lifetime: 7200 },
    [],
  ],
  [
    'refuses what is above its max',
    { access_token_lifetime: { max: 7200 } },
    { ...CODE, access_token_lifetime: 7201 },
    ['access_token_lifetime.above_maximum'],
  ],
  [
    'refuses what is below its min',
    { access_token_lifetime: { min: 60 } },
    { ...CODE, access_token_lifetime: 59 },
    ['access_token_lifetime.below_minimum'],
  ],
  [
    'clamps from above',
    { access_token_lifetime: { max: 300, on_bad: 'clamp' } },
    { ...CODE, access_token_lifetime: 301 },
    [],
    { access_token_lifetime: 300 },
  ],
  [
    'clamps from below',
    { access_token_lifetime: { min: 60, on_bad: 'clamp' } },
    { ...CODE, access_token_lifetime: 59 },
    [],
    { access_token_lifetime: 60 },
  ],
  [
    'clamps no end to the longest end',
    { absolute_refresh_token_lifetime: { max: DAY, on_bad: 'clamp' } },
    { ...CODE, absolute_refresh_token_lifetime: 0 },
    [],
    { absolute_refresh_token_lifetime: DAY },
  ],
  [
    'puts the default in',
    { access_token_lifetime: { default: 600 } },
    CODE,
    [],
    { access_token_lifetime: 600 },
  ],
  [
    'lets a client ask for as much as the default',
    { access_token_lifetime: { default: 7200 } },
    { ...CODE, access_token_lifetime: 7200 },
    [],
  ],
  [
    'judges a member that is left out by what it stands for (max below the server’s own)',
    { access_token_lifetime: { max: 300 } },
    CODE,
    [],
    { access_token_lifetime: 300 },
  ],
  [
    'judges a member that is left out by what it stands for (min above the server’s own)',
    { access_token_lifetime: { min: 7200 } },
    CODE,
    [],
    { access_token_lifetime: 7200 },
  ],
  [
    'stores nothing where what it stands for is within bounds',
    { access_token_lifetime: { min: 60, max: 7200 } },
    CODE,
    [],
  ],
  [
    'forces a value over another',
    { access_token_lifetime: { force: 900 } },
    { ...CODE, access_token_lifetime: 60 },
    [],
    { access_token_lifetime: 900 },
  ],
  [
    'forces a value where none was asked',
    { access_token_lifetime: { force: 900 } },
    CODE,
    [],
    { access_token_lifetime: 900 },
  ],

  [
    'fits a default for sliding use under the absolute end that was asked',
    { sliding_refresh_token_lifetime: { default: 10 * DAY } },
    { ...CODE, absolute_refresh_token_lifetime: DAY },
    [],
    { sliding_refresh_token_lifetime: DAY },
  ],
  [
    'fits a default for the absolute end over the sliding use that was asked',
    { absolute_refresh_token_lifetime: { default: DAY } },
    { ...CODE, sliding_refresh_token_lifetime: 2 * DAY },
    [],
    { absolute_refresh_token_lifetime: 2 * DAY },
  ],

  [
    'says nothing of refresh tokens to a client without any',
    { sliding_refresh_token_lifetime: { force: DAY }, absolute_refresh_token_lifetime: { default: DAY } },
    MACHINE,
    [],
  ],
  [
    'says nothing of codes to a client without any',
    { authorization_code_lifetime: { force: 30 } },
    MACHINE,
    [],
  ],
  [
    'says nothing of ID Tokens without openid',
    { identity_token_lifetime: { force: 30 } },
    { ...CODE, scope: 'orders:read' },
    [],
  ],
  [
    'says nothing of sliding where nothing slides',
    { sliding_refresh_token_lifetime: { force: DAY } },
    { ...CODE, refresh_token_expiration: 'Absolute' },
    [],
    { absolute_refresh_token_lifetime: DAY },
  ],
  [
    'speaks to a client that acts for itself of its access tokens',
    { access_token_lifetime: { max: 300 } },
    MACHINE,
    [],
    { access_token_lifetime: 300 },
  ],
]

describe.each(OPERATIONS)('[lifetimes] at a request to %s', (operation) => {
  it.each(ROWS.map((row) => ({ rule: row[0], row })))('$rule', async ({ row }) => {
    const [, tables, asked, problems, amended = {}] = row
    const judged = await judgeSection(lifetimes as never, tables, asked, { operation })
    expect(judged).toMatchObject({ problems, amended })
    expect(Object.keys(judged.amended)).toStrictEqual(Object.keys(amended))
  })
})

it.each([
  ['nothing', {}, []],
  ['min above max', { access_token_lifetime: { min: 600, max: 300 } }, ['error access_token_lifetime.min']],
  [
    'a default above max',
    { access_token_lifetime: { default: 600, max: 300 } },
    ['error access_token_lifetime.default'],
  ],
  [
    'a forced value below min',
    { access_token_lifetime: { force: 60, min: 300 } },
    ['error access_token_lifetime.force', 'warning access_token_lifetime.min'],
  ],
  [
    'a default that never acts',
    { access_token_lifetime: { force: 60, default: 60 } },
    ['warning access_token_lifetime.default'],
  ],
  [
    'sliding use that outlives every absolute end',
    { absolute_refresh_token_lifetime: { max: 100 }, sliding_refresh_token_lifetime: { min: 200 } },
    ['error sliding_refresh_token_lifetime'],
  ],
  [
    'no absolute end is above all',
    { absolute_refresh_token_lifetime: { default: 0, max: 600 } },
    ['error absolute_refresh_token_lifetime.default'],
  ],
  [
    'an access token that would outlive a retired key',
    { access_token_lifetime: { max: DAY + 1 } },
    ['schema access_token_lifetime.max'],
  ],
  [
    'a code of more than ten minutes (RFC 6749 §4.1.2)',
    { authorization_code_lifetime: { max: 601 } },
    ['schema authorization_code_lifetime.max'],
  ],
  ['an unknown member', { refresh_token_lifetime: { max: 1 } }, ['schema ']],
])('policy check sees %s', (_case, tables, faults) => {
  expect(faultsOf(lifetimes as never, tables)).toStrictEqual(faults)
})
