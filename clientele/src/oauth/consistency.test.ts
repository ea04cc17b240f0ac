import { describe, expect, it } from 'vitest'
import { applyDefaults } from './apply-defaults.ts'
import { BUILT_IN, DEVICE_CODE } from './capabilities.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { checkConsistency, findSettledProblems } from './consistency.ts'
import { OAuthError, type Problem } from './errors.ts'

const WEB = { redirect_uris: ['https://a.example/'] }
const EC = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }

function errorOf(metadata: ClientMetadata, before: readonly Problem[] = []): OAuthError | undefined {
  try {
    checkConsistency(
      applyDefaults({ requested: metadata, metadata, dropped: [], problems: before }, BUILT_IN),
    )
    return undefined
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}
const reasonsOf = (metadata: ClientMetadata, before?: readonly Problem[]) =>
  errorOf(metadata, before)?.problems.map((problem) => problem.reason) ?? []

describe('redirect URIs', () => {
  it('are needed by the authorization_code grant alone (RFC 7591 §2)', () => {
    expect(errorOf({})).toMatchObject({ code: 'invalid_redirect_uri', reason: 'redirect_uris.missing' })
    expect(errorOf({ grant_types: ['client_credentials', 'authorization_code'] })).toMatchObject({
      reason: 'redirect_uris.missing',
    })
    expect(errorOf({ grant_types: ['client_credentials'] })).toBeUndefined()
    expect(errorOf({ grant_types: [DEVICE_CODE] })).toBeUndefined()
  })

  it('are reported one by one with their place (OIDC Registration §3.2)', () => {
    const error = errorOf({
      redirect_uris: ['https://a.example/', 'http://a.example/', 'x', 'https://a.example/#'],
    })
    expect(error?.code).toBe('invalid_redirect_uri')
    expect(error?.problems).toMatchObject([
      { member: 'redirect_uris', index: 1, reason: 'redirect_uri.http_not_loopback' },
      { member: 'redirect_uris', index: 2, reason: 'redirect_uri.not_absolute' },
      { member: 'redirect_uris', index: 3, reason: 'redirect_uri.has_fragment' },
    ])
  })

  it('are judged also where no grant needs them', () => {
    expect(reasonsOf({ grant_types: ['client_credentials'], redirect_uris: ['javascript:x'] })).toStrictEqual(
      ['redirect_uri.forbidden_scheme'],
    )
  })
})

describe('post-logout redirect URIs', () => {
  it('may be plain http for confidential clients only (RP-Initiated Logout 1.0 §3.1)', () => {
    const uris = { ...WEB, post_logout_redirect_uris: ['https://a.example/bye', 'http://a.example/bye'] }
    expect(reasonsOf(uris)).toStrictEqual([])
    expect(reasonsOf({ ...uris, token_endpoint_auth_method: 'none' })).toStrictEqual([
      'post_logout_redirect_uris.http_not_loopback',
    ])
  })

  it('are judged like redirect URIs otherwise', () => {
    const { code, problems } = errorOf({
      ...WEB,
      post_logout_redirect_uris: ['javascript:x', 'https://a.example/#'],
    })!
    expect(code).toBe('invalid_client_metadata')
    expect(problems).toMatchObject([
      { reason: 'post_logout_redirect_uris.forbidden_scheme', index: 0 },
      { reason: 'post_logout_redirect_uris.has_fragment', index: 1 },
    ])
  })
})

describe('grants', () => {
  it('client_credentials is not for public clients (RFC 6749 §4.4)', () => {
    const metadata = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }
    expect(errorOf(metadata)).toMatchObject({
      code: 'invalid_client_metadata',
      reason: 'grant_types.public_client',
    })
  })

  it('refresh_token alone gives nothing (RFC 7591 §2.1)', () => {
    expect(reasonsOf({ grant_types: ['refresh_token'] })).toStrictEqual(['grant_types.without_code'])
  })
})

