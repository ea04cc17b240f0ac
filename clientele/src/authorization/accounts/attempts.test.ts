import { expect, test } from 'vitest'
import { countInMemory } from '../../runtime/windowed-count.ts'
import { attemptsOf } from './attempts.ts'
import { createSignInThrottle } from './sign-in-throttle.ts'

test('as many as are allowed, then a wait; what is given back can be taken again', async () => {
  const attempts = attemptsOf(2, countInMemory(60))
  expect([await attempts.take('a'), await attempts.take('a')]).toEqual([undefined, undefined])
  expect(await attempts.take('a')).toBeGreaterThan(0)
  expect(await attempts.take('b')).toBeUndefined()
  await attempts.giveBack('b')
  expect([await attempts.take('b'), await attempts.take('b')]).toEqual([undefined, undefined])
  expect(await attempts.take('b')).toBeGreaterThan(0)
})

test('no more keys are kept than the bound, however many are tried; the one used last stays', async () => {
  const attempts = attemptsOf(1, countInMemory(60, 3))
  for (const key of ['a', 'b', 'c', 'a', 'd']) await attempts.take(key)
  // `b` was the oldest: it is forgotten and starts afresh. `a` was tried again and is remembered.
  expect(await attempts.take('a')).toBeGreaterThan(0)
  expect(await attempts.take('b')).toBeUndefined()
})

test('giving back what was forgotten gives nobody more than the bound', async () => {
  const attempts = attemptsOf(1, countInMemory(60, 1))
  await attempts.take('a')
  await attempts.take('b')
  await attempts.giveBack('a')
  expect(await attempts.take('a')).toBeUndefined()
  expect(await attempts.take('a')).toBeGreaterThan(0)
})

test('the addresses of one IPv6 /64 are one to the throttle of sign-in (RFC 6177)', async () => {
  const throttle = createSignInThrottle({ failuresPerAccount: 100, failuresPerAddress: 2, windowSeconds: 60 })
  const take = (address: string) => throttle.take('ada@example.org', address)
  expect(await take('2001:db8:1:2::1')).toBeUndefined()
  expect(await take('2001:db8:1:2::2')).toBeUndefined()
  // What one address of it gives back, another can take.
  await throttle.unused('ada@example.org', '2001:db8:1:2::9')
  expect(await take('2001:db8:1:2::4')).toBeUndefined()
  expect(await take('2001:db8:1:2:ffff::3')).toBeGreaterThan(0)
  expect(await take('2001:db8:1:3::1')).toBeUndefined()
})
