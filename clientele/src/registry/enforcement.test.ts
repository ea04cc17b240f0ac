import { describe, expect, it } from 'vitest'
import { sha256 } from '../runtime/cryptography.ts'
import {
  allowedScopes,
  isAuthMethodAllowed,
  isGrantTypeAllowed,
  isPkceRequired,
  isRedirectUriAllowed,
  isResponseTypeAllowed,
  isUsable,
  verifyClientSecret,
} from './enforcement.ts'
import { parseRegistryClient, type RegistryClient } from './registry-client.ts'

const NOW = 1_900_000_000
const METADATA: RegistryClient['metadata'] = {
  redirect_uris: ['https://client.example/cb', 'http://127.0.0.1:1234/cb'],
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'client_credentials'],
  response_types: ['code'],
  application_type: 'web',
  scope: 'openid email',
  id_token_signed_response_alg: 'ES256',
  subject_type: 'public',
}
const CLIENT: RegistryClient = {
  client_id: 'c',
  status: 'active',
  revision: 1,
  metadata: METADATA,
  secret_hashes: [
    { hash: sha256('new'), expires_at: NOW + 1 },
    { hash: sha256('old'), expires_at: NOW },
  ],
}
const PUBLIC: RegistryClient = {
  ...CLIENT,
  metadata: { ...METADATA, token_endpoint_auth_method: 'none' },
  secret_hashes: [],
}

describe('what another authorization server asks of a client', () => {
  it.each([
    ['https://client.example/cb', true],
    ['https://client.example/CB', false],
    ['https://client.example/cb/', false],
    ['https://client.example/cb?x=1', false],
    ['https://client.example.evil/cb', false],
    ['http://127.0.0.1:9/cb', true],
    ['http://127.0.0.1/cb', true],
    ['http://127.0.0.2:9/cb', false],
    ['http://127.0.0.1:9/other', false],
    ['', false],
  ])('the redirect URI %s is allowed: %s (RFC 9700 §2.1, RFC 8252 §7.3)', (uri, allowed) => {
    expect(isRedirectUriAllowed(CLIENT, uri)).toBe(allowed)
  })

  it('a secret counts until it expires, each of several, and never for a client that has none', () => {
    expect(verifyClientSecret(CLIENT, 'new', NOW)).toBe(true)
    expect(verifyClientSecret(CLIENT, 'new', NOW + 1)).toBe(false)
    expect(verifyClientSecret(CLIENT, 'old', NOW - 1)).toBe(true)
    expect(verifyClientSecret(CLIENT, 'old', NOW)).toBe(false)
    for (const wrong of ['', 'New', sha256('new'), undefined as unknown as string])
      expect(verifyClientSecret(CLIENT, wrong, NOW)).toBe(false)
    expect(verifyClientSecret({ ...CLIENT, metadata: PUBLIC.metadata }, 'new', NOW)).toBe(false)
  })

  it('a scope that is not registered falls away, and a client without one has none (RFC 6749 §3.3)', () => {
    expect(allowedScopes(CLIENT, 'email admin openid email')).toEqual(['email', 'openid'])
    expect(allowedScopes(CLIENT)).toEqual(['openid', 'email'])
    expect(allowedScopes(CLIENT, '')).toEqual([])
    const bare = { ...CLIENT, metadata: { ...METADATA, scope: '' } }
    expect(allowedScopes(bare)).toEqual([])
    expect(allowedScopes(bare, 'openid')).toEqual([])
  })

  it('a client is usable while it is active and one of its secrets lives', () => {
    expect(isUsable(CLIENT, NOW)).toBe(true)
    expect(isUsable(CLIENT, NOW + 1)).toBe(false)
    expect(isUsable(PUBLIC, NOW + 1)).toBe(true)
    for (const status of ['suspended', 'pending', 'deleted', 'ACTIVE', ''])
      expect(isUsable({ ...PUBLIC, status }, NOW)).toBe(false)
  })

  it('grants, response types and methods are the registered ones; a public client has no client credentials', () => {
    expect(isGrantTypeAllowed(CLIENT, 'client_credentials')).toBe(true)
    expect(isGrantTypeAllowed(PUBLIC, 'client_credentials')).toBe(false)
    expect(isGrantTypeAllowed(PUBLIC, 'authorization_code')).toBe(true)
    expect(isGrantTypeAllowed(CLIENT, 'refresh_token')).toBe(false)
    expect(isResponseTypeAllowed(CLIENT, 'code')).toBe(true)
    expect(isResponseTypeAllowed(CLIENT, 'code id_token')).toBe(false)
    expect(isAuthMethodAllowed(CLIENT, 'client_secret_basic')).toBe(true)
    expect(isAuthMethodAllowed(CLIENT, 'client_secret_post')).toBe(false)
    expect(isAuthMethodAllowed(CLIENT, 'none')).toBe(false)
  })

  it('a client that named no method sends its secret in the header or the body, and one that named one does not', () => {
    const unnamed = { ...CLIENT, token_endpoint_auth_method_named: false }
    for (const method of ['client_secret_basic', 'client_secret_post'])
      expect(isAuthMethodAllowed(unnamed, method)).toBe(true)
    for (const method of ['client_secret_jwt', 'private_key_jwt', 'none', ''])
      expect(isAuthMethodAllowed(unnamed, method)).toBe(false)
    const bound = { ...CLIENT, token_endpoint_auth_method_named: true }
    expect(isAuthMethodAllowed(bound, 'client_secret_post')).toBe(false)
    const other = { ...PUBLIC, token_endpoint_auth_method_named: false }
    expect(isAuthMethodAllowed(other, 'client_secret_post')).toBe(false)
  })

  it('PKCE is required of public clients and of those that registered so (RFC 9700 §2.1.1)', () => {
    expect(isPkceRequired(CLIENT)).toBe(false)
    expect(isPkceRequired(PUBLIC)).toBe(true)
    expect(isPkceRequired({ ...CLIENT, metadata: { ...METADATA, require_pkce: true } })).toBe(true)
  })
})

