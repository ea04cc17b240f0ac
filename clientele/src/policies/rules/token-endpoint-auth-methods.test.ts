import { describe, expect, it } from 'vitest'
import { faultsOfPolicy, judgePolicy } from '../../../../test/harness/judge-policy.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { PolicyDefinition } from '../policy-definition.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }
const KEYS = { jwks_uri: 'https://client.example/jwks' }
const [POST, BASIC, JWT, NONE] = ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none']

const named = (token_endpoint_auth_method: string, more: JsonObject = {}) => ({
  token_endpoint_auth_method,
  ...more,
})
const offered = (token_endpoint_auth_methods_supported: readonly string[], more: JsonObject = {}) => ({
  token_endpoint_auth_methods_supported,
  ...more,
})

type Row = readonly [
  rule: string,
  table: NonNullable<PolicyDefinition['token_endpoint_auth_methods']>,
  asked: JsonObject,
  granted: string,
  problems: readonly string[],
  decisions?: readonly string[],
]

const ROWS: readonly Row[] = [
  ['takes what is allowed', { allowed: [POST!] }, named(POST!), POST!, []],
  [
    'refuses what is not, and chooses nothing that was not offered',
    { allowed: [POST!] },
    named(BASIC!),
    BASIC!,
    ['token_endpoint_auth_method.allowed'],
  ],
  [
    'judges the default of the standard (RFC 7591 §2)',
    { allowed: [NONE!] },
    {},
    BASIC!,
    ['token_endpoint_auth_method.allowed'],
  ],
  [
    'has a default of its own',
    { allowed: [NONE!], default: NONE! },
    {},
    NONE!,
    [],
    ['default: token_endpoint_auth_method default'],
  ],
  ['has a default only for who says nothing', { default: NONE! }, named(POST!), POST!, []],
  ['has no default for who offers several', { default: NONE! }, offered([POST!]), POST!, []],
  [
    'sets what everybody uses',
    { force: POST! },
    named(NONE!),
    POST!,
    [],
    ['force: token_endpoint_auth_method forced'],
  ],
  ['sets what everybody uses, whatever they offer', { force: POST! }, offered([NONE!, BASIC!]), POST!, []],
  [
    'allows nothing where the list is empty',
    { allowed: [POST!] },
    named(NONE!),
    NONE!,
    ['token_endpoint_auth_method.allowed'],
  ],
  [
    'takes the strongest of the allowed ones that are offered',
    { allowed: [POST!, NONE!] },
    offered([NONE!, BASIC!, POST!]),
    POST!,
    [],
    ['allowed: token_endpoint_auth_methods_supported narrowed', 'allowed: token_endpoint_auth_method chosen'],
  ],
  [
    'takes an offered one in the place of a named one',
    { allowed: [POST!] },
    { ...named(BASIC!), ...offered([BASIC!, POST!]) },
    POST!,
    [],
  ],
  [
    'leaves the choice to the server where all that is offered is allowed',
    { allowed: [POST!, BASIC!, NONE!] },
    offered([NONE!, BASIC!]),
    BASIC!,
    [],
    [],
  ],
  [
    'refuses where nothing that is offered is allowed',
    { allowed: [JWT!] },
    offered([BASIC!, NONE!], KEYS),
    BASIC!,
    ['token_endpoint_auth_method.allowed', 'token_endpoint_auth_methods_supported.allowed'],
  ],
  [
    'refuses what is allowed and offered and cannot be used without keys',
    { allowed: [JWT!] },
    offered([JWT!, NONE!]),
    BASIC!,
    ['token_endpoint_auth_method.allowed', 'token_endpoint_auth_methods_supported.unsupported'],
  ],
  [
    'chooses any, the strongest that the client can use',
    { allowed: [NONE!, POST!, JWT!], choose: 'any' },
    named(BASIC!),
    POST!,
    [],
    ['allowed: token_endpoint_auth_method chosen'],
  ],
  [
    'chooses any, with the keys that the client has',
    { allowed: [NONE!, POST!, JWT!], choose: 'any' },
    named(BASIC!, KEYS),
    JWT!,
    [],
  ],
  ['chooses any in the place of the default', { allowed: [POST!], choose: 'any' }, {}, POST!, []],
  [
    'chooses any only where nothing offered is allowed',
    { allowed: [NONE!, POST!, JWT!], choose: 'any' },
    offered([NONE!, BASIC!], KEYS),
    NONE!,
    [],
  ],
  [
    'chooses none for a client that must authenticate',
    { allowed: [NONE!], choose: 'any' },
    named(BASIC!, { grant_types: ['client_credentials'] }),
    BASIC!,
    ['token_endpoint_auth_method.allowed'],
  ],
]

describe.each(['register', 'update'] as const)('[token_endpoint_auth_methods], at: %s', (operation) => {
  it.each(ROWS.map((row) => [row[0], row] as const))('%s', async (_, row) => {
    const [, table, asked, granted, problems, decisions] = row
    const judged = await judgePolicy(
      { token_endpoint_auth_methods: table },
      { ...WEB, ...asked },
      { operation },
    )
    expect(judged.problems).toEqual(problems)
    expect(judged.granted.token_endpoint_auth_method).toBe(granted)
    // RP Metadata Choices 1.0 §2: the lists are request only.
    expect(judged.granted).not.toHaveProperty('token_endpoint_auth_methods_supported')
    if (decisions)
      expect(judged.decisions).toEqual(decisions.map((each) => `token_endpoint_auth_methods.${each}`))
  })

  it('a fixed method is not chosen around by a list', async () => {
    const judged = await judgePolicy(
      {},
      { ...WEB, ...offered([JWT!, NONE!], KEYS) },
      {
        operation,
        fixed: { token_endpoint_auth_method: POST! },
      },
    )
    expect(judged).toMatchObject({ granted: { token_endpoint_auth_method: POST }, problems: [] })
  })
})

describe('[token_endpoint_auth_methods] is checked', () => {
  it.each([
    [{ allowed: ['tls_client_auth', POST] }, ['warning token_endpoint_auth_methods.allowed']],
    [
      { allowed: ['tls_client_auth'] },
      ['warning token_endpoint_auth_methods.allowed', 'error token_endpoint_auth_methods.allowed'],
    ],
    [{ default: 'tls_client_auth' }, ['error token_endpoint_auth_methods.default']],
    [{ allowed: [POST], default: NONE }, ['error token_endpoint_auth_methods.default']],
    [{ allowed: [POST], force: NONE }, ['error token_endpoint_auth_methods.force']],
    [{ allowed: [POST], default: POST }, []],
  ])('%j: %j', (token_endpoint_auth_methods, faults) => {
    expect(faultsOfPolicy({ token_endpoint_auth_methods } as never)).toEqual(faults)
  })
})
