import { expect, test } from 'vitest'
import { BUILT_IN } from '../../oauth/capabilities.ts'
import { renderDiscovery } from '../discovery.ts'
import { createFindAccount } from './find-account.ts'

const account = {
  id: 'account-1',
  email: 'ada@example.org',
  passwordHash: 'secret hash',
  createdAt: 1_700_000_000,
}
const find = createFindAccount({ findAccount: async (id) => (id === account.id ? account : undefined) })

test('the claims are true and few: no name that nobody gave, no address verified that nobody verified', async () => {
  const found = await find(undefined as never, 'account-1')
  expect(await found?.claims('userinfo', 'openid email profile', {}, [])).toEqual({
    sub: 'account-1',
    email: 'ada@example.org',
    email_verified: false,
    updated_at: 1_700_000_000,
  })
})

test('every claim that is announced is one that accounts have (OpenID Connect Discovery 1.0 §3)', async () => {
  const found = await find(undefined as never, 'account-1')
  const claims = await found!.claims('userinfo', BUILT_IN.scopes.join(' '), {}, [])
  const { claims_supported } = renderDiscovery('https://id.example', BUILT_IN)
  // These are the server's own, in an ID Token.
  const ofTheServer = ['auth_time', 'iss', 'sid']
  expect([...(claims_supported as string[])].sort()).toEqual([...Object.keys(claims), ...ofTheServer].sort())
})

test('an account that is gone is not found', async () => {
  expect(await find(undefined as never, 'account-2')).toBeUndefined()
})
