import { describe, expect, it } from 'vitest'
import { applyDefaults } from './apply-defaults.ts'
import { BUILT_IN } from './capabilities.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { findProblems } from './consistency.ts'
import { negotiate } from './negotiate.ts'
import { parseClientMetadata } from './parse-metadata.ts'

const CODE = { redirect_uris: ['https://a.example/cb'], grant_types: ['authorization_code', 'refresh_token'] }
const PUBLIC = { ...CODE, token_endpoint_auth_method: 'none' }
const MACHINE = { grant_types: ['client_credentials'], scope: 'profile' }

function judge(body: ClientMetadata) {
  const draft = applyDefaults(negotiate(parseClientMetadata(body), BUILT_IN), BUILT_IN)
  return { ...draft, reasons: findProblems(draft).map(({ reason }) => reason) }
}

describe('token behaviour that cannot be', () => {
  it.each<[string, ClientMetadata, string]>([
    ['a lifetime of 0', { ...CODE, access_token_lifetime: 0 }, 'access_token_lifetime.zero'],
    ['an ID Token lifetime of 0', { ...CODE, identity_token_lifetime: 0 }, 'identity_token_lifetime.zero'],
    ['a code lifetime of 0', { ...CODE, authorization_code_lifetime: 0 }, 'authorization_code_lifetime.zero'],
    [
      'a sliding lifetime of 0',
      { ...CODE, sliding_refresh_token_lifetime: 0 },
      'sliding_refresh_token_lifetime.zero',
    ],
    ['a consent lifetime of 0', { ...CODE, consent_lifetime: 0 }, 'consent_lifetime.zero'],
    [
      'a code of more than ten minutes (RFC 6749 §4.1.2)',
      { ...CODE, authorization_code_lifetime: 601 },
      'authorization_code_lifetime.too_long',
    ],
    [
      'an access token that outlives a retired signing key',
      { ...CODE, access_token_lifetime: 86_401 },
      'access_token_lifetime.too_long',
    ],
    [
      'no end and nothing that slides',
      { ...CODE, absolute_refresh_token_lifetime: 0, refresh_token_expiration: 'Absolute' },
      'absolute_refresh_token_lifetime.unlimited',
    ],
    [
      'sliding beyond the absolute end',
      { ...CODE, absolute_refresh_token_lifetime: 10, sliding_refresh_token_lifetime: 11 },
      'sliding_refresh_token_lifetime.above_absolute',
    ],
    [
      'reuse by a public client (RFC 9700 §2.2.2)',
      { ...PUBLIC, refresh_token_usage: 'ReUse' },
      'refresh_token_usage.public_client',
    ],
    [
      'no consent for a public client (RFC 6749 §10.2)',
      { ...PUBLIC, require_consent: false },
      'require_consent.unproved_client',
    ],
    [
      'no consent for a native client (RFC 8252 §8.6)',
      { ...CODE, application_type: 'native', require_consent: false },
      'require_consent.unproved_client',
    ],
    ['no PKCE (RFC 9700 §2.1.1)', { ...CODE, require_pkce: false }, 'require_pkce.unsupported'],
    ['no sign-in here', { ...CODE, enable_local_login: false }, 'enable_local_login.unsupported'],
    [
      'a secret for a client without one',
      { ...PUBLIC, require_client_secret: true },
      'require_client_secret.method',
    ],
    [
      'no secret for a client with one',
      { ...CODE, require_client_secret: false },
      'require_client_secret.method',
    ],
    [
      'another word for an expiration',
      { ...CODE, refresh_token_expiration: 'sliding' },
      'refresh_token_expiration.unsupported',
    ],
    [
      'another word for a usage',
      { ...CODE, refresh_token_usage: 'OneTime' },
      'refresh_token_usage.unsupported',
    ],
    ['another word for a type', { ...CODE, access_token_type: 'JWT' }, 'access_token_type.unsupported'],
    [
      'claims that are brought up to date',
      { ...CODE, update_access_token_claims_on_refresh: true },
      'update_access_token_claims_on_refresh.unsupported',
    ],
    [
      'a choice of identity providers',
      { ...CODE, identity_provider_restrictions: ['google'] },
      'identity_provider_restrictions.unsupported',
    ],
    [
      'a list of ID Token algorithms',
      { ...CODE, allowed_identity_token_signing_algorithms: ['ES256'] },
      'allowed_identity_token_signing_algorithms.unsupported',
    ],
    [
      'an origin with a path',
      { ...CODE, allowed_cors_origins: ['https://a.example/'] },
      'allowed_cors_origins.not_an_origin',
    ],
  ])('is refused with its reason: %s', (_case, body, reason) => {
    expect(judge(body).reasons).toStrictEqual([reason])
  })

  it('says the words that are possible, exactly', () => {
    const { problems } = judge({ ...CODE, refresh_token_expiration: 'fixed', refresh_token_usage: 'once' })
    expect(problems.map(({ message }) => message)).toStrictEqual([
      'must be one of: Absolute, Sliding',
      'must be one of: OneTimeOnly, ReUse',
    ])
  })
})