describe('reading a client', () => {
  it('takes the JSON of the look-up, and a row of the view with JSON as text and a revision as text', () => {
    expect(parseRegistryClient(JSON.parse(JSON.stringify(CLIENT)))).toEqual(CLIENT)
    const row = {
      ...CLIENT,
      revision: '1',
      metadata: JSON.stringify(METADATA),
      secret_hashes: JSON.stringify(CLIENT.secret_hashes),
    }
    expect(parseRegistryClient(row)).toEqual(CLIENT)
    const unnamed = { ...CLIENT, token_endpoint_auth_method_named: false }
    expect(parseRegistryClient(unnamed)).toEqual(unnamed)
  })

  it.each([
    ['nothing', null],
    ['a list', []],
    ['no id', { ...CLIENT, client_id: undefined }],
    ['no status', { ...CLIENT, status: undefined }],
    ['a revision that is none', { ...CLIENT, revision: 'x' }],
    ['a revision that is empty', { ...CLIENT, revision: '' }],
    ['a revision below one', { ...CLIENT, revision: -3 }],
    ['a revision of 0', { ...CLIENT, revision: 0 }],
    ['no metadata', { ...CLIENT, metadata: null }],
    ['metadata that is no JSON', { ...CLIENT, metadata: '{' }],
    ['hashes that are no JSON', { ...CLIENT, secret_hashes: 'x' }],
    ['text for whether the method was named', { ...CLIENT, token_endpoint_auth_method_named: 'no' }],
    ['redirect URIs that are none', { ...CLIENT, metadata: { ...METADATA, redirect_uris: 'https://x' } }],
    ['a method that is none', { ...CLIENT, metadata: { ...METADATA, token_endpoint_auth_method: 1 } }],
    ['hashes that are none', { ...CLIENT, secret_hashes: [{ hash: 1, expires_at: 0 }] }],
    ['hashes without an end', { ...CLIENT, secret_hashes: [{ hash: 'x' }] }],
  ])('refuses %s', (_name, value) => {
    expect(() => parseRegistryClient(value)).toThrow(TypeError)
  })
})
