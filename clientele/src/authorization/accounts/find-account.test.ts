import { expect, test } from 'vitest'
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

test('an account that is gone is not found', async () => {
  expect(await find(undefined as never, 'account-2')).toBeUndefined()
})
