import type { ServerResponse } from 'node:http'
import { addressPrefix } from '../runtime/address-prefix.ts'
import { countInMemory, type MakeWindowedCount } from '../runtime/windowed-count.ts'
import { type Attempts, attemptsOf } from './accounts/attempts.ts'

/** Wrong user codes that one network address (for IPv6: one /64) may type within the window. */
export const USER_CODE_ATTEMPTS = { allowed: 30, windowSeconds: 15 * 60 } as const

/**
 * Bounds the guessing of user codes (RFC 8628 §5.1): they are short, because people type them, and who guesses one can
 * connect a stranger's device to an account of their own. Optional, for `[limits] enabled = false`.
 */
export function createUserCodeAttempts(
  {
    allowed,
    windowSeconds,
  }: {
    readonly allowed: number
    readonly windowSeconds: number
  } = USER_CODE_ATTEMPTS,
  makeCount: MakeWindowedCount = (_name, seconds) => countInMemory(seconds),
): Attempts {
  return attemptsOf(allowed, makeCount('user_code', windowSeconds))
}

/** Takes an attempt for a code that is about to be looked at; seconds to wait when it must not be. */
export async function takeUserCodeAttempt(
  attempts: Attempts,
  address: string,
  response: ServerResponse,
): Promise<number | undefined> {
  const network = addressPrefix(address)
  const wait = await attempts.take(network)
  // The engine's answer says how it went: pages for wrong codes have an error's status.
  if (wait === undefined) {
    response.once('finish', () => {
      if (response.statusCode < 400) void attempts.giveBack(network)
    })
  }
  return wait
}
