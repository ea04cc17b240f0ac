import { describe, expect, it } from 'vitest'
import { faultsOfPolicy, judgePolicy } from '../../../../test/harness/judge-policy.ts'
import type { JsonObject, JsonValue } from '../../oauth/json.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }

type Row = readonly [
  rule: string,
  name: string,
  rules: JsonObject,
  value: JsonValue | undefined,
  granted: JsonValue | undefined,
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  ['required, and there', 'client_name', { required: true }, 'A', 'A', []],
  [
    'required, and left out',
    'client_name',
    { required: true },
    undefined,
    undefined,
    ['client_name.required'],
  ],
  [
    'required, and null, which is left out (RFC 7592 §2.2)',
    'client_name',
    { required: true },
    null,
    undefined,
    ['client_name.required'],
  ],
  ['required, and an empty list', 'contacts', { required: true }, [], undefined, ['contacts.required']],
  [
    'required of what every client has, and empty',
    'redirect_uris',
    { required: true },
    undefined,
    [],
    ['redirect_uris.required'],
  ],
  ['a default for what is left out', 'default_max_age', { default: 60 }, undefined, 60, []],
  ['a default, and something else asked', 'default_max_age', { default: 60 }, 5, 5, []],
  [
    'a default before that of the standard',
    'subject_type',
    { default: 'pairwise' },
    undefined,
    'pairwise',
    [],
  ],
  ['required with a default', 'default_max_age', { required: true, default: 60 }, undefined, 60, []],
  ['forced, and left out', 'require_pushed_authorization_requests', { force: true }, undefined, true, []],
  ['forced over what is asked', 'require_pushed_authorization_requests', { force: true }, false, true, []],
  ['a pattern over the whole value', 'software_version', { pattern: '\\d+\\.\\d+' }, '1.2', '1.2', []],
  [
    'no part of a value',
    'software_version',
    { pattern: '\\d+\\.\\d+' },
    '1.2-beta',
    '1.2-beta',
    ['software_version.pattern'],
  ],
  [
    'an alternative in a pattern, whole too',
    'software_version',
    { pattern: 'a|b' },
    'ab',
    'ab',
    ['software_version.pattern'],
  ],
  [
    'each element of a list',
    'contacts',
    { pattern: '[^@]+@acme\\.example' },
    ['a@acme.example', 'b@evil.example'],
    ['a@acme.example', 'b@evil.example'],
    ['contacts.pattern[1]'],
  ],
  [
    'allowed values',
    'subject_type',
    { allowed: ['public'] },
    'pairwise',
    'pairwise',
    ['subject_type.allowed'],
  ],
  [
    'the standard default is judged like a value',
    'id_token_signed_response_alg',
    { allowed: ['ES256'] },
    undefined,
    'RS256',
    ['id_token_signed_response_alg.allowed'],
  ],
  [
    'allowed values that are no texts',
    'default_max_age',
    { allowed: [60, 120] },
    61,
    61,
    ['default_max_age.allowed'],
  ],
  [
    'allowed objects, whatever the order of members',
    'vp_formats_supported',
    { allowed: [{ a: { b: 1 }, c: 2 }] },
    { c: 2, a: { b: 1 } },
    { c: 2, a: { b: 1 } },
    [],
  ],
  ['too short', 'client_name', { min_length: 3 }, 'ab', 'ab', ['client_name.too_short']],
  ['characters, not code units', 'client_name', { max_length: 2 }, '😀😀', '😀😀', []],
  ['too long', 'client_name', { max_length: 2 }, 'abc', 'abc', ['client_name.too_long']],
  ['too small', 'default_max_age', { min: 60 }, 59, 59, ['default_max_age.too_small']],
  ['too large', 'default_max_age', { max: 60 }, 61, 61, ['default_max_age.too_large']],
  ['within', 'default_max_age', { min: 60, max: 60 }, 60, 60, []],
  ['a bound on what is left out', 'default_max_age', { min: 60 }, undefined, undefined, []],
  ['too many', 'contacts', { max_count: 1 }, ['a', 'b'], ['a', 'b'], ['contacts.too_many']],
  [
    'scope value by value',
    'scope',
    { allowed: ['openid', 'email'] },
    'openid profile',
    'openid profile',
    ['scope.allowed[1]'],
  ],

  ['dropped: a bad value goes', 'software_version', { pattern: '\\d+', on_bad: 'drop' }, 'x', undefined, []],
  [
    'dropped: a bad element goes',
    'contacts',
    { pattern: 'a.*', on_bad: 'drop' },
    ['a1', 'b', 'a2'],
    ['a1', 'a2'],
    [],
  ],
  [
    'dropped: all elements are bad, of what only informs',
    'contacts',
    { pattern: 'a.*', on_bad: 'drop' },
    ['b'],
    undefined,
    [],
  ],
  [
    'dropped: all elements are bad, of what is enforced: an empty list never widens rights',
    'scope',
    { allowed: ['email'], on_bad: 'drop' },
    'openid profile',
    'openid profile',
    ['scope.allowed[0]', 'scope.allowed[1]'],
  ],
  [
    'dropped: some elements are bad, of what is enforced',
    'scope',
    { allowed: ['email'], on_bad: 'drop' },
    'openid email',
    'email',
    [],
  ],
  ['dropped: too many', 'contacts', { max_count: 2, on_bad: 'drop' }, ['a', 'b', 'c'], ['a', 'b'], []],
  [
    'dropped, and the default takes its place',
    'default_max_age',
    { max: 60, default: 30, on_bad: 'drop' },
    61,
    30,
    [],
  ],
  [
    'dropped, and the default of the standard takes its place',
    'subject_type',
    { allowed: ['public'], on_bad: 'drop' },
    'pairwise',
    'public',
    [],
  ],
  [
    'dropped, and the default of the standard is no better',
    'id_token_signed_response_alg',
    { allowed: ['ES256'], on_bad: 'drop' },
    undefined,
    'RS256',
    ['id_token_signed_response_alg.allowed'],
  ],
  [
    'dropped and required is refused',
    'software_version',
    { pattern: '\\d+', on_bad: 'drop', required: true },
    'x',
    'x',
    ['software_version.pattern'],
  ],
]

