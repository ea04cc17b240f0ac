import { expect, it } from 'vitest'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import { sampleClient } from '../testing/store-samples.ts'
import { renderClientInformation } from './client-information.ts'

const DISCLOSED = { registrationAccessToken: 'rat', registrationClientUri: 'https://as.example/register/1' }
const granted = (more: Partial<CompleteMetadata>) =>
  ({ ...sampleClient().granted, ...more }) as CompleteMetadata

it('the answer is what was granted with credentials around it, never what was asked (RFC 7591 §3.2.1)', () => {
  const client = sampleClient({ requested: { client_name: 'asked', scope: 'asked' } })
  expect(renderClientInformation(client, { ...DISCLOSED, clientSecret: 's' })).toStrictEqual({
    client_id: client.id,
    client_id_issued_at: client.createdAt,
    client_secret: 's',
    client_secret_expires_at: 0,
    registration_access_token: 'rat',
    registration_client_uri: 'https://as.example/register/1',
    ...client.granted,
  })
})

it('a client without a secret has no expiry of one (RFC 7591 §3.2.1)', () => {
  const client = sampleClient({ secrets: [], granted: granted({ token_endpoint_auth_method: 'none' }) })
  const answer = renderClientInformation(client, DISCLOSED)
  expect(answer).not.toHaveProperty('client_secret')
  expect(answer).not.toHaveProperty('client_secret_expires_at')
})

it('an expired secret is not shown and its expiry is, so that the client learns why', () => {
  const client = sampleClient({ secrets: [{ hash: 'h', sealed: 's', createdAt: 1, expiresAt: 99 }] })
  const answer = renderClientInformation(client, DISCLOSED)
  expect(answer).not.toHaveProperty('client_secret')
  expect(answer.client_secret_expires_at).toBe(99)
})

it('nothing is null or empty text; empty lists stay, because leaving them out would mean their default', () => {
  const client = sampleClient({
    granted: granted({
      scope: '',
      client_name: null as never,
      logo_uri: undefined as never,
      redirect_uris: [],
      response_types: [],
    }),
  })
  const answer = renderClientInformation(client, DISCLOSED)
  for (const member of ['scope', 'client_name', 'logo_uri']) expect(answer).not.toHaveProperty(member)
  expect(answer).toMatchObject({ redirect_uris: [], response_types: [] })
})

it('nothing of the record itself is in it: no hash, no sealed secret, nothing dropped, no caller', () => {
  const client = sampleClient({
    secrets: [{ hash: 'HASH', sealed: 'SEALED', createdAt: 1, expiresAt: 0 }],
    registrationAccessTokenHash: 'RATHASH',
  })
  expect(JSON.stringify(renderClientInformation(client, DISCLOSED))).not.toMatch(
    /HASH|SEALED|dropped|caller|door|revision/,
  )
})
