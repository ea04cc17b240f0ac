import { expect, test } from 'vitest'
import type { AccountRecord } from '../../stores/store.ts'
import { createAuthenticate } from './authenticate.ts'
import { hashPassword } from './password.ts'
import { createSignInThrottle, noSignInThrottle, type SignInThrottle } from './sign-in-throttle.ts'

const account: AccountRecord = {
  id: 'a',
  email: 'ada@example.org',
  passwordHash: await hashPassword('right'),
  createdAt: 0,
}
const accounts = {
  findAccountByEmail: async (email: string) => (email === account.email ? account : undefined),
}
const authenticate = createAuthenticate({ accounts, throttle: noSignInThrottle })

test('the right password gives the account, whatever the case of the email address', async () => {
  expect(await authenticate(' ADA@example.org', 'right', 'here')).toEqual({ outcome: 'signed_in', account })
})

test('a wrong password and an unknown account are refused alike', async () => {
  expect(await authenticate('ada@example.org', 'wrong', 'here')).toEqual({ outcome: 'refused' })
  expect(await authenticate('nobody@example.org', 'right', 'here')).toEqual({ outcome: 'refused' })
})

test('the case of the email address makes no new account for the throttle', async () => {
  const throttle = createSignInThrottle({ failuresPerAccount: 2, failuresPerAddress: 100, windowSeconds: 60 })
  const throttled = createAuthenticate({ accounts, throttle })
  await throttled('ada@example.org', 'wrong', 'here')
  await throttled('ADA@example.org', 'wrong', 'there')
  expect(await throttled('ada@EXAMPLE.org ', 'right', 'elsewhere')).toMatchObject({ outcome: 'throttled' })
})

test('more sign-ins at once than can be hashed are told to come back, and do not count as failures', async () => {
  let taken = 0
  const throttle: SignInThrottle = {
    take: async () => {
      taken += 1
      return undefined
    },
    succeeded: async () => {},
    unused: async () => {
      taken -= 1
    },
  }
  const flooded = createAuthenticate({ accounts, throttle })
  const results = await Promise.all(
    Array.from({ length: 60 }, () => flooded('ada@example.org', 'wrong', 'here')),
  )
  const busy = results.filter(({ outcome }) => outcome === 'busy').length
  expect(busy).toBeGreaterThan(0)
  expect(taken).toBe(60 - busy)
})

test('a fault of the store is no failure of the end-user', async () => {
  const throttle = createSignInThrottle({ failuresPerAccount: 1, failuresPerAddress: 1, windowSeconds: 60 })
  let isDown = true
  const flaky = createAuthenticate({
    accounts: { findAccountByEmail: async () => (isDown ? Promise.reject(new Error('down')) : account) },
    throttle,
  })
  await expect(flaky('ada@example.org', 'right', 'here')).rejects.toThrow('down')
  isDown = false
  expect(await flaky('ada@example.org', 'right', 'here')).toMatchObject({ outcome: 'signed_in' })
})
