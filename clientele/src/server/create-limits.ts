/** The bounds on failed attempts, as the operator set them; none of them where the limits are off. */
import {
  createSignInThrottle,
  noSignInThrottle,
  type SignInThrottle,
} from '../authorization/accounts/sign-in-throttle.ts'
import { type AttemptLimit, unlimitedAttempts } from '../runtime/attempt-limit.ts'
import { createAttemptLimit } from '../runtime/attempt-limit-memory.ts'
import type { Config } from './config-schema.ts'

export interface Limits {
  /** At the gates, the configuration endpoint and the admin API, by address. */
  readonly credentials: AttemptLimit
  /** Of clients at the token endpoint and its neighbours, by client and address. */
  readonly clients: AttemptLimit
  readonly signIn: SignInThrottle
}

export function createLimits({ limits }: Config): Limits {
  if (!limits.enabled)
    return { credentials: unlimitedAttempts, clients: unlimitedAttempts, signIn: noSignInThrottle }
  const windowSeconds = limits.failure_window_seconds
  return {
    credentials: createAttemptLimit({ failures: limits.failures_per_address, windowSeconds }),
    clients: createAttemptLimit({ failures: limits.failures_per_client, windowSeconds }),
    signIn: createSignInThrottle({
      failuresPerAccount: limits.sign_in_failures_per_account,
      failuresPerAddress: limits.sign_in_failures_per_address,
      windowSeconds: limits.sign_in_window_seconds,
    }),
  }
}
