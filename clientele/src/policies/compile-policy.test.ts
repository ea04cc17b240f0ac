import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import { checkPolicy } from './check-policy.ts'
import { compilePolicy, type PolicyContext } from './compile-policy.ts'
import type { Facts, Situation } from './policy.ts'
import { definePolicy, type PolicyDefinition } from './policy-definition.ts'
import { PolicyError } from './policy-error.ts'
import { renderPolicyJsonSchema } from './policy-language.ts'
import { PRESETS } from './presets.ts'

const context: PolicyContext = {
  capabilities: BUILT_IN,
  fields: METADATA_FIELDS,
  known: { own: new Map(), presets: PRESETS },
}
const compile = (policy: object) => compilePolicy(policy as PolicyDefinition, context)
const check = (policy: object) => checkPolicy(policy as PolicyDefinition, context)
const from = (gate: string): Situation => ({
  caller: { gate },
  permissions: [],
  address: '192.0.2.1',
  claimed: {},
})

describe('a policy is compiled', () => {
  it('into nothing of its own, where it says nothing: no budget, the standard credentials', () => {
    const policy = compile({ name: 'empty' })
    expect(policy).toMatchObject({
      name: 'empty',
      explain: 'words',
      askedRules: [],
      credentials: {
        callerMayChoose: true,
        registrationAccessTokenLifetimeSeconds: 0,
        registrationAccessTokenRotation: 'never',
      },
    })
    // Those that act in every policy.
    expect(policy.grantedRules.filter(({ name }) => !/^(tokens|lifetimes)\./.test(name))).toEqual([])
    expect(policy.budgetsOf({} as never, {} as never)).toEqual([])
  })

  it('into rules that carry their place in it', () => {
    const { grantedRules } = compile({ name: 'x', redirect_uris: { hosts: ['a.example'], min_count: 1 } })
    expect(grantedRules.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['redirect_uris.hosts', 'redirect_uris.min_count']),
    )
  })

  it('without [when] it takes nothing by itself, with an empty one everything', () => {
    expect(compile({ name: 'x' }).appliesTo(from('open'))).toBe(false)
    expect(compile({ name: 'x', when: {} }).appliesTo(from('open'))).toBe(true)
    const some = compile({ name: 'x', when: { gates: ['api_key'] } })
    expect([some.appliesTo(from('open')), some.appliesTo(from('api_key'))]).toEqual([false, true])
  })

  it('with the functions of a program: its rules act last, its generators win', async () => {
    const policy = compilePolicy(
      definePolicy({
        name: 'program',
        redirect_uris: { min_count: 1 },
        rules: [
          {
            name: 'acme.scope',
            round: 'asked',
            decide: async () => [
              { kind: 'amend', member: 'scope', effect: 'forced', to: 'openid', because: 'is what we give' },
            ],
          },
          { name: 'acme.last', round: 'granted', decide: () => [] },
        ],
        makeClientId: () => 'acme-1',
      }),
      context,
    )
    expect(policy.askedRules.map(({ name }) => name)).toEqual(['acme.scope'])
    expect(policy.grantedRules.at(-1)?.name).toBe('acme.last')
    expect(await policy.askedRules[0]?.decide({}, {} as Facts)).toHaveLength(1)
    expect(policy.credentials.makeClientId?.({} as never, {} as never)).toBe('acme-1')
  })

  it('not at all where something is wrong, and everything that is wrong is said at once', () => {
    const wrong = { name: 'x', redirect_uris: { host: ['a'], max_count: 'two' }, explain: 'loud' }
    expect(() => compile(wrong)).toThrow(PolicyError)
    expect(check(wrong)).toMatchObject([
      { path: ['explain'], found: '"loud"', allowed: '"words" or "public"' },
      { path: ['redirect_uris', 'max_count'], found: '"two"' },
      { path: ['redirect_uris', 'host'], message: 'is not a known key', nearest: 'hosts' },
    ])
  })
})

