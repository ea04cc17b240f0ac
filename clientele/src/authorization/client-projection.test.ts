import { describe, expect, it } from 'vitest'
import type { ClientRecord } from '../clients/client.ts'
import { secretContext } from '../clients/secrets.ts'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { randomBytes, sha256 } from '../runtime/cryptography.ts'
import { createSealer } from '../runtime/sealer.ts'
import { projectClient, projectMetadata } from './client-projection.ts'

const sealer = createSealer(randomBytes(32))
const deps = { capabilities: BUILT_IN, sealer }
const NOW = 1_790_000_000
const GRANTED = {
  redirect_uris: ['https://client.example/cb'],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  application_type: 'web',
  id_token_signed_response_alg: 'RS256',
  subject_type: 'public',
}

function client(method: string, expiresAt = 0): ClientRecord {
  return {
    id: 'client',
    door: 'registration_request',
    requested: {},
    granted: {
      ...GRANTED,
      token_endpoint_auth_method: method,
      scope: 'openid withdrawn email',
      client_name: 'Ada',
      'client_name#de': 'Ada',
      logo_uri: 'https://client.example/logo',
      contacts: ['ada@client.example'],
      software_id: 's',
    },
    dropped: [],
    caller: { gate: 'open' },
    secrets: [
      {
        hash: sha256('the secret'),
        sealed: sealer.seal('the secret', secretContext('client')),
        createdAt: NOW,
        expiresAt,
      },
    ],
    registrationAccessTokenHash: 'r',
    createdAt: NOW,
    updatedAt: NOW,
    revision: 1,
  }
}

describe('what the engine is told of a client', () => {
  it('is what it enforces, and no word that only people read', () => {
    expect(projectMetadata(client('none').granted, BUILT_IN)).toEqual({
      ...GRANTED,
      token_endpoint_auth_method: 'none',
      scope: 'openid email',
    })
  })

  it('has the secret in clear only for client_secret_jwt (OpenID Connect Core 1.0 §9)', () => {
    expect(projectClient(client('client_secret_jwt'), NOW, deps).client_secret).toBe('the secret')
    for (const method of ['client_secret_basic', 'client_secret_post']) {
      const { client_secret } = projectClient(client(method), NOW, deps)
      expect([undefined, 'the secret', sha256('the secret')]).not.toContain(client_secret)
    }
    for (const method of ['none', 'private_key_jwt']) {
      expect(projectClient(client(method), NOW, deps)).not.toHaveProperty('client_secret')
    }
  })

  it('has no secret in clear that has expired', () => {
    expect(projectClient(client('client_secret_jwt', NOW), NOW, deps).client_secret).not.toBe('the secret')
    expect(projectClient(client('client_secret_jwt', NOW + 1), NOW, deps).client_secret).toBe('the secret')
  })
})