describe('keys', () => {
  it('come by value or by reference, not both (RFC 7591 §2)', () => {
    expect(reasonsOf({ ...WEB, jwks: { keys: [EC] }, jwks_uri: 'https://a.example/jwks' })).toStrictEqual([
      'jwks.with_jwks_uri',
    ])
  })

  it('are needed by private_key_jwt, and one must be able to sign (OIDC Core §9)', () => {
    const method = { ...WEB, token_endpoint_auth_method: 'private_key_jwt' }
    expect(reasonsOf({ ...method, jwks: { keys: [EC] } })).toStrictEqual([])
    expect(reasonsOf({ ...method, jwks_uri: 'https://a.example/jwks' })).toStrictEqual([])
    const useless = [
      undefined,
      { keys: [] },
      { keys: [{ ...EC, use: 'enc' }] },
      { keys: [{ kty: 'new' }] },
      { keys: [{ kty: 'OKP', crv: 'X25519' }] },
    ]
    for (const jwks of useless) {
      expect(reasonsOf({ ...method, ...(jwks ? { jwks } : {}) }), JSON.stringify(jwks)).toStrictEqual([
        'jwks.missing',
      ])
    }
  })

  it('that are bad are reported once, not also as missing', () => {
    const bad = { member: 'jwks', reason: 'jwks.private_key', message: 'm', rule: 'r' }
    expect(reasonsOf({ ...WEB, token_endpoint_auth_method: 'private_key_jwt' }, [bad])).toStrictEqual([
      'jwks.private_key',
    ])
  })

  it.each(['id_token', 'userinfo', 'introspection'])(
    'are needed to encrypt the %s response (OIDC Core §10.2)',
    (kind) => {
      const alg = { ...WEB, [`${kind}_encrypted_response_alg`]: 'ECDH-ES' }
      expect(errorOf(alg)?.problems).toMatchObject([
        { member: `${kind}_encrypted_response_alg`, reason: 'jwks.missing' },
      ])
      expect(reasonsOf({ ...alg, jwks: { keys: [EC] } })).toStrictEqual([])
    },
  )

  it('are needed to verify request objects (OIDC Core §10.1)', () => {
    const alg = { ...WEB, request_object_signing_alg: 'ES256' }
    expect(errorOf(alg)?.problems).toMatchObject([
      { member: 'request_object_signing_alg', reason: 'jwks.missing' },
    ])
    expect(reasonsOf({ ...alg, jwks_uri: 'https://a.example/jwks' })).toStrictEqual([])
  })
})

describe('algorithms', () => {
  it.each(['id_token', 'userinfo', 'introspection'])(
    '%s_encrypted_response_enc needs its alg (OIDC Registration §2)',
    (kind) => {
      const enc = `${kind}_encrypted_response_enc`
      expect(reasonsOf({ ...WEB, [enc]: 'A128GCM' })).toStrictEqual([`${enc}.without_alg`])
    },
  )

  it('of assertions are symmetric for client_secret_jwt and asymmetric for private_key_jwt (OIDC Core §9)', () => {
    const reason = ['token_endpoint_auth_signing_alg.method']
    const secret = { ...WEB, token_endpoint_auth_method: 'client_secret_jwt' }
    const key = { ...WEB, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [EC] } }
    expect(reasonsOf({ ...secret, token_endpoint_auth_signing_alg: 'HS256' })).toStrictEqual([])
    expect(reasonsOf({ ...secret, token_endpoint_auth_signing_alg: 'ES256' })).toStrictEqual(reason)
    expect(reasonsOf({ ...key, token_endpoint_auth_signing_alg: 'ES256' })).toStrictEqual([])
    expect(reasonsOf({ ...key, token_endpoint_auth_signing_alg: 'HS256' })).toStrictEqual(reason)
  })
})

describe('other members', () => {
  it.each(['web', 'native'])('application_type may be %s', (application_type) => {
    expect(reasonsOf({ ...WEB, application_type })).toStrictEqual([])
  })

  it('application_type is nothing else (OIDC Registration §2)', () => {
    expect(reasonsOf({ ...WEB, application_type: 'mobile' })).toStrictEqual(['application_type.unknown'])
    expect(reasonsOf({ redirect_uris: ['http://127.0.0.1/'], application_type: 'mobile' })).toStrictEqual([
      'application_type.unknown',
    ])
  })

  it('pairwise needs one host (OIDC Core §8.1)', () => {
    const pairwise = (...redirect_uris: string[]) => reasonsOf({ redirect_uris, subject_type: 'pairwise' })
    expect(pairwise('https://a.example/1', 'https://A.example:443/2')).toStrictEqual([])
    expect(pairwise('https://a.example/1', 'https://a.example:8443/1')).toStrictEqual([
      'subject_type.several_hosts',
    ])
    expect(pairwise('https://a.example/1', 'https://b.example/1')).toStrictEqual([
      'subject_type.several_hosts',
    ])
    expect(pairwise('com.example:/1', 'com.example:/2')).toStrictEqual(['subject_type.no_host'])
    expect(pairwise('cursor://host/1', 'cursor://host/2')).toStrictEqual([])
  })

  it('pairwise without a redirect flow takes its sector from a proven jwks_uri (OIDC Core §8.1)', () => {
    const device = { subject_type: 'pairwise', grant_types: [DEVICE_CODE] }
    const proven = { jwks_uri: 'https://a.example/jwks', token_endpoint_auth_method: 'private_key_jwt' }
    expect(reasonsOf({ ...device, ...proven })).toStrictEqual([])
    expect(reasonsOf(device)).toStrictEqual(['subject_type.no_sector'])
    expect(reasonsOf({ ...device, jwks_uri: proven.jwks_uri })).toStrictEqual(['subject_type.no_sector'])
    expect(
      reasonsOf({ subject_type: 'pairwise', grant_types: ['client_credentials'], ...proven }),
    ).toStrictEqual(['subject_type.no_sector'])
    expect(
      reasonsOf({ ...WEB, ...device, ...proven, grant_types: [DEVICE_CODE, 'authorization_code'] }),
    ).toStrictEqual(['subject_type.device_grant'])
  })

  it('backchannel_logout_uri has no fragment, and is https for public clients (Back-Channel Logout 1.0 §2.2)', () => {
    const uri = (backchannel_logout_uri: string, method = 'client_secret_basic') =>
      reasonsOf({ ...WEB, backchannel_logout_uri, token_endpoint_auth_method: method })
    expect(uri('https://a.example:8443/out?x=1')).toStrictEqual([])
    expect(uri('http://a.example/out')).toStrictEqual([])
    expect(uri('http://a.example/out', 'none')).toStrictEqual(['backchannel_logout_uri.not_https'])
    expect(uri('https://a.example/out#x')).toStrictEqual(['backchannel_logout_uri.has_fragment'])
  })
})

