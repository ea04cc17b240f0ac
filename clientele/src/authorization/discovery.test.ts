import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { discoveryPaths, renderDiscovery } from './discovery.ts'

const ISSUER = 'https://id.example/desk'

describe('the metadata document', () => {
  it('names the issuer as it is, and every endpoint below it (RFC 8414 §2, MD-03, MD-08)', () => {
    const document = renderDiscovery(ISSUER, BUILT_IN)
    expect(document.issuer).toBe(ISSUER)
    const endpoints = Object.entries(document).filter(
      ([name]) => name.endsWith('_endpoint') || name === 'jwks_uri',
    )
    expect(endpoints.map(([name]) => name).sort()).toEqual([
      'authorization_endpoint',
      'device_authorization_endpoint',
      'end_session_endpoint',
      'introspection_endpoint',
      'jwks_uri',
      'pushed_authorization_request_endpoint',
      'registration_endpoint',
      'revocation_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ])
    for (const [name, url] of endpoints) expect(String(url).startsWith(`${ISSUER}/`), name).toBe(true)
  })

  it('announces what the capabilities have and nothing else (MD-09, MD-13, MD-18, MD-19)', () => {
    expect(renderDiscovery(ISSUER, BUILT_IN)).toMatchObject({
      grant_types_supported: BUILT_IN.grantTypes,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: BUILT_IN.authMethods,
      token_endpoint_auth_signing_alg_values_supported: BUILT_IN.authSigningAlgs,
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256']),
      scopes_supported: expect.arrayContaining(['openid', 'offline_access']),
      request_uri_parameter_supported: false,
      claims_supported: expect.arrayContaining(['sub', 'email']),
    })
    // RFC 7662 §2.1: introspection requires authorization, and a public client has none.
    expect(renderDiscovery(ISSUER, BUILT_IN).introspection_endpoint_auth_methods_supported).toEqual(
      BUILT_IN.authMethods.filter((method) => method !== 'none'),
    )
    const less = renderDiscovery(ISSUER, {
      ...BUILT_IN,
      grantTypes: ['client_credentials'],
      authMethods: ['none'],
      scopes: ['openid'],
    })
    expect(less).not.toHaveProperty('device_authorization_endpoint')
    expect(less).not.toHaveProperty('introspection_endpoint')
    expect(less).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported')
    expect(less.claims_supported).not.toContain('email')
  })

  it('has no empty array, no null and no undefined member (MD-04)', () => {
    const bare = {
      ...BUILT_IN,
      acrValues: [],
      encryptionAlgs: [],
      encryptionEncs: [],
      requestObjectSigningAlgs: [],
      scopes: [],
    }
    for (const capabilities of [BUILT_IN, bare]) {
      for (const [name, value] of Object.entries(renderDiscovery(ISSUER, capabilities))) {
        expect(value ?? 'missing', name).not.toBe('missing')
        if (Array.isArray(value)) expect(value.length, name).toBeGreaterThan(0)
      }
    }
  })

  it('names the host that registers clients, where it is another one, and nothing else changes', () => {
    const registrationUrl = 'https://register.example/clients'
    const { registration_endpoint, ...others } = renderDiscovery(ISSUER, BUILT_IN, { registrationUrl })
    expect(registration_endpoint).toBe('https://register.example/clients/register')
    expect(others).toEqual({
      ...renderDiscovery(ISSUER, BUILT_IN, { registration: false }),
    })
    expect(renderDiscovery(ISSUER, BUILT_IN).registration_endpoint).toBe(`${ISSUER}/register`)
  })

  it('stands where clients look for it, for an issuer with a path inserted and appended under either name (MD-01)', () => {
    expect(discoveryPaths('https://id.example')).toEqual([
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
    ])
    expect(discoveryPaths(ISSUER)).toEqual([
      '/.well-known/oauth-authorization-server/desk',
      '/.well-known/openid-configuration/desk',
      '/desk/.well-known/oauth-authorization-server',
      '/desk/.well-known/openid-configuration',
    ])
  })
})
