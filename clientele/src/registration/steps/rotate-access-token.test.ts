import { expect, test } from 'vitest'
import { STANDARD_CREDENTIALS } from '../../policies/compile-policy.ts'
import { sha256 } from '../../runtime/cryptography.ts'
import { sampleClient } from '../../testing/store-samples.ts'
import { rotateAccessToken, useAccessToken } from './rotate-access-token.ts'

const NOW = 1_800_000_000
const expiring = { ...STANDARD_CREDENTIALS, registrationAccessTokenLifetimeSeconds: 100 }

const stored = {
  ...sampleClient(),
  registrationAccessTokenHash: sha256('first'),
  registrationAccessTokenExpiresAt: NOW + 10,
}

test('a token that a policy now gives without an end has none after its first use, whatever end the one before had', () => {
  const { client, registrationAccessToken } = rotateAccessToken(stored, 'first', STANDARD_CREDENTIALS, NOW)
  expect(client.registrationAccessTokenExpiresAt).toBe(NOW + 10)
  const used = useAccessToken(client, registrationAccessToken)
  expect(used.registrationAccessTokenHash).toBe(sha256(registrationAccessToken))
  expect(used).not.toHaveProperty('registrationAccessTokenExpiresAt')
  expect(used).not.toHaveProperty('unusedRegistrationAccessTokens')
})

test('the token that was shown keeps its end while the new one has its own', () => {
  const { client, registrationAccessToken } = rotateAccessToken(stored, 'first', expiring, NOW)
  expect(client).toMatchObject({
    registrationAccessTokenHash: sha256('first'),
    registrationAccessTokenExpiresAt: NOW + 10,
    unusedRegistrationAccessTokens: [{ hash: sha256(registrationAccessToken), expiresAt: NOW + 100 }],
  })
  expect(useAccessToken(client, registrationAccessToken).registrationAccessTokenExpiresAt).toBe(NOW + 100)
})

test('a use of the token that was shown ends nothing', () => {
  const { client } = rotateAccessToken(stored, 'first', expiring, NOW)
  expect(useAccessToken(client, 'first')).toBe(client)
})

test('tokens that nobody used in their time make room for new ones', () => {
  let client: typeof stored | ReturnType<typeof rotateAccessToken>['client'] = stored
  for (let i = 0; i < 8; i++) client = rotateAccessToken(client, 'first', expiring, NOW).client
  expect(rotateAccessToken(client, 'first', expiring, NOW + 99).registrationAccessToken).toBe('first')
  const later = rotateAccessToken(client, 'first', expiring, NOW + 100)
  expect(later.client.unusedRegistrationAccessTokens).toHaveLength(1)
})
