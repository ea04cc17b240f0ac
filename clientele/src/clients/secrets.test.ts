import { expect, it } from 'vitest'
import { currentSecret, isLive, needsSecret, secretContext } from './secrets.ts'

it.each([
  ['client_secret_basic', true],
  ['client_secret_post', true],
  ['client_secret_jwt', true],
  ['private_key_jwt', false],
  ['none', false],
])('a client of the method %s has a secret: %s (RFC 7591 §2)', (token_endpoint_auth_method, expected) => {
  expect(needsSecret({ token_endpoint_auth_method })).toBe(expected)
})

it('a secret lives until the second in which it expires; 0 is for ever (RFC 7591 §3.2.1)', () => {
  const secret = (expiresAt: number) => ({ hash: 'h', sealed: 's', createdAt: 0, expiresAt })
  expect(isLive(secret(0), 1e12)).toBe(true)
  expect(isLive(secret(100), 99)).toBe(true)
  expect(isLive(secret(100), 100)).toBe(false)
  expect(currentSecret({ secrets: [secret(5), secret(200), secret(0)] }, 100)?.expiresAt).toBe(200)
  expect(currentSecret({ secrets: [] }, 100)).toBeUndefined()
})

it('a sealed secret is bound to its client', () => {
  expect(secretContext('a')).not.toBe(secretContext('b'))
})