describe.each(['register', 'update'] as const)('[member.<name>], at: %s', (operation) => {
  it.each(ROWS)('%s: %s %j, %j', async (_, name, rules, value, granted, problems) => {
    const body = value === undefined ? (name === 'redirect_uris' ? {} : WEB) : { ...WEB, [name]: value }
    const judged = await judgePolicy({ member: { [name]: rules } }, body, { operation })
    expect(judged.problems).toEqual(problems)
    expect(judged.granted[name]).toEqual(granted)
    const hasChanged = granted !== undefined && value !== undefined && value !== null
    if (hasChanged && JSON.stringify(granted) !== JSON.stringify(value))
      expect(judged.decisions).not.toEqual([])
  })

  it('holds for translations (RFC 7591 §2.2)', async () => {
    const body = { ...WEB, client_name: 'Good', 'client_name#fr': 'B!' }
    const rejected = await judgePolicy({ member: { client_name: { pattern: '\\w+' } } }, body, { operation })
    expect(rejected.problems).toEqual(['client_name.pattern'])
    expect(Object.keys(rejected.messages)).toEqual(['client_name#fr'])
    const dropped = await judgePolicy(
      { member: { client_name: { pattern: '\\w+', on_bad: 'drop' } } },
      body,
      { operation },
    )
    expect(dropped.granted).toMatchObject({ client_name: 'Good' })
    expect(dropped.granted).not.toHaveProperty('client_name#fr')
  })

  it('a forced value has no translations beside it', async () => {
    const judged = await judgePolicy(
      { member: { client_name: { force: 'Ours' } } },
      { ...WEB, client_name: 'Theirs', 'client_name#fr': 'Leur' },
      { operation },
    )
    expect(judged.granted.client_name).toBe('Ours')
    expect(judged.granted).not.toHaveProperty('client_name#fr')
    expect(judged.decisions).toEqual([
      'member.client_name.force: client_name forced',
      'member.client_name.force: client_name#fr dropped',
    ])
  })

  it('a value that is malformed is not missing as well', async () => {
    const judged = await judgePolicy(
      { member: { client_name: { required: true }, token_endpoint_auth_method: { allowed: ['none'] } } },
      { ...WEB, client_name: 1, token_endpoint_auth_method: 'unheard_of' },
      { operation },
    )
    expect(judged.problems).toEqual(['client_name.type', 'token_endpoint_auth_method.unsupported'])
  })

  it('a forced value that a credential fixed otherwise is refused, not changed', async () => {
    const judged = await judgePolicy({ member: { client_name: { force: 'Ours' } } }, WEB, {
      operation,
      fixed: { client_name: 'Fixed' },
    })
    expect(judged.problems).toContain('client_name.fixed')
    expect(judged.granted.client_name).toBe('Fixed')
  })

  it('a pattern that hangs a backtracking engine is linear here', async () => {
    const begun = performance.now()
    const judged = await judgePolicy(
      { member: { client_name: { pattern: '(a+)+$' } } },
      { ...WEB, client_name: `${'a'.repeat(200)}!` },
      { operation },
    )
    expect(judged.problems).toEqual(['client_name.pattern'])
    expect(performance.now() - begun).toBeLessThan(1000)
  })

  it('of several values that a client offers, an allowed one is chosen (RP Metadata Choices 1.0)', async () => {
    const judged = await judgePolicy(
      { member: { id_token_signed_response_alg: { allowed: ['RS256'] } } },
      { ...WEB, id_token_signing_alg_values_supported: ['ES256', 'RS256'] },
      { operation },
    )
    expect(judged.granted.id_token_signed_response_alg).toBe('RS256')
    expect(judged.problems).toEqual([])
    expect(judged.decisions).toContain(
      'member.id_token_signed_response_alg.allowed: id_token_signed_response_alg chosen',
    )
  })
})