describe('what is wrong with a policy is found without a request', () => {
  const rows: readonly [name: string, policy: object, severity: string, path: unknown, message: RegExp][] = [
    ['an unknown table', { redirects: {} }, 'error', ['redirects'], /not a known key/],
    ['a key of another table', { hosts: ['a'] }, 'error', ['hosts'], /not a known key/],
    ['a missing base', { extends: 'nothing' }, 'error', ['extends'], /names no policy/],
    [
      'a fault of a section',
      { redirect_uris: { min_count: 3, max_count: 2 } },
      'error',
      ['redirect_uris', 'min_count'],
      /more than max_count/,
    ],
    [
      'claims that exclude each other',
      {
        when: {
          claims: [
            { claim: 't', equals: 'a' },
            { claim: 't', equals: 'b' },
          ],
        },
      },
      'error',
      ['when', 'claims', 1],
      /can never hold/,
    ],
    [
      'claims of nobody',
      { when: { gates: ['open'], claims: [{ claim: 't', equals: 'a' }] } },
      'error',
      ['when', 'claims'],
      /can never hold/,
    ],
    [
      'callers of a gate that is not asked for',
      { when: { gates: ['api_key'], callers: ['bearer:x'] } },
      'error',
      ['when', 'callers', 0],
      /can never hold/,
    ],
    [
      'a pattern that no URL matches',
      { uris: { client_uri: { https: true, pattern: 'acme\\.example/.*' } } },
      'error',
      ['uris', 'client_uri', 'pattern'],
      /can match no https URL/,
    ],
    [
      'a pattern that no scope value matches',
      { scope: { patterns: ['a b'] } },
      'error',
      ['scope', 'patterns', 0],
      /can match no scope value/,
    ],
    [
      'a rule on a member that nobody may send',
      { members: { deny: ['contacts'] }, member: { contacts: { max_count: 1 } } },
      'warning',
      ['member', 'contacts'],
      /never acts/,
    ],
    [
      'a rule on redirect URIs that nobody may send',
      { members: { allow: ['client_name'] }, redirect_uris: { max_count: 1 } },
      'warning',
      ['redirect_uris'],
      /never acts/,
    ],
    [
      'a member that is demanded and may not be sent',
      { members: { allow: ['redirect_uris'] }, member: { client_name: { required: true } } },
      'error',
      ['member', 'client_name', 'required'],
      /no registration could ever pass/,
    ],
    [
      'software that is demanded and may not be named',
      { members: { deny: ['software_id'] }, software: { required: true } },
      'error',
      ['software', 'required'],
      /no registration could ever pass/,
    ],
    [
      'allowed values that the pattern beside them does not match',
      { member: { client_name: { allowed: ['A', 'B'], pattern: '[C-D]' } } },
      'error',
      ['member', 'client_name', 'pattern'],
      /none of the allowed values/,
    ],
    [
      'one allowed value that the pattern beside it does not match',
      { member: { client_name: { allowed: ['A', 'C'], pattern: '[C-D]' } } },
      'warning',
      ['member', 'client_name', 'pattern'],
      /"A"/,
    ],
    [
      'two patterns for one address',
      {
        member: { client_uri: { pattern: 'https://a\\.example/.*' } },
        uris: { client_uri: { pattern: 'https://b\\.example/.*' } },
      },
      'error',
      ['uris', 'client_uri', 'pattern'],
      /contradicts member\.client_uri\.pattern/,
    ],
    [
      'two patterns for one software',
      { member: { software_id: { pattern: 'a.*' } }, software: { id_pattern: 'b.*' } },
      'error',
      ['software', 'id_pattern'],
      /contradicts member\.software_id\.pattern/,
    ],
    [
      'a pattern on a member of that name, too',
      { member: { software_id: { pattern: 'a$b' } } },
      'error',
      ['member', 'software_id', 'pattern'],
      /can match no text/,
    ],
    [
      'a forced name that is protected',
      { member: { client_name: { force: 'Example Bank' } }, names: { protected: ['Example Bank'] } },
      'error',
      ['member', 'client_name', 'force'],
      /refused by names\.protected/,
    ],
    [
      'a default address that another table drops',
      {
        member: { client_uri: { default: 'https://a.example/' } },
        uris: { client_uri: { hosts: ['b.example'], on_bad: 'drop' } },
      },
      'error',
      ['member', 'client_uri', 'default'],
      /refused by uris\.client_uri\.hosts/,
    ],
    [
      'a name that must be longer than names may be',
      { member: { client_name: { min_length: 10 } }, names: { max_length: 5 } },
      'error',
      ['member', 'client_name', 'min_length'],
      /more than names\.max_length/,
    ],
    [
      'client_credentials for clients that do not authenticate (RFC 6749 §4.4)',
      {
        grant_types: { allowed: ['client_credentials'] },
        token_endpoint_auth_methods: { allowed: ['none'] },
      },
      'error',
      ['token_endpoint_auth_methods'],
      /no client could be registered/,
    ],
    [
      'redirect URIs of clients that nobody is sent back to',
      { grant_types: { allowed: ['client_credentials'] }, redirect_uris: { min_count: 1 } },
      'warning',
      ['redirect_uris', 'min_count'],
      /no grant that is allowed/,
    ],
    [
      'a bound of scopes that are bounded by nothing',
      { scope: { outside: 'reject' } },
      'warning',
      ['scope', 'outside'],
      /never acts/,
    ],
    [
      'names of members that nobody may send',
      { members: { allow: ['redirect_uris'] }, names: { max_length: 5 } },
      'warning',
      ['names'],
      /never acts/,
    ],
    [
      'a pattern of software that nobody may name',
      { members: { deny: ['software_id'] }, software: { id_pattern: 'a.*' } },
      'warning',
      ['software', 'id_pattern'],
      /never acts/,
    ],
    [
      'a misspelled gate',
      { when: { gates: ['api_kye'] } },
      'warning',
      ['when', 'gates', 0],
      /the nearest is api_key$/,
    ],
    [
      'a misspelled gate of a denial',
      { deny: [{ when: { gates: ['opne'] }, because: 'no' }] },
      'warning',
      ['deny', 0, 'when', 'gates', 0],
      /the nearest is open$/,
    ],
    ['a function in a file', { rules: ['x'] }, 'error', ['rules', 0], /is no rule/],
    ['a generator in a file', { makeClientId: 'x' }, 'error', ['makeClientId'], /only a program/],
  ]
  it.each(rows)('%s', (_name, policy, severity, path, message) => {
    expect(check({ name: 'x', ...policy })).toContainEqual(
      expect.objectContaining({ severity, path, message: expect.stringMatching(message) }),
    )
  })

  it('but a member that the policy itself puts in is not demanded of anybody', () => {
    const member = { client_name: { required: true, default: 'Client' } }
    const faults = check({ name: 'x', members: { allow: ['redirect_uris'] }, member })
    expect(faults.filter(({ path }) => path[0] === 'member')).toEqual([])
  })

  it.each([
    'https://*.com',
    'https://*example.com',
    '*',
    'https://*',
    'https://app.example.com/cb',
    'app.example.com',
  ])('an origin that is none, or that anybody can have: %s', (allowed) => {
    expect(check({ name: 'x', tokens: { allowed_cors_origins: { allowed: [allowed] } } })).toMatchObject([
      { severity: 'error', path: ['tokens', 'allowed_cors_origins', 'allowed'] },
    ])
  })

  it('a scope that only a credential gives is no default, and demanding it is worth a word', () => {
    const capabilities = { ...BUILT_IN, scopes: [...BUILT_IN.scopes, 'admin'], privilegedScopes: ['admin'] }
    const policy = { name: 'x', scope: { default: ['admin'], required: ['admin'] } }
    expect(checkPolicy(policy as PolicyDefinition, { ...context, capabilities })).toMatchObject([
      { severity: 'error', path: ['scope', 'default'] },
      { severity: 'warning', path: ['scope', 'required'] },
    ])
  })

  it('but a value that is called a pattern and is none is no pattern', () => {
    const fields = new Map(METADATA_FIELDS).set('x_name_pattern', {
      ...METADATA_FIELDS.get('client_name')!,
      name: 'x_name_pattern',
    })
    const policy = {
      name: 'x',
      member: { x_name_pattern: { default: 'a$b' } },
      deny: [{ when: { members: { x_name_pattern: 'a$b' } }, because: 'no' }],
    }
    expect(checkPolicy(policy as PolicyDefinition, { ...context, fields })).toEqual([])
    const real = { name: 'x', member: { x_name_pattern: { pattern: 'a$b' } } }
    expect(checkPolicy(real as PolicyDefinition, { ...context, fields })).toMatchObject([
      { severity: 'error', path: ['member', 'x_name_pattern', 'pattern'] },
    ])
  })

  it('and nothing is wrong with what is right', () => {
    const policy = {
      name: 'x',
      when: { gates: ['api_key'], callers: ['api_key:01*'] },
      redirect_uris: { classes: ['https'], hosts: ['*.acme.example'] },
      uris: { client_uri: { https: true, pattern: 'https://acme\\.example/.*' } },
      scope: { patterns: ['open.*'] },
      member: { client_uri: { pattern: '.*/' }, client_name: { default: 'A client', max_length: 40 } },
      names: { protected: ['Example Bank'], max_length: 60 },
      tokens: {
        allowed_cors_origins: {
          allowed: ['https://*.acme.example', 'https://**.acme.example:8443', 'http://localhost:3000'],
        },
      },
    }
    expect(check(policy)).toEqual([])
  })
})

it('the language is a JSON Schema too, with every table', () => {
  const schema = renderPolicyJsonSchema() as { properties: object; additionalProperties: unknown }
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['name', 'extends', 'when', 'redirect_uris', 'scope']),
  )
  expect(schema.additionalProperties).toBe(false)
})
