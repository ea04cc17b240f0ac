import { expect, it } from 'vitest'
import { rememberPasswords } from './remembered-passwords.ts'

function setUp() {
  const clock = { now: 1_800_000_000, milliseconds: () => clock.now * 1000 }
  const asked: string[] = []
  const isPassword = rememberPasswords(async (password, hash) => {
    asked.push(`${password}/${hash}`)
    return hash === `hash of ${password}`
  }, clock)
  return { clock, asked, isPassword }
}

it('a right password costs its hash once a minute', async () => {
  const { clock, asked, isPassword } = setUp()
  for (let i = 0; i < 5; i++) expect(await isPassword('a', 'hash of a')).toBe(true)
  clock.now += 59
  expect(await isPassword('a', 'hash of a')).toBe(true)
  expect(asked).toHaveLength(1)
  clock.now += 1
  expect(await isPassword('a', 'hash of a')).toBe(true)
  expect(asked).toHaveLength(2)
})

it('a wrong password costs it every time, also beside a remembered one', async () => {
  const { asked, isPassword } = setUp()
  await isPassword('a', 'hash of a')
  for (let i = 0; i < 3; i++) expect(await isPassword('b', 'hash of a')).toBe(false)
  expect(asked).toHaveLength(4)
})

it('an account with another hash, and none at all, have nothing remembered', async () => {
  const { asked, isPassword } = setUp()
  await isPassword('a', 'hash of a')
  expect(await isPassword('a', 'hash of b')).toBe(false)
  for (let i = 0; i < 2; i++) expect(await isPassword('a', undefined)).toBe(false)
  expect(asked).toHaveLength(4)
})