describe('a privileged member', () => {
  const policy = { member: { require_pushed_authorization_requests: { privileged: true } } }
  const lenient = {
    member: { require_pushed_authorization_requests: { privileged: true, on_bad: 'drop' } },
  } as const
  const body = { ...WEB, require_pushed_authorization_requests: true }

  it('is refused to a caller without the permission, or dropped', async () => {
    expect((await judgePolicy(policy, body)).problems).toEqual([
      'require_pushed_authorization_requests.privileged',
    ])
    const dropped = await judgePolicy(lenient, body)
    expect(dropped.problems).toEqual([])
    expect(dropped.granted).not.toHaveProperty('require_pushed_authorization_requests')
  })

  it('is set by the permission or a credential that fixes it, and not by a software statement', async () => {
    const entitled = await judgePolicy(policy, body, { permissions: ['oauth-client-override'] })
    expect(entitled).toMatchObject({ problems: [], granted: { require_pushed_authorization_requests: true } })
    const fixed = await judgePolicy(policy, WEB, { fixed: { require_pushed_authorization_requests: true } })
    expect(fixed).toMatchObject({ problems: [], granted: { require_pushed_authorization_requests: true } })
    const vouched = await judgePolicy(policy, WEB, {
      vouched: { require_pushed_authorization_requests: true },
    })
    expect(vouched.granted).not.toHaveProperty('require_pushed_authorization_requests')
  })

  const standing = {
    requested: body,
    granted: { ...body },
  } as never

  it('stays at an update of the client’s own: neither changed nor shed by leaving it out', async () => {
    for (const asked of [WEB, body]) {
      const judged = await judgePolicy(policy, asked, { operation: 'update', client: standing })
      expect(judged).toMatchObject({ problems: [], granted: { require_pushed_authorization_requests: true } })
    }
    const changed = await judgePolicy(
      policy,
      { ...WEB, require_pushed_authorization_requests: false },
      { operation: 'update', client: standing },
    )
    expect(changed.problems).toEqual(['require_pushed_authorization_requests.privileged'])
  })

  it('stays at a second update, of which the request said nothing', async () => {
    const rule = 'member.require_pushed_authorization_requests.privileged'
    const client = {
      requested: WEB,
      granted: { ...body },
      decisions: [{ member: 'require_pushed_authorization_requests', effect: 'forced', rule, because: '' }],
    } as never
    const judged = await judgePolicy(policy, WEB, { operation: 'update', client })
    expect(judged.granted.require_pushed_authorization_requests).toBe(true)
  })

  it('may be said by anybody who says what they get anyway (RFC 7592 §2.2)', async () => {
    const judged = await judgePolicy(
      { member: { subject_type: { privileged: true } } },
      { ...WEB, subject_type: 'public' },
    )
    expect(judged.problems).toEqual([])
  })
})