describe('token behaviour that can be', () => {
  it.each<[string, ClientMetadata]>([
    [
      'everything that Duende’s clients send',
      {
        ...CODE,
        access_token_lifetime: 3600,
        access_token_type: 'Jwt',
        identity_token_lifetime: 300,
        authorization_code_lifetime: 60,
        absolute_refresh_token_lifetime: 2_592_000,
        sliding_refresh_token_lifetime: 1_296_000,
        refresh_token_expiration: 'Sliding',
        refresh_token_usage: 'ReUse',
        require_consent: true,
        allow_remember_consent: true,
        consent_lifetime: 3600,
        allowed_cors_origins: ['https://a.example'],
        require_pkce: true,
        coordinate_lifetime_with_user_session: true,
        require_client_secret: true,
        enable_local_login: true,
      },
    ],
    [
      'reuse by a public client whose tokens are bound to a key',
      { ...PUBLIC, refresh_token_usage: 'ReUse', dpop_bound_access_tokens: true },
    ],
    ['no absolute end where use slides', { ...CODE, absolute_refresh_token_lifetime: 0 }],
    ['no secret for a public client', { ...PUBLIC, require_client_secret: false }],
  ])('is kept as it was asked: %s', (_case, body) => {
    const { metadata, reasons, dropped } = judge(body)
    expect([reasons, dropped]).toStrictEqual([[], []])
    expect(metadata).toMatchObject(body)
  })

  it.each<[string, ClientMetadata, string]>([
    [
      'refresh tokens to a client without any',
      { ...MACHINE, refresh_token_usage: 'ReUse' },
      'refresh_token_usage',
    ],
    [
      'codes to a client without any',
      { ...MACHINE, authorization_code_lifetime: 60 },
      'authorization_code_lifetime',
    ],
    ['PKCE to a client without codes', { ...MACHINE, require_pkce: false }, 'require_pkce'],
    ['consent to a client without end-users', { ...MACHINE, require_consent: false }, 'require_consent'],
    [
      'ID Tokens to a client without openid',
      { ...CODE, scope: 'profile', identity_token_lifetime: 60 },
      'identity_token_lifetime',
    ],
    [
      'sliding where nothing slides',
      { ...CODE, refresh_token_expiration: 'Absolute', sliding_refresh_token_lifetime: 60 },
      'sliding_refresh_token_lifetime',
    ],
    [
      'remembering where nobody is asked',
      { ...CODE, require_consent: false, allow_remember_consent: true },
      'allow_remember_consent',
    ],
  ])('is dropped and reported where it means nothing: %s', (_case, body, member) => {
    const { metadata, dropped, reasons } = judge(body)
    expect(reasons).toStrictEqual([])
    expect(metadata).not.toHaveProperty(member)
    expect(dropped).toStrictEqual([{ member, value: body[member], reason: `${member}.without_effect` }])
  })

  it('is not stored where nothing was asked', () => {
    expect(
      Object.keys(judge(CODE).metadata).filter((name) =>
        /lifetime|consent|pkce|cors|usage|expiration/.test(name),
      ),
    ).toStrictEqual([])
  })
})
