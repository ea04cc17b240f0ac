import { describe, expect, it } from 'vitest'
import { applyDefaults } from './apply-defaults.ts'
import { BUILT_IN, DEVICE_CODE } from './capabilities.ts'
import type { ClientMetadata } from './client-metadata.ts'

const WEB = { redirect_uris: ['https://a.example/'] }
const complete = (metadata: ClientMetadata) =>
  applyDefaults({ requested: metadata, metadata, dropped: [], problems: [] }, BUILT_IN)

describe('defaults', () => {
  it('are put in as values (RFC 7591 §2, OIDC Registration §2)', () => {
    expect(complete(WEB).metadata).toStrictEqual({
      ...WEB,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      scope: BUILT_IN.defaultScopes.join(' '),
      subject_type: 'public',
      id_token_signed_response_alg: 'RS256',
    })
  })

  it('do not touch what was sent', () => {
    const sent = {
      ...WEB,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'native',
      scope: 'openid',
      subject_type: 'pairwise',
      id_token_signed_response_alg: 'ES256',
    }
    const { metadata, dropped } = complete(sent)
    expect(metadata).toStrictEqual(sent)
    expect(dropped).toStrictEqual([])
  })

  it('of grants are the same for what was read and is sent back where a policy takes named grants away (RFC 7592 §2.2)', () => {
    const grantsOf = (application_type: string | undefined, grant_types: readonly string[] | undefined) => {
      const metadata = {
        redirect_uris: ['http://127.0.0.1/'],
        ...(application_type === undefined ? {} : { application_type }),
      }
      const requested = { ...metadata, ...(grant_types === undefined ? {} : { grant_types }) }
      return applyDefaults({ requested, metadata, dropped: [], problems: [] }, BUILT_IN).metadata.grant_types
    }
    const inferred = grantsOf(undefined, undefined)
    expect([inferred, grantsOf('native', inferred)]).toEqual([['authorization_code'], ['authorization_code']])
    const native = grantsOf('native', undefined)
    expect([native, grantsOf('native', native)]).toEqual([
      ['authorization_code', 'refresh_token'],
      ['authorization_code', 'refresh_token'],
    ])
  })

  it.each(['id_token', 'userinfo', 'introspection'])(
    '%s is encrypted with A128CBC-HS256 where only its alg was given (OIDC Registration §2)',
    (kind) => {
      const alg = { [`${kind}_encrypted_response_alg`]: 'ECDH-ES' }
      expect(complete({ ...WEB, ...alg }).metadata).toMatchObject({
        [`${kind}_encrypted_response_enc`]: 'A128CBC-HS256',
      })
      const enc = { [`${kind}_encrypted_response_enc`]: 'A256GCM' }
      expect(complete({ ...WEB, ...alg, ...enc }).metadata).toMatchObject(enc)
      expect(complete(WEB).metadata).not.toHaveProperty(`${kind}_encrypted_response_enc`)
    },
  )

  it('encrypted UserInfo responses are signed like ID Tokens, because the engine encrypts no others', () => {
    const encrypted = { ...WEB, userinfo_encrypted_response_alg: 'ECDH-ES' }
    expect(complete(encrypted).metadata.userinfo_signed_response_alg).toBe('RS256')
    expect(
      complete({ ...encrypted, id_token_signed_response_alg: 'ES256' }).metadata.userinfo_signed_response_alg,
    ).toBe('ES256')
    const signed = {
      ...encrypted,
      userinfo_signed_response_alg: 'RS256',
      id_token_signed_response_alg: 'ES256',
    }
    expect(complete(signed).metadata.userinfo_signed_response_alg).toBe('RS256')
    expect(complete(WEB).metadata).not.toHaveProperty('userinfo_signed_response_alg')
  })
})

describe('application_type', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost:1/x',
    'http://[::1]',
    'io.element.android:/',
    'cursor://host/x',
  ])('is inferred to be native for %s when it was left out', (uri) => {
    const { metadata, dropped } = complete({ redirect_uris: ['https://a.example/', uri] })
    expect(metadata.application_type).toBe('native')
    expect(dropped).toStrictEqual([])
  })

  it('web is overruled by such a redirect URI, and that is on record', () => {
    const { metadata, dropped } = complete({ redirect_uris: ['cursor://host/x'], application_type: 'web' })
    expect(metadata.application_type).toBe('native')
    expect(dropped).toStrictEqual([
      { member: 'application_type', value: 'web', reason: 'application_type.inferred' },
    ])
  })

  it('native stays native with https', () => {
    expect(complete({ ...WEB, application_type: 'native' }).metadata.application_type).toBe('native')
  })

  it.each(['mobile', 'Web'])('%s stays for the consistency check to refuse', (application_type) => {
    for (const redirect_uris of [WEB.redirect_uris, ['http://127.0.0.1/']]) {
      expect(complete({ redirect_uris, application_type }).metadata.application_type).toBe(application_type)
    }
  })
})

