import { describe, expect, it } from 'vitest'
import { BOUNDS } from './bounds.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { FOREIGN_MEMBERS, METADATA_FIELDS, SERVER_MEMBERS } from './metadata-fields.ts'
import { parseClientMetadata } from './parse-metadata.ts'

const reasons = (body: JsonObject) => parseClientMetadata(body).problems.map((problem) => problem.reason)
const kept = (body: JsonObject) => parseClientMetadata(body).metadata

describe('members', () => {
  it('that nobody knows are ignored, and names are case-sensitive (RFC 7591 §2)', () => {
    const body = { client_name: 'A', Client_Name: 'B', made_up: { deep: [1] }, 'https://a.example/x': 1 }
    expect(parseClientMetadata(body)).toStrictEqual({ metadata: { client_name: 'A' }, problems: [] })
  })

  it('that the server alone sets have no effect (RFC 7591 §6)', () => {
    const body = Object.fromEntries(SERVER_MEMBERS.map((member) => [member, 'mine']))
    expect(parseClientMetadata(body)).toStrictEqual({ metadata: {}, problems: [] })
  })

  it('of Object.prototype are strangers like others', () => {
    const body = JSON.parse(
      '{"__proto__":{"client_name":"A"},"constructor":1,"toString":2,"hasOwnProperty":3}',
    )
    const { metadata, problems } = parseClientMetadata(body)
    expect(Object.keys(metadata)).toStrictEqual([])
    expect(metadata.client_name).toBeUndefined()
    expect(problems).toStrictEqual([])
  })

  it.each([null, '', []])(
    'that are %j count as left out, whatever their shape (RFC 7592 §2.2)',
    (nothing) => {
      const body = Object.fromEntries(
        [...METADATA_FIELDS.keys(), 'client_name#fr'].map((member) => [member, nothing]),
      )
      expect(parseClientMetadata(body)).toStrictEqual({ metadata: {}, problems: [] })
    },
  )

  it('that are bad are all reported at once, each by name and rule, and left out', () => {
    const { metadata, problems } = parseClientMetadata({
      client_name: 7,
      scope: [],
      grant_types: 'code',
      contacts: ['a', 1],
    })
    expect(metadata).toStrictEqual({})
    expect(problems).toMatchObject([
      { member: 'client_name', reason: 'client_name.type', rule: 'RFC 7591 §2' },
      { member: 'grant_types', reason: 'grant_types.type' },
      { member: 'contacts', reason: 'contacts.type', index: 1 },
    ])
  })

  it('keep the problems that were found before', () => {
    const before = { member: 'client_id', reason: 'client_id.missing', message: 'm', rule: 'r' }
    expect(parseClientMetadata({ client_name: 1 }, [before]).problems).toMatchObject([
      before,
      { member: 'client_name' },
    ])
  })
})

/** For each shape: what it takes, and what it does not. */
const SHAPE_CASES: Record<string, { good: JsonValue[]; bad: JsonValue[] }> = {
  text: {
    good: ['a', 'x'.repeat(BOUNDS.textLength), 'ü 名'],
    bad: [1, true, {}, ['a'], 'x'.repeat(BOUNDS.textLength + 1)],
  },
  'long-text': { good: ['x'.repeat(BOUNDS.longTextLength)], bad: [1, 'x'.repeat(BOUNDS.longTextLength + 1)] },
  texts: {
    good: [['a'], Array(BOUNDS.arrayLength).fill('a')],
    bad: ['a', {}, [1], [null], [''], [['a']], Array(BOUNDS.arrayLength + 1).fill('a')],
  },
  scope: {
    good: ['openid', 'a b', 'x'.repeat(BOUNDS.scopeLength)],
    bad: [['openid'], 1, {}, 'a\tb', 'a"b', 'a\\b', 'é', 'x'.repeat(BOUNDS.scopeLength + 1)],
  },
  'web-url': {
    good: ['https://a.example/', 'http://a.example:8080/x?y#z'],
    bad: [
      1,
      ['https://a.example/'],
      'a.example',
      '/x',
      'javascript:alert(1)',
      'data:text/html,x',
      'https:x',
      'https:///x',
    ],
  },
  'https-url': {
    good: ['https://a.example/x#y'],
    bad: [1, 'http://a.example/', 'https:x', 'ftp://a.example/'],
  },
  'web-urls': { good: [['https://a.example/']], bad: ['https://a.example/', ['x'], [1]] },
  'redirect-uris': {
    good: [['anything'], ['']],
    bad: ['https://a.example/', [1], [null], {}, Array(BOUNDS.redirectUris + 1).fill('x')],
  },
  'post-logout-redirect-uris': { good: [['anything']], bad: ['x', [{}]] },
  origins: {
    good: [['https://app.example', 'capacitor://localhost']],
    bad: ['https://app.example', [1], ['https://app.example/'], ['*'], {}],
  },
  boolean: { good: [true, false], bad: ['true', 'false', 0, 1, {}, [true]] },
  seconds: { good: [0, 1, 2 ** 53 - 1], bad: [-1, 1.5, '60', true, 2 ** 53, Number.POSITIVE_INFINITY, [1]] },
  jwks: { good: [{ keys: [] }], bad: [{}, 'x', [{}], { keys: {} }] },
  object: {
    good: [{ a: [1, null, { b: true }] }],
    bad: ['x', 1, [{}], nested(BOUNDS.nesting + 1), nested(5000)],
  },
}

function nested(levels: number): JsonValue {
  let value: JsonValue = {}
  for (let level = 1; level < levels; level++) value = { below: value }
  return value
}