describe('one error', () => {
  it('holds every problem, those found before first', () => {
    const before = {
      member: 'client_name',
      reason: 'client_name.type',
      message: 'must be a string',
      rule: 'RFC 7591 §2',
    }
    const error = errorOf({ redirect_uris: ['x'], application_type: 'mobile' }, [before])!
    expect(error).toMatchObject({ code: 'invalid_client_metadata', reason: 'client_name.type', status: 400 })
    expect(error.problems.map((problem) => problem.member)).toStrictEqual([
      'client_name',
      'redirect_uris',
      'application_type',
    ])
    expect(error.message).toBe('client_name: must be a string (and 2 more, see problems)')
  })

  it('has every bad element of a list, also beside an earlier problem of the list (RFC 7591 §3.2.2)', () => {
    const before = [
      { member: 'redirect_uris', reason: 'redirect_uris.host', message: 'x', rule: 'x', index: 0 },
    ]
    const uris = { redirect_uris: ['https://b.example/', 'https://a.example/#x', 'http://a.example/'] }
    expect(reasonsOf(uris, before)).toEqual([
      'redirect_uris.host',
      'redirect_uri.has_fragment',
      'redirect_uri.http_not_loopback',
    ])
    // The list itself was bad, and is not there: that it is missing is no news.
    expect(reasonsOf({}, before)).toEqual(['redirect_uris.host'])
  })

  it('is invalid_redirect_uri when only redirect URIs are wrong, invalid_client_metadata otherwise (RFC 7591 §3.2.2)', () => {
    expect(errorOf({ redirect_uris: ['x'] })?.code).toBe('invalid_redirect_uri')
    expect(errorOf({ redirect_uris: ['x'], application_type: 'mobile' })?.code).toBe(
      'invalid_client_metadata',
    )
  })
})

describe('values that are settled before a client asks', () => {
  it.each<[ClientMetadata, string]>([
    [{ jwks: { keys: [] }, jwks_uri: 'https://a.example/jwks' }, 'jwks.with_jwks_uri'],
    [{ redirect_uris: ['https://a.example/#f'] }, 'redirect_uri.has_fragment'],
    [{ redirect_uris: [], grant_types: ['authorization_code'] }, 'redirect_uris.missing'],
    [{ response_types: [], grant_types: ['authorization_code'] }, 'grant_types.without_response_type'],
    [{ grant_types: ['refresh_token'] }, 'grant_types.without_code'],
    [
      { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
      'grant_types.public_client',
    ],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [] } }, 'jwks.missing'],
    [
      { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'HS256' },
      'token_endpoint_auth_signing_alg.method',
    ],
    [{ application_type: 'desktop' }, 'application_type.unknown'],
    [{ backchannel_logout_uri: 'https://a.example/#f' }, 'backchannel_logout_uri.has_fragment'],
    [{ post_logout_redirect_uris: ['javascript:x'] }, 'post_logout_redirect_uris.forbidden_scheme'],
  ])('%j lets nobody register', (settled, reason) => {
    expect(findSettledProblems(settled).map((problem) => problem.reason)).toStrictEqual([reason])
  })

  it.each<[ClientMetadata]>([
    [{}],
    [{ redirect_uris: [], response_types: [] }],
    [{ redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }],
    [{ grant_types: ['authorization_code'] }],
    [{ token_endpoint_auth_method: 'none' }],
    [{ token_endpoint_auth_method: 'private_key_jwt' }],
    [{ token_endpoint_auth_signing_alg: 'ES256' }],
    [{ id_token_encrypted_response_alg: 'RSA-OAEP-256' }],
    [{ id_token_encrypted_response_enc: 'A128GCM' }],
    [{ subject_type: 'pairwise' }],
    [{ post_logout_redirect_uris: ['http://a.example/bye'] }],
    [{ backchannel_logout_uri: 'http://a.example/bye' }],
  ])('%j are completed by what a client adds', (settled) => {
    expect(findSettledProblems(settled)).toStrictEqual([])
  })
})

it('a response type that a gate took away refuses the grant that needs it (RFC 7591 §2.1)', () => {
  expect(reasonsOf({ ...WEB, response_types: [] })).toStrictEqual(['grant_types.without_response_type'])
  expect(reasonsOf({ response_types: [], grant_types: ['client_credentials'] })).toStrictEqual([])
})
