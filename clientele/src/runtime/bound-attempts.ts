import { OAuthError } from '../oauth/errors.ts'
import { addressPrefix } from './address-prefix.ts'
import { type AttemptLimit, isBadCredential } from './attempt-limit.ts'
import { sha256 } from './cryptography.ts'

/** Failures by key, each key with a window that begins with its first failure. */
export interface FailureCount {
  /** What was counted; null for nothing. A window that has ended may still be there, with nothing left of its time. */
  get(key: string): Promise<CountedFailures | null>
  /** Counts one more. */
  penalty(key: string): Promise<CountedFailures>
}

export interface CountedFailures {
  readonly consumedPoints: number
  /** Milliseconds until the window ends. */
  readonly msBeforeNext: number
}

/** The attempts of one caller that are under way, and those that wait for one of them to end. */
interface Queue {
  /** Who holds the queue: it is forgotten when nobody does. */
  holders: number
  running: number
  readonly waiting: (() => void)[]
}

/** A bound on failed attempts: `failures` of them, as `limiter` counts them. */
export function boundAttempts(failures: number, limiter: FailureCount): AttemptLimit {
  const queues = new Map<string, Queue>()

  /** How many failures are left; throws when there is none. */
  async function left(key: string): Promise<number> {
    const taken = await limiter.get(key)
    // The library keeps a window that has ended until its timer fires.
    if (taken === null || taken.msBeforeNext <= 0) return failures
    if (taken.consumedPoints < failures) return failures - taken.consumedPoints
    throw tooMany(taken.msBeforeNext)
  }

  async function fail(key: string): Promise<OAuthError | undefined> {
    const { consumedPoints, msBeforeNext } = await limiter.penalty(key)
    return consumedPoints > failures ? tooMany(msBeforeNext) : undefined
  }

  async function attempt<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw (isBadCredential(error) && (await fail(key))) || error
    }
  }

  async function attemptGuess<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = queues.get(key) ?? { holders: 0, running: 0, waiting: [] }
    queues.set(key, queue)
    queue.holders += 1
    try {
      while ((await left(key)) <= queue.running)
        await new Promise<void>((resolve) => queue.waiting.push(resolve))
      queue.running += 1
      try {
        return await attempt(key, work)
      } finally {
        queue.running -= 1
        // All of them: when no failure is left, each one has to be told.
        for (const wake of queue.waiting.splice(0)) wake()
      }
    } finally {
      queue.holders -= 1
      if (queue.holders === 0) queues.delete(key)
    }
  }

  return {
    attempt: (gate, address, work) => attempt(keyOf(gate, address), work),
    attemptGuess: (gate, address, work) => attemptGuess(keyOf(gate, address), work),
    failed: (gate, address) => fail(keyOf(gate, address)),
  }
}

function tooMany(milliseconds: number): OAuthError {
  return new OAuthError('slow_down', 'attempts.too_many', 'Too many failed attempts. Wait, then try again.', {
    retryAfterSeconds: Math.max(1, Math.ceil(milliseconds / 1000)),
  })
}

/** Hashed where a caller chooses part of it, so that long names do not fill the memory. */
function keyOf(gate: string, address: string): string {
  const key = `${gate} ${addressPrefix(address)}`
  return key.length > 100 ? sha256(key) : key
}