describe('the shape of', () => {
  it.each([...METADATA_FIELDS.values()].map((field) => [field.name, field.shape, field] as const))(
    '%s is %s (IANA registry)',
    (name, shape, field) => {
      const { good, bad } = SHAPE_CASES[shape]!
      for (const value of good) expect(kept({ [name]: value })).toStrictEqual({ [name]: value })
      for (const value of bad) {
        const { metadata, problems } = parseClientMetadata({ [name]: value })
        expect(metadata).toStrictEqual({})
        expect(problems).toHaveLength(1)
        expect(problems[0]).toMatchObject({ member: name, rule: field.source })
        expect(problems[0]!.reason.startsWith(`${name}.`)).toBe(true)
      }
    },
  )

  it('an object is counted exactly to the bound', () => {
    expect(reasons({ vp_formats_supported: nested(BOUNDS.nesting) })).toStrictEqual([])
    expect(reasons({ vp_formats_supported: nested(BOUNDS.nesting + 1) })).toStrictEqual([
      'vp_formats_supported.type',
    ])
  })

  it.each(['\0', '\n', '\u001b[2J', '\u007f', '\u0085', '\u200f', '\u202e', '\u2066', '\ud800', 'a\udc00b'])(
    'a text has no %j: it would garble a log or a page',
    (text) => {
      expect(reasons({ client_name: `x${text}` })).toStrictEqual(['client_name.control_character'])
      expect(reasons({ contacts: [`x${text}`] })).toStrictEqual(['contacts.control_character'])
    },
  )

  it('a text is kept code point by code point, not normalized (OIDC Registration §6)', () => {
    for (const name of ['e\u0301', '\u00e9', '\u{1f600}', 'a\u200db'])
      expect(kept({ client_name: name })).toStrictEqual({ client_name: name })
  })

  it.each(['a\0b', 'a\ud800b', '\udc00'])(
    'no member has %j anywhere within it: databases and other servers stumble over such text',
    (text) => {
      const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
      const values: JsonValue[] = [
        ...[text, [text], { a: { b: [text] } }, { [text]: 1 }],
        ...[{ keys: [], other: text }, { keys: [], [text]: 1 }, { keys: [{ ...key, kid: text }] }],
        ...[{ keys: [{ ...key, [text]: 1 }] }, { keys: [{ ...key, x5c: [text] }] }],
      ]
      for (const { name, shape } of METADATA_FIELDS.values()) {
        // Judged as URIs when the kind of client is known.
        if (shape.endsWith('redirect-uris')) continue
        for (const value of values)
          expect(kept({ [name]: value }), `${name}: ${JSON.stringify(value)}`).toStrictEqual({})
      }
    },
  )

  it('a scope has a bounded number of values', () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`).join(' ')
    expect(reasons({ scope: values(BOUNDS.scopeValues) })).toStrictEqual([])
    expect(reasons({ scope: values(BOUNDS.scopeValues + 1) })).toStrictEqual(['scope.too_many'])
  })
})

describe('localized members', () => {
  it('are kept beside the plain one under the name that was sent (RFC 7591 §2.2)', () => {
    const body = {
      client_name: 'Client',
      'client_name#ja-Jpan-JP': 'クライアント',
      'tos_uri#fr': 'https://a.example/fr',
    }
    expect(kept(body)).toStrictEqual(body)
  })

  it('are held to the shape of the plain one, and reported with their tag (RFC 7591 §2.2)', () => {
    expect(
      parseClientMetadata({ 'logo_uri#fr': 'javascript:x', 'client_name#fr': 1 }).problems,
    ).toMatchObject([
      { member: 'logo_uri#fr', reason: 'logo_uri.not_a_web_url' },
      { member: 'client_name#fr', reason: 'client_name.type' },
    ])
  })

  it('of a member that is not for people have no effect', () => {
    expect(
      parseClientMetadata({ 'redirect_uris#fr': ['https://a.example/'], 'scope#de': 'x', 'jwks#en': 1 }),
    ).toStrictEqual({
      metadata: {},
      problems: [],
    })
  })

  it.each([
    '',
    '#',
    ' ',
    'a_b',
    'fr-',
    '-fr',
    'fr--CA',
    'ninechars',
    '1',
    'fr#ca',
    '<script>',
    'fr\n',
    'é',
    `a${'-aaaaaaaa'.repeat(4)}`,
  ])('with the broken tag %j have no effect (BCP 47)', (tag) => {
    expect(parseClientMetadata({ [`client_name#${tag}`]: 'x' })).toStrictEqual({ metadata: {}, problems: [] })
  })

  it('with tags that differ in case only are one: the first stands (BCP 47 §2.1.1)', () => {
    expect(kept({ 'client_name#fr-CA': 'a', 'client_name#FR-ca': 'b', 'client_name#fr': 'c' })).toStrictEqual(
      {
        'client_name#fr-CA': 'a',
        'client_name#fr': 'c',
      },
    )
  })

  it('are bounded in number', () => {
    const body = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`client_name#x-${index.toString(36)}`, 'n']),
      )
    expect(reasons(body(BOUNDS.localizedMembers))).toStrictEqual([])
    expect(reasons(body(BOUNDS.localizedMembers + 1))).toStrictEqual(['metadata.too_many_languages'])
  })
})

it('every member of the field table has a source and a summary, and none is the server’s own', () => {
  expect(METADATA_FIELDS.size).toBe(99)
  for (const [name, field] of METADATA_FIELDS) {
    expect(field).toMatchObject({
      name,
      source: expect.stringMatching(/\S/),
      summary: expect.stringMatching(/\.$/),
    })
    expect(SERVER_MEMBERS as readonly string[]).not.toContain(name)
    expect(FOREIGN_MEMBERS).not.toContain(name)
  }
})
