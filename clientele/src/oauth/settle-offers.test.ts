import { describe, expect, it } from 'vitest'
import { BUILT_IN } from './capabilities.ts'
import type { JsonObject } from './json.ts'
import { METADATA_FIELDS } from './metadata-fields.ts'
import { negotiate } from './negotiate.ts'
import { overlay } from './overlay.ts'
import { parseClientMetadata } from './parse-metadata.ts'
import { OFFERS } from './settle-offers.ts'
import { STRENGTH, strengthOf } from './strength.ts'

const RULE = 'RP Metadata Choices 1.0 §2'
const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const JWKS = { jwks: { keys: [EC] } }
const JWKS_URI = { jwks_uri: 'https://client.example/jwks' }

const settle = (body: JsonObject) => negotiate(parseClientMetadata(body), BUILT_IN)

describe('a list to choose from', () => {
  it.each(OFFERS.map(({ name, offers }) => [name, offers] as const))(
    '%s is never returned, in which its value of %s would be (RP Metadata Choices 1.0 §2)',
    (name, member) => {
      const field = METADATA_FIELDS.get(member)!
      const offered = BUILT_IN[field.oneOf!] as readonly string[]
      const { metadata, dropped, problems, requested } = settle({ ...JWKS_URI, [name]: offered })
      expect(problems).toStrictEqual([])
      expect(metadata).not.toHaveProperty(name)
      // Offered, not asked for: what was not chosen was not dropped.
      expect(dropped).toStrictEqual([])
      expect(requested[name]).toStrictEqual(offered)
      if (metadata[member] !== undefined) expect(offered).toContain(metadata[member])
    },
  )

  const CHOICES: readonly (readonly [string, JsonObject, string, string | undefined])[] = [
    [
      'the strongest method',
      { token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'] },
      'token_endpoint_auth_method',
      'client_secret_basic',
    ],
    [
      'the strongest method over the preferred one (§4)',
      {
        token_endpoint_auth_method: 'none',
        token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      },
      'token_endpoint_auth_method',
      'client_secret_post',
    ],
    [
      'a method that has keys',
      { token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post'], ...JWKS_URI },
      'token_endpoint_auth_method',
      'private_key_jwt',
    ],
    [
      'no method that lacks keys',
      { token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post'] },
      'token_endpoint_auth_method',
      'client_secret_post',
    ],
    [
      'no method that lacks an algorithm for its keys',
      {
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
        token_endpoint_auth_signing_alg_values_supported: ['RS256'],
        ...JWKS,
      },
      'token_endpoint_auth_method',
      'none',
    ],
    [
      'an algorithm that suits the method that was chosen',
      {
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['HS256'],
        ...JWKS,
      },
      'token_endpoint_auth_method',
      'client_secret_jwt',
    ],
    [
      'the strongest algorithm for the keys',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg_values_supported: ['RS256', 'Ed25519', 'ES256'],
        ...JWKS,
      },
      'token_endpoint_auth_signing_alg',
      'ES256',
    ],
    [
      'no algorithm for a method that signs nothing',
      { token_endpoint_auth_method: 'none', token_endpoint_auth_signing_alg_values_supported: ['RS256'] },
      'token_endpoint_auth_signing_alg',
      undefined,
    ],
    [
      'ES256 before RS256 for ID Tokens (§4)',
      {
        id_token_signing_alg_values_supported: ['ES256', 'PS256', 'RS256'],
        id_token_signed_response_alg: 'RS256',
      },
      'id_token_signed_response_alg',
      'ES256',
    ],
    [
      'a supported one in the place of one that is not (§4)',
      { id_token_signing_alg_values_supported: ['PS256', 'RS256'], id_token_signed_response_alg: 'PS256' },
      'id_token_signed_response_alg',
      'RS256',
    ],
    [
      'pairwise before public',
      { redirect_uris: ['https://a.example/'], subject_types_supported: ['public', 'pairwise'] },
      'subject_type',
      'pairwise',
    ],
    [
      'no pairwise for several hosts (OpenID Connect Core 1.0 §8.1)',
      {
        redirect_uris: ['https://a.example/', 'https://b.example/'],
        subject_types_supported: ['public', 'pairwise'],
      },
      'subject_type',
      'public',
    ],
    [
      'nothing that was not asked for: UserInfo stays plain',
      { userinfo_signing_alg_values_supported: ['ES256'] },
      'userinfo_signed_response_alg',
      undefined,
    ],
    [
      'nothing that was not asked for: ID Tokens stay unencrypted',
      { id_token_encryption_alg_values_supported: ['ECDH-ES'], ...JWKS },
      'id_token_encrypted_response_alg',
      undefined,
    ],
    [
      'nothing that was not asked for: request objects stay free',
      { request_object_signing_alg_values_supported: ['ES256'], ...JWKS },
      'request_object_signing_alg',
      undefined,
    ],
    [
      'the strongest of what was asked for',
      { userinfo_signed_response_alg: 'RS256', userinfo_signing_alg_values_supported: ['RS256', 'ES256'] },
      'userinfo_signed_response_alg',
      'ES256',
    ],
    [
      'the strongest encryption that the keys can do',
      {
        id_token_encrypted_response_alg: 'RSA-OAEP',
        id_token_encryption_alg_values_supported: ['RSA-OAEP', 'ECDH-ES', 'ECDH-ES+A128KW'],
        ...JWKS,
      },
      'id_token_encrypted_response_alg',
      'ECDH-ES+A128KW',
    ],
    [
      'the strongest content encryption beside an algorithm',
      {
        id_token_encrypted_response_alg: 'ECDH-ES',
        id_token_encryption_enc_values_supported: ['A128CBC-HS256', 'A256GCM'],
        ...JWKS,
      },
      'id_token_encrypted_response_enc',
      'A256GCM',
    ],
  ]

  it.each(CHOICES)('gives %s: %j', (_, body, member, chosen) => {
    const { metadata, problems } = settle(body)
    expect(problems).toStrictEqual([])
    expect(metadata[member]).toBe(chosen)
  })

  it.each([
    [
      { token_endpoint_auth_methods_supported: ['tls_client_auth'] },
      'token_endpoint_auth_methods_supported',
      'unsupported',
    ],
    [
      { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
      'token_endpoint_auth_methods_supported',
      'unsupported',
    ],
    [
      { id_token_signing_alg_values_supported: ['PS256', 'none'] },
      'id_token_signing_alg_values_supported',
      'unsupported',
    ],
    [
      { token_endpoint_auth_method: 'none', token_endpoint_auth_methods_supported: ['client_secret_post'] },
      'token_endpoint_auth_method',
      'not_offered',
    ],
  ])('%j is refused (§2, §4)', (body, member, reason) => {
    const { problems } = settle(body)
    expect(problems).toMatchObject([
      { member, reason: `${member}.${reason}`, rule: `OpenID Connect ${RULE}` },
    ])
  })

  it('is covered by a fixed value of its member, and covers that in turn', () => {
    const parsed = parseClientMetadata({
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      id_token_signed_response_alg: 'RS256',
    })
    const over = overlay(parsed, {
      token_endpoint_auth_method: 'none',
      id_token_signing_alg_values_supported: ['ES256'],
    })
    expect(negotiate(over, BUILT_IN)).toMatchObject({
      metadata: { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
      problems: [],
    })
  })
})

it('everything that this server can do has its place in the order of strength', () => {
  for (const { name, oneOf } of METADATA_FIELDS.values()) {
    const strength = strengthOf(name)
    if (strength && oneOf)
      for (const value of BUILT_IN[oneOf]) expect(STRENGTH[strength], name).toContain(value)
  }
})