describe('grant types', () => {
  it('of a client that calls itself native and names none include refresh_token, as ownCloud needs it', () => {
    const native = { redirect_uris: ['http://127.0.0.1'], application_type: 'native' }
    expect(complete(native).metadata.grant_types).toStrictEqual(['authorization_code', 'refresh_token'])
    expect(complete({ redirect_uris: ['http://127.0.0.1'] }).metadata.grant_types).toStrictEqual([
      'authorization_code',
    ])
    expect(complete({ ...native, grant_types: ['authorization_code'] }).metadata.grant_types).toStrictEqual([
      'authorization_code',
    ])
  })

  it('of a public client lose client_credentials when something is left (RFC 6749 §4.4)', () => {
    const { metadata, dropped } = complete({
      ...WEB,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'client_credentials'],
    })
    expect(metadata.grant_types).toStrictEqual(['authorization_code'])
    expect(dropped).toStrictEqual([
      { member: 'grant_types', value: 'client_credentials', reason: 'grant_types.public_client' },
    ])
  })

  it('lose refresh_token where nothing else gives one (RFC 6749 §4.4.3)', () => {
    const { metadata, dropped } = complete({ grant_types: ['client_credentials', 'refresh_token'] })
    expect(metadata.grant_types).toStrictEqual(['client_credentials'])
    expect(dropped).toStrictEqual([
      { member: 'grant_types', value: 'refresh_token', reason: 'grant_types.without_code' },
    ])
    expect(complete({ grant_types: [DEVICE_CODE, 'refresh_token'] }).metadata.grant_types).toStrictEqual([
      DEVICE_CODE,
      'refresh_token',
    ])
  })

  it('alone are left to the consistency check', () => {
    expect(
      complete({ token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] }).metadata
        .grant_types,
    ).toStrictEqual(['client_credentials'])
    expect(complete({ grant_types: ['refresh_token'] }).metadata.grant_types).toStrictEqual(['refresh_token'])
  })
})

describe('response types', () => {
  it.each([['client_credentials'], [DEVICE_CODE]])('are none for %s alone (RFC 7591 §2.1)', (grant) => {
    const { metadata, dropped } = complete({ grant_types: [grant] })
    expect(metadata.response_types).toStrictEqual([])
    expect(metadata.redirect_uris).toStrictEqual([])
    expect(dropped).toStrictEqual([])
  })

  it('without their grant are dropped and on record (RFC 7591 §2.1)', () => {
    const { metadata, dropped } = complete({ grant_types: ['client_credentials'], response_types: ['code'] })
    expect(metadata.response_types).toStrictEqual([])
    expect(dropped).toStrictEqual([
      { member: 'response_types', value: 'code', reason: 'response_types.without_grant' },
    ])
  })
})

describe('token_endpoint_auth_signing_alg', () => {
  it.each(['client_secret_basic', 'client_secret_post', 'none', undefined])(
    'is dropped for the method %s, which signs nothing',
    (method) => {
      const { metadata, dropped } = complete({
        ...WEB,
        ...(method ? { token_endpoint_auth_method: method } : {}),
        token_endpoint_auth_signing_alg: 'ES256',
      })
      expect(metadata).not.toHaveProperty('token_endpoint_auth_signing_alg')
      expect(dropped).toMatchObject([{ member: 'token_endpoint_auth_signing_alg', value: 'ES256' }])
    },
  )

  it.each(['private_key_jwt', 'client_secret_jwt'])('stays for %s', (token_endpoint_auth_method) => {
    const { metadata } = complete({
      ...WEB,
      token_endpoint_auth_method,
      token_endpoint_auth_signing_alg: 'ES256',
    })
    expect(metadata.token_endpoint_auth_signing_alg).toBe('ES256')
  })
})
