import { describe, expect, it } from 'vitest'
import type { RecordedDecision } from '../clients/client.ts'
import { type Explainable, explainClient } from './explain.ts'

const RECORD: Explainable = {
  door: 'registration_request',
  caller: { gate: 'initial_access_token', id: '01J', owner: 'ann' },
  policy: 'partner-web',
  policyRevision: 'abc123abc123',
  requested: { redirect_uris: ['https://client.example/cb'] },
  granted: {
    redirect_uris: ['https://client.example/cb'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    application_type: 'web',
    scope: 'openid',
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
  },
  dropped: [],
}

const decision = (change: Partial<RecordedDecision>): RecordedDecision => ({
  member: 'scope',
  effect: 'narrowed',
  from: 'openid admin',
  to: 'openid',
  rule: 'scope.allowed',
  because: 'has values that this server does not give here',
  ...change,
})

/** What is said of one member. */
function wordsFor(member: string, change: Partial<Explainable>): readonly string[] {
  const explained = explainClient({ ...RECORD, ...change }).members.find((each) => each.member === member)
  return explained!.steps.map(({ words }) => words)
}

const RULE = 'of partner-web (revision abc123abc123)'

describe('explainClient', () => {
  it('begins with where the client came from and what governs it', () => {
    expect(explainClient(RECORD).introduction).toEqual([
      'It came in through the gate initial_access_token:01J, for the owner ann.',
      'The policy partner-web (revision abc123abc123) judged what is granted.',
    ])
  })

  it('says of a record from before there were policies that the default policy governs it', () => {
    const { introduction } = explainClient({ ...RECORD, policy: undefined, policyRevision: undefined })
    expect(introduction[1]).toMatch(/before there were policies: the default policy/)
  })

  it('says who vouches, and what it was let in as', () => {
    const { introduction } = explainClient({
      ...RECORD,
      proviso: 'software_statement',
      vouched: { issuer: 'https://directory.example', statement: 'eyJ', metadata: {} },
    })
    expect(introduction.slice(2)).toEqual([
      'https://directory.example vouches for it (RFC 7591 §2.3).',
      'It was let in by its software statement, and keeps needing one.',
    ])
  })

  it('tells every member that was asked, granted, dropped, fixed, vouched for or decided, in the order of the field table', () => {
    const { members } = explainClient({
      ...RECORD,
      requested: { ...RECORD.requested, 'client_name#de': 'Kunde', x_department: 'finance' },
      dropped: [
        { member: 'request_uris', value: ['https://c.example/r'], reason: 'request_uris.unsupported' },
      ],
      fixed: { client_name: 'Client' },
      vouched: { issuer: 'https://directory.example', statement: 'eyJ', metadata: { software_id: 's' } },
      decisions: [decision({ member: 'logo_uri', effect: 'dropped' })],
    })
    expect(members.map(({ member }) => member)).toEqual([
      'redirect_uris',
      'token_endpoint_auth_method',
      'grant_types',
      'response_types',
      'client_name',
      'client_name#de',
      'logo_uri',
      'scope',
      'software_id',
      'application_type',
      'subject_type',
      'id_token_signed_response_alg',
      'request_uris',
      'x_department',
    ])
    expect(members.every(({ steps }) => steps.length > 0)).toBe(true)
  })

  it('says of a translation, and of a list to choose from, beside what is settled that it does not count', () => {
    const requested = {
      'client_name#fr': 'Autre',
      'tos_uri#fr': 'https://a.example',
      token_endpoint_auth_methods_supported: ['none'],
    }
    const fixed = { client_name: 'Client', token_endpoint_auth_method: 'none' }
    for (const member of ['client_name#fr', 'token_endpoint_auth_methods_supported'])
      expect(wordsFor(member, { requested, fixed })).toEqual([
        'It does not count beside what the credential fixes.',
      ])
    const vouched = { issuer: 'https://directory.example', statement: 'eyJ', metadata: { tos_uri: 'x' } }
    expect(wordsFor('tos_uri#fr', { requested, vouched })).toEqual([
      'It does not count beside what the software statement says.',
    ])
  })

  it('says of a member that a rule dropped and whose default is equal that it is the default', () => {
    const dropped = { member: 'subject_type', effect: 'dropped', from: 'public' } as const
    const { to: _, ...decided } = decision({
      ...dropped,
      rule: 'members.deny',
      because: 'is not a member to set',
    })
    const words = wordsFor('subject_type', { requested: { subject_type: 'public' }, decisions: [decided] })
    expect(words).toEqual([
      `The rule members.deny ${RULE} dropped "public": subject_type is not a member to set.`,
      'The default of OpenID Connect Dynamic Client Registration 1.0 §2.',
    ])
  })

  const asked = { scope: 'openid admin' }
  it.each<[string, string, Partial<Explainable>, readonly string[]]>([
    ['granted as asked', 'redirect_uris', {}, ['It was granted as asked.']],
    ['a default of RFC 7591 §2', 'token_endpoint_auth_method', {}, ['The default of RFC 7591 §2.']],
    [
      'a default of OpenID Connect',
      'subject_type',
      {},
      ['The default of OpenID Connect Dynamic Client Registration 1.0 §2.'],
    ],
    ['response types', 'response_types', {}, ['They follow from the grant types (RFC 7591 §2.1).']],
    ['the default scope', 'scope', {}, ['The default scope of this server (RFC 7591 §2).']],
    [
      'a claim of a software statement',
      'scope',
      {
        requested: asked,
        vouched: { issuer: 'https://directory.example', statement: 'eyJ', metadata: { scope: 'openid' } },
      },
      [
        'The software statement of https://directory.example says "openid", and its word counts before the client\'s (RFC 7591 §2.3).',
      ],
    ],
    [
      'a value that a credential fixed',
      'scope',
      { requested: asked, fixed: { scope: 'openid' } },
      [
        'The credential that it was registered with (initial_access_token:01J) fixes "openid", whatever is asked, now and at every update.',
      ],
    ],
    [
      'what the server does not do',
      'scope',
      { requested: asked, dropped: [{ member: 'scope', value: 'admin', reason: 'scope.unsupported' }] },
      ['"admin" was dropped: this server does not do that.'],
    ],
    [
      'a grant that goes with another one',
      'grant_types',
      { dropped: [{ member: 'grant_types', value: 'refresh_token', reason: 'grant_types.without_code' }] },
      ['"refresh_token" was dropped: no grant of this client gives a refresh token (RFC 6749 §4.4.3).'],
    ],
    [
      'a drop whose reason has no words yet',
      'scope',
      { dropped: [{ member: 'scope', value: 'a', reason: 'scope.another' }] },
      ['"a" was dropped: scope.another.'],
    ],
    [
      'a rule that narrowed, told once although the drop is recorded too',
      'scope',
      {
        requested: asked,
        dropped: [{ member: 'scope', value: 'admin', reason: 'scope.allowed' }],
        decisions: [decision({})],
      },
      [
        `The rule scope.allowed ${RULE} left "openid" of "openid admin": scope has values that this server does not give here.`,
      ],
    ],
    [
      'a default of the policy',
      'scope',
      {
        decisions: [
          {
            member: 'scope',
            effect: 'default',
            to: 'openid',
            rule: 'scope.default',
            because: 'is this by default.',
          },
        ],
      },
      [`The rule scope.default ${RULE} put in "openid": scope is this by default.`],
    ],
    [
      'a forced value',
      'scope',
      {
        requested: asked,
        decisions: [decision({ effect: 'forced', rule: 'member.scope', because: 'is set here' })],
      },
      [`The rule member.scope ${RULE} set it to "openid" instead of "openid admin": scope is set here.`],
    ],
    [
      'a choice among what was offered',
      'token_endpoint_auth_method',
      {
        decisions: [
          {
            member: 'token_endpoint_auth_method',
            effect: 'chosen',
            to: 'client_secret_basic',
            rule: 'token_endpoint_auth_methods.choose',
            because: 'is the strongest that was offered',
          },
        ],
      },
      [
        `The rule token_endpoint_auth_methods.choose ${RULE} chose "client_secret_basic": token_endpoint_auth_method is the strongest that was offered.`,
      ],
    ],
    [
      'a value that a rule took away and the standard put a default for',
      'scope',
      {
        requested: asked,
        decisions: [
          {
            member: 'scope',
            effect: 'dropped',
            from: 'openid admin',
            rule: 'members.allow',
            because: 'is not asked for here',
          },
        ],
      },
      [
        `The rule members.allow ${RULE} dropped "openid admin": scope is not asked for here.`,
        'The default scope of this server (RFC 7591 §2).',
      ],
    ],
    [
      'what the server brought into agreement',
      'response_types',
      { requested: { response_types: ['code', 'code'] } },
      [
        'The server brought it into agreement with what it can do and with the other members (RFC 7591 §2.1, §3.2.1): ["code"].',
      ],
    ],
  ])('says of %s whose doing it is', (_, member, change, words) => {
    expect(wordsFor(member, change)).toEqual(words)
  })

  it('says of a bad member of a request that was only tried that it would be refused', () => {
    const problem = {
      member: 'contacts',
      reason: 'contacts.type',
      message: 'must be an array',
      rule: 'RFC 7591 §2',
    }
    expect(wordsFor('contacts', { problems: [problem] })).toEqual([
      'It would be refused: contacts must be an array (RFC 7591 §2).',
    ])
    const second = { ...problem, member: 'redirect_uris', index: 1, message: 'is not here' }
    expect(wordsFor('redirect_uris', { problems: [second] })).toEqual([
      'It would be refused: redirect_uris[1] is not here (RFC 7591 §2).',
    ])
  })

  it('cuts a long value within a sentence, and never repeats the text of a software statement', () => {
    const text = JSON.stringify(
      explainClient({
        ...RECORD,
        fixed: { client_name: 'x'.repeat(5000) },
        vouched: { issuer: 'i', statement: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln', metadata: {} },
      }),
    )
    expect(text.length).toBeLessThan(6000)
    expect(text).not.toContain('eyJ')
  })
})
