import { describe, expect, it } from 'vitest'
import { OAuthError } from '../oauth/errors.ts'
import { addressPrefix } from './address-prefix.ts'
import { boundAttempts } from './bound-attempts.ts'
import { countInMemory } from './windowed-count.ts'

const bad = () => Promise.reject(new OAuthError('invalid_token', 'key.unknown', 'Not valid.'))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'admitted',
    (error: OAuthError) => error.code,
  )
const limit = (failures: number) => boundAttempts(failures, countInMemory(60))

/** Work that ends when it is told to. */
function held() {
  let begun = 0
  const ends: (() => void)[] = []
  const work = (fail: boolean) => async () => {
    begun += 1
    await new Promise<void>((resolve) => ends.push(resolve))
    if (fail) await bad()
  }
  return { work, ends, begun: () => begun }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('the bound on failed attempts', () => {
  it('counts failures by gate and address', async () => {
    const attempts = limit(2)
    for (let failure = 0; failure < 2; failure++)
      expect(await codeOf(attempts.attempt('a', '192.0.2.1', bad))).toBe('invalid_token')
    expect(await codeOf(attempts.attempt('a', '192.0.2.1', bad))).toBe('slow_down')
    expect(await codeOf(attempts.attempt('b', '192.0.2.1', bad))).toBe('invalid_token')
    expect(await codeOf(attempts.attempt('a', '192.0.2.2', bad))).toBe('invalid_token')
  })

  it('lets what is good pass whatever failed before it; where secrets can be guessed, it does not look', async () => {
    const attempts = limit(1)
    for (let failure = 0; failure < 3; failure++) await codeOf(attempts.attempt('a', 'x', bad))
    expect(await attempts.attempt('a', 'x', async () => 'good')).toBe('good')
    let looked = false
    const look = async () => {
      looked = true
    }
    expect(await codeOf(attempts.attemptGuess('a', 'x', look))).toBe('slow_down')
    expect(looked).toBe(false)
  })

  it('says how long to wait', async () => {
    const attempts = limit(1)
    expect(await attempts.failed('a', '192.0.2.1')).toBeUndefined()
    const wait = { status: 429, retryAfterSeconds: 60 }
    expect(await attempts.failed('a', '192.0.2.1')).toMatchObject(wait)
    await expect(attempts.attempt('a', '192.0.2.1', bad)).rejects.toMatchObject(wait)
    await expect(attempts.attemptGuess('a', '192.0.2.1', bad)).rejects.toMatchObject(wait)
  })

  it('counts neither what succeeds, nor a missing credential, nor too small a scope, nor a fault of ours', async () => {
    const attempts = limit(1)
    const errors = [
      new OAuthError('invalid_token', 'credentials.missing', 'Missing.'),
      new OAuthError('insufficient_scope', 'scope', 'Too small.'),
      new Error('disk'),
    ]
    for (const error of errors)
      await expect(attempts.attempt('a', 'x', () => Promise.reject(error))).rejects.toBe(error)
    for (let round = 0; round < 3; round++)
      expect(await attempts.attempt('a', 'x', async () => round)).toBe(round)
  })

  it('lets no more guesses run at the same time than may still fail', async () => {
    const attempts = limit(2)
    const { work, ends, begun } = held()
    const answers = Array.from({ length: 5 }, () => codeOf(attempts.attemptGuess('a', 'x', work(true))))
    await settle()
    expect(begun()).toBe(2)
    for (const end of ends) end()
    expect(await Promise.all(answers)).toEqual([
      'invalid_token',
      'invalid_token',
      'slow_down',
      'slow_down',
      'slow_down',
    ])
    expect(begun()).toBe(2)
  })

  it('lets those that wait go on as others succeed', async () => {
    const attempts = limit(1)
    const { work, ends, begun } = held()
    const answers = Array.from({ length: 3 }, () => codeOf(attempts.attemptGuess('a', 'x', work(false))))
    for (let turn = 1; turn <= 3; turn++) {
      await settle()
      expect(begun()).toBe(turn)
      ends.at(-1)!()
    }
    expect(await Promise.all(answers)).toEqual(['admitted', 'admitted', 'admitted'])
  })
})

it('an IPv6 customer is counted as one, whatever addresses of theirs they use; an IPv4 address is one', () => {
  expect(addressPrefix('2001:db8:1:2:3:4:5:6')).toBe(addressPrefix('2001:db8:1:2::1'))
  expect(addressPrefix('2001:db8:1:2::1')).not.toBe(addressPrefix('2001:db8:1:3::1'))
  expect(addressPrefix('192.0.2.1')).not.toBe(addressPrefix('192.0.2.2'))
  expect(addressPrefix('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(addressPrefix('')).toBe('')
})
