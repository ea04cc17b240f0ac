import { describe, expect, it } from 'vitest'
import { BUILT_IN, type Capabilities } from './capabilities.ts'
import type { JsonObject } from './json.ts'
import { METADATA_FIELDS } from './metadata-fields.ts'
import { negotiate } from './negotiate.ts'
import { parseClientMetadata } from './parse-metadata.ts'

const draft = (body: JsonObject, capabilities: Capabilities = BUILT_IN) =>
  negotiate(parseClientMetadata(body), capabilities)

describe('a list', () => {
  it('of grant types is narrowed to the supported ones, each once, and what was dropped is on record (RFC 7591 §2)', () => {
    const { metadata, dropped, problems, requested } = draft({
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'implicit', 'authorization_code'],
    })
    expect(metadata.grant_types).toStrictEqual(['authorization_code', 'refresh_token'])
    expect(dropped).toStrictEqual([
      { member: 'grant_types', value: 'implicit', reason: 'grant_types.unsupported' },
    ])
    expect(problems).toStrictEqual([])
    expect(requested.grant_types).toHaveLength(5)
  })

  it.each([
    ['grant_types', ['implicit', 'password']],
    ['grant_types', ['Authorization_Code']],
    ['response_types', ['id_token', 'token']],
  ])('of %s without any supported one is refused: %j (RFC 7591 §2)', (member, values) => {
    const { metadata, problems } = draft({ [member]: values })
    expect(metadata).not.toHaveProperty(member)
    expect(problems).toMatchObject([{ member, reason: `${member}.unsupported` }])
  })

  it('of response types is narrowed as mod_auth_openidc needs it', () => {
    const asked = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token']
    const { metadata, dropped } = draft({ response_types: asked })
    expect(metadata.response_types).toStrictEqual(['code'])
    expect(dropped.map(({ value }) => value)).toStrictEqual(asked.slice(1))
  })

  it('of response types does not depend on the order of words (RFC 6749 §3.1.1)', () => {
    const capabilities = { ...BUILT_IN, responseTypes: ['code', 'code id_token'] }
    expect(
      draft({ response_types: ['id_token code', 'code id_token'] }, capabilities).metadata.response_types,
    ).toStrictEqual(['code id_token'])
  })
})

describe('scope', () => {
  it('is narrowed to what can be granted, in the order asked for (RFC 7591 §2)', () => {
    const { metadata, dropped } = draft({ scope: 'email  urn:matrix:client:api:* openid email' })
    expect(metadata.scope).toBe('email openid')
    expect(dropped).toStrictEqual([
      { member: 'scope', value: 'urn:matrix:client:api:*', reason: 'scope.unsupported' },
    ])
  })

  it('of which nothing can be granted is refused, because nothing must not come to mean everything', () => {
    const { metadata, problems } = draft({ scope: 'admin root' })
    expect(metadata).not.toHaveProperty('scope')
    expect(problems).toMatchObject([{ member: 'scope', reason: 'scope.unsupported' }])
  })

  it('of blanks alone asks for nothing, like the empty text', () => {
    const { metadata, problems } = draft({ scope: '  ' })
    expect(metadata).not.toHaveProperty('scope')
    expect(problems).toStrictEqual([])
  })
})

const SAMPLES: Record<string, JsonObject[string]> = {
  text: 'x',
  texts: ['x'],
  'web-url': 'https://a.example/',
  'https-url': 'https://a.example/',
  'web-urls': ['https://a.example/'],
  boolean: true,
}

describe('what this server does not do', () => {
  const withSupport = (support: string) =>
    [...METADATA_FIELDS.values()].filter((field) => field.support === support)

  it.each(withSupport('drop').map((field) => [field.name, field.shape] as const))(
    '%s is dropped and on record (RFC 7591 §3.2.1)',
    (name, shape) => {
      const { metadata, dropped, problems } = draft({ [name]: SAMPLES[shape]! })
      expect(metadata).toStrictEqual({})
      expect(dropped).toStrictEqual([{ member: name, value: SAMPLES[shape], reason: `${name}.unsupported` }])
      expect(problems).toStrictEqual([])
    },
  )

  it.each(withSupport('refuse').map((field) => [field.name, field.shape] as const))(
    '%s is refused: silence would be a downgrade',
    (name, shape) => {
      expect(draft({ [name]: SAMPLES[shape]! }).problems).toMatchObject([
        { member: name, reason: `${name}.unsupported` },
      ])
    },
  )

  it('asked not to be done is no wish at all', () => {
    const body = { tls_client_certificate_bound_access_tokens: false, use_mtls_endpoint_aliases: false }
    expect(draft(body)).toMatchObject({ metadata: {}, dropped: [], problems: [] })
  })
})

describe('a single value', () => {
  it.each(
    [...METADATA_FIELDS.values()]
      .filter((field) => field.oneOf)
      .map((field) => [field.name, field.oneOf!] as const),
  )('%s is one of %s or refused (OIDC Registration §2)', (name, list) => {
    for (const value of BUILT_IN[list])
      expect(draft({ [name]: value })).toMatchObject({ metadata: { [name]: value }, problems: [] })
    for (const value of ['none of these', BUILT_IN[list][0]!.toUpperCase().concat(' '), 'constructor']) {
      const { metadata, problems } = draft({ [name]: value })
      expect(metadata).toStrictEqual({})
      expect(problems).toMatchObject([{ member: name, reason: `${name}.unsupported` }])
    }
  })

  it.each(['id_token_signed_response_alg', 'token_endpoint_auth_signing_alg', 'request_object_signing_alg'])(
    '%s is never none (OIDC Registration §2)',
    (name) => {
      expect(draft({ [name]: 'none' }).problems).toMatchObject([{ member: name }])
    },
  )
})

it('localized members pass, and nothing that was parsed is changed in place', () => {
  const parsed = parseClientMetadata({
    'client_name#fr': 'x',
    grant_types: ['implicit', 'authorization_code'],
  })
  const before = structuredClone(parsed)
  expect(negotiate(parsed, BUILT_IN).metadata['client_name#fr']).toBe('x')
  expect(parsed).toStrictEqual(before)
})
