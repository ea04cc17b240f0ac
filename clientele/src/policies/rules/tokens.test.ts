import { describe, expect, it } from 'vitest'
import { faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { tokens } from './tokens.ts'

const OPERATIONS = ['register', 'update'] as const
const CODE = { grant_types: ['authorization_code', 'refresh_token'] }
const PUBLIC = { ...CODE, token_endpoint_auth_method: 'none' }
const MACHINE = { grant_types: ['client_credentials'] }
const APP = 'https://app.example.com'

type Row = readonly [
  rule: string,
  tables: Record<string, unknown>,
  asked: ClientMetadata,
  problems: readonly string[],
  amended?: Record<string, unknown>,
]

const ROWS: readonly Row[] = [
  ['stores nothing where nothing is asked and nothing said', {}, CODE, []],
  [
    'lets a client choose without a table',
    {},
    {
      ...CODE,
      refresh_token_usage: 'ReUse',
      access_token_type: 'Jwt',
      allow_remember_consent: false,
      require_pkce: true,
    },
    [],
  ],

  [
    'lets nobody go without consent by their own word',
    {},
    { ...CODE, require_consent: false },
    ['require_consent.not_allowed'],
  ],
  [
    'nor with a table that says nothing of it',
    { require_consent: {} },
    { ...CODE, require_consent: false },
    ['require_consent.not_allowed'],
  ],
  ['lets a client ask to be consented to', {}, { ...CODE, require_consent: true }, []],
  [
    'lets a client go without consent where the policy says so',
    { require_consent: { allowed: [true, false] } },
    { ...CODE, require_consent: false },
    [],
  ],
  [
    'takes a default as allowed',
    { require_consent: { default: false } },
    CODE,
    [],
    { require_consent: false },
  ],
  [
    'keeps a default that was asked for',
    { require_consent: { default: false } },
    { ...CODE, require_consent: false },
    [],
  ],
  [
    'drops a value that is not allowed, and the standard takes its place',
    { require_consent: { on_bad: 'drop' } },
    { ...CODE, require_consent: false },
    [],
    { require_consent: undefined },
  ],

  [
    'refuses a value that is not allowed',
    { refresh_token_usage: { allowed: ['OneTimeOnly'] } },
    { ...CODE, refresh_token_usage: 'ReUse' },
    ['refresh_token_usage.not_allowed'],
  ],
  [
    'drops it for the default',
    { refresh_token_usage: { allowed: ['OneTimeOnly'], default: 'OneTimeOnly', on_bad: 'drop' } },
    { ...CODE, refresh_token_usage: 'ReUse' },
    [],
    { refresh_token_usage: 'OneTimeOnly' },
  ],
  [
    'puts what is allowed in where leaving out is something else',
    { refresh_token_usage: { allowed: ['OneTimeOnly'] } },
    CODE,
    [],
    { refresh_token_usage: 'OneTimeOnly' },
  ],
  [
    'stores nothing where leaving out is just that',
    { refresh_token_usage: { allowed: ['OneTimeOnly'] } },
    PUBLIC,
    [],
  ],
  [
    'stores nothing where all is allowed',
    { refresh_token_usage: { allowed: ['OneTimeOnly', 'ReUse'] } },
    CODE,
    [],
  ],
  [
    'forces over another',
    { access_token_type: { force: 'Reference' } },
    { ...CODE, access_token_type: 'Jwt' },
    [],
    { access_token_type: 'Reference' },
  ],
  [
    'forces where nothing was asked',
    { access_token_type: { force: 'Jwt' } },
    MACHINE,
    [],
    { access_token_type: 'Jwt' },
  ],
  [
    'puts the one allowed type in',
    { access_token_type: { allowed: ['Reference'] } },
    MACHINE,
    [],
    { access_token_type: 'Reference' },
  ],
  [
    'makes an absolute end the rule',
    { refresh_token_expiration: { allowed: ['Absolute'] } },
    CODE,
    [],
    { refresh_token_expiration: 'Absolute' },
  ],
  [
    'asks PKCE of a confidential client, where a nonce would do',
    { require_pkce: { force: true } },
    CODE,
    [],
    { require_pkce: true },
  ],
  [
    'asks PKCE of one that leaves it out, by the list alone',
    { require_pkce: { allowed: [true] } },
    CODE,
    [],
    { require_pkce: true },
  ],
  [
    'asks for consent each time',
    { allow_remember_consent: { force: false } },
    CODE,
    [],
    { allow_remember_consent: false },
  ],
  [
    'ends tokens with the session',
    { coordinate_lifetime_with_user_session: { allowed: [true] } },
    CODE,
    [],
    { coordinate_lifetime_with_user_session: true },
  ],
  [
    'says nothing of consent to a client without end-users',
    { allow_remember_consent: { force: false }, require_pkce: { force: true } },
    MACHINE,
    [],
  ],
  [
    'says nothing of refresh tokens to a client without any',
    { refresh_token_usage: { force: 'ReUse' } },
    MACHINE,
    [],
  ],

  [
    'takes an origin on the list',
    { allowed_cors_origins: { allowed: [APP] } },
    { ...CODE, allowed_cors_origins: [APP] },
    [],
  ],
  [
    'takes one label for *',
    { allowed_cors_origins: { allowed: ['https://*.example.com'] } },
    { ...CODE, allowed_cors_origins: [APP] },
    [],
  ],
  [
    'names each origin that is not on the list',
    { allowed_cors_origins: { allowed: ['https://*.example.com'] } },
    {
      ...CODE,
      allowed_cors_origins: [
        APP,
        'https://evil.example',
        'https://example.com',
        'http://app.example.com',
        'https://app.example.com.evil.example',
      ],
    },
    [
      'allowed_cors_origins[1].not_allowed',
      'allowed_cors_origins[2].not_allowed',
      'allowed_cors_origins[3].not_allowed',
      'allowed_cors_origins[4].not_allowed',
    ],
  ],
  [
    'drops those that are not',
    { allowed_cors_origins: { allowed: [APP], on_bad: 'drop' } },
    { ...CODE, allowed_cors_origins: ['https://evil.example', APP] },
    [],
    { allowed_cors_origins: [APP] },
  ],
  [
    'refuses when none would be left: an empty list never widens rights',
    { allowed_cors_origins: { allowed: [APP], on_bad: 'drop' } },
    { ...CODE, allowed_cors_origins: ['https://evil.example'] },
    ['allowed_cors_origins.nothing_left'],
  ],
  [
    'gives no origin to a client that names none: left out would mean all',
    { allowed_cors_origins: { allowed: [APP] } },
    CODE,
    [],
    { allowed_cors_origins: [] },
  ],
  [
    'leaves that be when it comes back',
    { allowed_cors_origins: { allowed: [APP] } },
    { ...CODE, allowed_cors_origins: [] },
    [],
  ],
  [
    'puts the default in',
    { allowed_cors_origins: { allowed: [], default: [APP] } },
    CODE,
    [],
    { allowed_cors_origins: [APP] },
  ],
  [
    'takes the default when it is asked for',
    { allowed_cors_origins: { allowed: [], default: [APP] } },
    { ...CODE, allowed_cors_origins: [APP] },
    [],
  ],
  [
    'keeps browsers out altogether',
    { allowed_cors_origins: { force: [] } },
    { ...CODE, allowed_cors_origins: [APP] },
    [],
    { allowed_cors_origins: [] },
  ],
  [
    'bounds their number',
    { allowed_cors_origins: { max_count: 1 } },
    { ...CODE, allowed_cors_origins: [APP, 'https://b.example'] },
    ['allowed_cors_origins.too_many'],
  ],
]

describe.each(OPERATIONS)('[tokens] at a request to %s', (operation) => {
  it.each(ROWS.map((row) => ({ rule: row[0], row })))('$rule', async ({ row }) => {
    const [, tables, asked, problems, amended = {}] = row
    const judged = await judgeSection(tokens as never, tables, asked, { operation })
    expect(judged.problems).toStrictEqual(problems)
    expect(judged.amended).toStrictEqual(amended)
  })
})

it.each([
  ['nothing', {}, []],
  [
    'a default that is not allowed',
    { refresh_token_usage: { allowed: ['OneTimeOnly'], default: 'ReUse' } },
    ['error refresh_token_usage.default'],
  ],
  [
    'a forced value beside a list',
    { access_token_type: { allowed: ['Jwt'], force: 'Reference' } },
    ['error access_token_type.force', 'warning access_token_type.allowed'],
  ],
  [
    'a word that is none',
    { refresh_token_usage: { allowed: ['reuse'] } },
    ['schema refresh_token_usage.allowed.0'],
  ],
  ['PKCE switched off', { require_pkce: { allowed: [true, false] } }, ['schema require_pkce.allowed.1']],
  [
    'an origin with a path',
    { allowed_cors_origins: { default: ['https://a.example/'] } },
    ['schema allowed_cors_origins.default.0'],
  ],
])('policy check sees %s', (_case, tables, faults) => {
  expect(faultsOf(tokens as never, tables)).toStrictEqual(faults)
})