describe.each([
  ['token_endpoint_auth_method', 'token_endpoint_auth_methods_supported', 'none', 'client_secret_basic'],
  ['id_token_signed_response_alg', 'id_token_signing_alg_values_supported', 'ES256', 'RS256'],
])('a list to choose %s from (RP Metadata Choices 1.0 §2)', (member, list, value, other) => {
  const offering = (...values: string[]) => ({ ...WEB, [list]: values })

  it('is something said: no default is put in, nor said to be', async () => {
    for (const body of [offering(other, value), offering(other)]) {
      const judged = await judgePolicy({ member: { [member]: { default: value } } }, body)
      const alone = await judgePolicy({}, body)
      expect([judged.problems, judged.decisions]).toEqual([[], []])
      expect(judged.granted[member]).toBe(alone.granted[member])
    }
    expect((await judgePolicy({ member: { [member]: { default: value } } }, WEB)).granted[member]).toBe(value)
  })

  it('goes where the member is forced, whatever it offers', async () => {
    for (const body of [offering(other, value), offering(other)]) {
      const judged = await judgePolicy({ member: { [member]: { force: value } } }, body)
      expect(judged.problems).toEqual([])
      expect(judged.granted[member]).toBe(value)
      expect(judged.decisions).toContain(`member.${member}.force: ${member} forced`)
    }
  })
})

describe('what is said of a member', () => {
  it('that is forced to be web, of a client with redirect URIs of an installed program, names these', async () => {
    const policy = { member: { application_type: { force: 'web' } } } as const
    const { messages } = await judgePolicy(policy, { redirect_uris: ['http://127.0.0.1/cb'] })
    expect(messages.application_type).toBe(
      'is set by this server, and the redirect URIs are those of another kind of program',
    )
  })

  it('that took no harm from being dropped, because its default is equal, is still what was done', async () => {
    const policy = { members: { deny: ['subject_type'] } }
    const { decisions } = await judgePolicy(policy, { ...WEB, subject_type: 'public' })
    expect(decisions).toEqual(['members.deny: subject_type dropped'])
  })
})

describe('[member.<name>] is checked', () => {
  it.each([
    ['client_nmae', { required: true }, ['error member.client_nmae']],
    ['client_name#fr', { required: true }, ['error member.client_name#fr']],
    [
      'token_endpoint_auth_methods_supported',
      { required: true },
      ['error member.token_endpoint_auth_methods_supported'],
    ],
    ['client_name', { pattern: '(' }, ['error member.client_name.pattern']],
    ['client_name', { pattern: '(?=a)b' }, ['error member.client_name.pattern']],
    ['client_name', { default: 5 }, ['error member.client_name.default']],
    ['redirect_uris', { force: 'https://a.example/' }, ['error member.redirect_uris.force']],
    ['grant_types', { force: ['implicit'] }, ['error member.grant_types.force']],
    ['grant_types', { default: ['authorization_code', 'implicit'] }, ['error member.grant_types.default']],
    ['client_name', { default: '' }, ['error member.client_name.default']],
    ['client_name', { default: 'abc', pattern: '\\d+' }, ['error member.client_name.default']],
    ['client_name', { force: 'abc', max_length: 2 }, ['error member.client_name.force']],
    ['default_max_age', { min: 5, max: 4 }, ['error member.default_max_age.min']],
    ['client_name', { min_length: 5, max_length: 4 }, ['error member.client_name.min_length']],
    ['client_name', { max_count: 4 }, ['warning member.client_name.max_count']],
    ['claims_redirect_uris', { required: true }, ['warning member.claims_redirect_uris']],
    ['default_max_age', { allowed: [60, 'x'] }, ['warning member.default_max_age.allowed']],
    ['contacts', { allowed: ['a'] }, []],
  ])('%s %j: %j', (name, rules, faults) => {
    const found = faultsOfPolicy({ member: { [name]: rules } } as never)
    for (const fault of faults) expect(found).toContain(fault)
    if (faults.length === 0) expect(found).toEqual([])
  })

  it('a privileged scope is nothing that a policy gives away', () => {
    const capabilities = {
      idTokenSigningAlgs: ['RS256'],
      scopes: ['openid', 'register'],
      privilegedScopes: ['register'],
    }
    const found = faultsOfPolicy(
      { member: { scope: { force: 'openid register' } } },
      { capabilities: capabilities as never },
    )
    expect(found).toContain('error member.scope.force')
  })
})
