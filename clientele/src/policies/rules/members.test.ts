import { describe, expect, it } from 'vitest'
import { faultsOfPolicy, judgePolicy } from '../../../../test/harness/judge-policy.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { PolicyDefinition } from '../policy-definition.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }

type Row = readonly [
  rule: string,
  members: NonNullable<PolicyDefinition['members']>,
  body: JsonObject,
  gone: readonly string[],
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  [
    'keeps what is allowed',
    { allow: ['redirect_uris', 'client_name'] },
    { ...WEB, client_name: 'A' },
    [],
    [],
  ],
  ['drops what is not', { allow: ['redirect_uris'] }, { ...WEB, client_name: 'A' }, ['client_name'], []],
  [
    'drops translations with their member (RFC 7591 §2.2)',
    { allow: ['redirect_uris'] },
    { ...WEB, 'client_name#fr': 'A' },
    ['client_name#fr'],
    [],
  ],
  [
    'keeps translations with their member',
    { allow: ['redirect_uris', 'client_name'] },
    { ...WEB, 'client_name#fr': 'A' },
    [],
    [],
  ],
  [
    'keeps a list to choose from with its member',
    { allow: ['redirect_uris', 'token_endpoint_auth_method'] },
    { ...WEB, token_endpoint_auth_methods_supported: ['client_secret_post'] },
    [],
    [],
  ],
  [
    'denies by name',
    { deny: ['client_uri'] },
    { ...WEB, client_uri: 'https://a.example/', client_name: 'A' },
    ['client_uri'],
    [],
  ],
  [
    'denies translations too',
    { deny: ['client_name'] },
    { ...WEB, 'client_name#fr': 'A' },
    ['client_name#fr'],
    [],
  ],
  [
    'lets nothing pass where nothing is allowed: an empty list never widens',
    { allow: [] },
    { ...WEB, client_name: 'A' },
    ['client_name', 'redirect_uris'],
    ['redirect_uris.not_allowed'],
  ],
  [
    'says that redirect URIs are not taken, not that they are missing',
    { deny: ['redirect_uris'] },
    WEB,
    ['redirect_uris'],
    ['redirect_uris.not_allowed'],
  ],
  [
    'says that keys are not taken, not that they are missing',
    { deny: ['jwks_uri'] },
    { ...WEB, token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://client.example/jwks' },
    ['jwks_uri'],
    ['jwks.missing', 'jwks_uri.not_allowed'],
  ],
  [
    'refuses where it should',
    { allow: ['redirect_uris'], outside: 'reject' },
    { ...WEB, client_name: 'A', 'tos_uri#fr': 'https://a.example/' },
    ['client_name', 'tos_uri#fr'],
    ['client_name.not_allowed', 'tos_uri.not_allowed'],
  ],
  [
    'refuses no member that it does not know (RFC 7591 §2)',
    { allow: ['redirect_uris'], outside: 'reject' },
    { ...WEB, x_unknown: 1 },
    [],
    [],
  ],
  [
    'refuses nobody who says what is granted anyway (RFC 7592 §2.2)',
    { allow: ['redirect_uris'], outside: 'reject' },
    {
      ...WEB,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    [],
    [],
  ],
  [
    'refuses another value than the default',
    { allow: ['redirect_uris'], outside: 'reject' },
    { ...WEB, grant_types: ['authorization_code', 'refresh_token'] },
    [],
    ['grant_types.not_allowed'],
  ],
]

describe.each(['register', 'update'] as const)('[members], at: %s', (operation) => {
  it.each(ROWS)('%s: %j', async (_, members, body, gone, problems) => {
    const judged = await judgePolicy({ members }, body, { operation })
    expect(judged.problems).toEqual(problems)
    const standing = new Set(['redirect_uris', 'grant_types'])
    for (const member of gone) {
      if (standing.has(member)) expect(judged.granted[member]).toEqual([])
      else expect(judged.granted).not.toHaveProperty(member)
      expect(judged.decisions).toContainEqual(expect.stringContaining(`: ${member} dropped`))
    }
    for (const member of Object.keys(body).filter(
      (each) => !gone.includes(each) && /client_name|client_uri/.test(each),
    ))
      expect(judged.granted[member]).toEqual(body[member])
  })

  it('leaves alone what a credential fixed: an operator set it, not the client', async () => {
    const judged = await judgePolicy(
      { members: { allow: ['redirect_uris'] } },
      { ...WEB, software_id: 'theirs', client_name: 'A' },
      { operation, fixed: { software_id: 'ours' } },
    )
    expect(judged).toMatchObject({ granted: { software_id: 'ours' }, problems: [] })
    expect(judged.granted).not.toHaveProperty('client_name')
  })

  it('drops what only a software statement says: its issuer is not this server', async () => {
    const judged = await judgePolicy({ members: { allow: ['redirect_uris'] } }, WEB, {
      operation,
      vouched: { client_name: 'Vouched' },
    })
    expect(judged.granted).not.toHaveProperty('client_name')
  })

  it('gives a choice that was dropped its default', async () => {
    const judged = await judgePolicy(
      { members: { deny: ['token_endpoint_auth_method'] } },
      { ...WEB, token_endpoint_auth_methods_supported: ['none'], token_endpoint_auth_method: 'none' },
      { operation },
    )
    expect(judged.granted.token_endpoint_auth_method).toBe('client_secret_basic')
    expect(judged.problems).toEqual([])
  })
})

describe('[members] is checked', () => {
  it.each([
    [{ allow: ['redirect_uris', 'client_nmae'] }, ['error members.allow']],
    [{ deny: ['client_id'] }, ['error members.deny']],
    [{ deny: ['client_name#fr'] }, ['error members.deny']],
    [{ allow: ['client_name'] }, ['warning members.allow']],
    [{ allow: ['redirect_uris'], deny: [] }, ['error members.deny']],
    [{ allow: ['redirect_uris'] }, []],
  ])('%j: %j', (members, faults) => {
    expect(faultsOfPolicy({ members })).toEqual(faults)
  })
})
