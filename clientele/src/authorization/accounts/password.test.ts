import { parseOptions } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { ARGON2ID, hashPassword, isPassword, MAX_PASSWORD_BYTES, NOBODYS_HASH } from './password.ts'

test('a password is stored as argon2id in PHC text and matches itself alone', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await isPassword('correct horse', hash)).toBe(true)
  expect(await isPassword('correct horsf', hash)).toBe(false)
  expect(await hashPassword('correct horse')).not.toBe(hash)
})

test('a password matches whichever way its letters were typed (Unicode NFKC)', async () => {
  const hash = await hashPassword('Zoe\u0308')
  expect(await isPassword('Zo\u00eb', hash)).toBe(true)
})

test('nobody has the password of an account that does not exist, and looking costs the same', async () => {
  expect(parseOptions(NOBODYS_HASH)).toMatchObject(ARGON2ID)
  const hash = await hashPassword('x')
  const time = async (stored: string | undefined) => {
    const times = []
    for (let round = 0; round < 5; round++) {
      const start = performance.now()
      await isPassword('guess', stored)
      times.push(performance.now() - start)
    }
    return times.sort((a, b) => a - b)[2]!
  }
  await time(hash)
  const ratio = (await time(undefined)) / (await time(hash))
  // Without the work for nobody it would be a thousandth.
  expect(ratio).toBeGreaterThan(0.2)
})

test('input that is longer than a password can be is refused, not hashed', async () => {
  await expect(hashPassword('x'.repeat(MAX_PASSWORD_BYTES + 1))).rejects.toThrow(RangeError)
  const hash = await hashPassword('x'.repeat(MAX_PASSWORD_BYTES))
  expect(await isPassword('x'.repeat(MAX_PASSWORD_BYTES), hash)).toBe(true)
  expect(await isPassword('x'.repeat(MAX_PASSWORD_BYTES + 1), await hashPassword(''))).toBe(false)
})
