import { addressPrefix } from '../../runtime/address-prefix.ts'
import { sha256 } from '../../runtime/cryptography.ts'
import { countInMemory, type MakeWindowedCount } from '../../runtime/windowed-count.ts'
import { attemptsOf } from './attempts.ts'

/**
 * Slows the guessing of passwords: failures are counted per account and per network address. It counts attempts on
 * accounts that do not exist as well, or its message would tell which ones do.
 */
export interface SignInThrottle {
  /** Takes one attempt before the password is looked at; a number of seconds to wait when there is none left. */
  take(email: string, address: string): Promise<number | undefined>
  /** Gives the attempt back: the password was right. The account starts afresh. */
  succeeded(email: string, address: string): Promise<void>
  /** Gives the attempt back: the password was not looked at. */
  unused(email: string, address: string): Promise<void>
}

export interface SignInThrottleOptions {
  /** Failures on one account within the window, from wherever. */
  readonly failuresPerAccount: number
  /** Failures from one address (for IPv6: one /64) within the window, on whichever accounts. Many may share one. */
  readonly failuresPerAddress: number
  readonly windowSeconds: number
}

/**
 * An account can be closed for a window by anyone who guesses at it on purpose. That is why the window is short; a
 * longer one would make the throttle itself the attack (OWASP Authentication Cheat Sheet, account lockout).
 */
export const SIGN_IN_THROTTLE_DEFAULTS: SignInThrottleOptions = {
  failuresPerAccount: 10,
  failuresPerAddress: 50,
  windowSeconds: 15 * 60,
}

/** A throttle that counts in this process's memory, or where `makeCount` counts. */
export function createSignInThrottle(
  options: SignInThrottleOptions = SIGN_IN_THROTTLE_DEFAULTS,
  makeCount: MakeWindowedCount = (_name, windowSeconds) => countInMemory(windowSeconds),
): SignInThrottle {
  const { windowSeconds } = options
  const addresses = attemptsOf(options.failuresPerAddress, makeCount('sign_in_address', windowSeconds))
  const accounts = attemptsOf(options.failuresPerAccount, makeCount('sign_in_account', windowSeconds))
  return {
    async take(email, address) {
      // The address goes first, so that one address cannot fill the memory with invented accounts.
      return (await addresses.take(addressPrefix(address))) ?? (await accounts.take(sha256(email)))
    },
    async succeeded(email, address) {
      await Promise.all([addresses.giveBack(addressPrefix(address)), accounts.forget(sha256(email))])
    },
    async unused(email, address) {
      await Promise.all([addresses.giveBack(addressPrefix(address)), accounts.giveBack(sha256(email))])
    },
  }
}

/** For `[limits] enabled = false`: load tests. */
export const noSignInThrottle: SignInThrottle = {
  take: async () => undefined,
  succeeded: async () => {},
  unused: async () => {},
}
