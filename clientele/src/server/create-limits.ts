/** The bounds on failed attempts, as the operator set them; none of them where the limits are off. */
import type { Attempts } from '../authorization/accounts/attempts.ts'
import {
  createSignInThrottle,
  noSignInThrottle,
  type SignInThrottle,
} from '../authorization/accounts/sign-in-throttle.ts'
import { createUserCodeAttempts, USER_CODE_ATTEMPTS } from '../authorization/interaction-user-code.ts'
import { type AttemptLimit, unlimitedAttempts } from '../runtime/attempt-limit.ts'
import { boundAttempts } from '../runtime/bound-attempts.ts'
import type { MakeWindowedCount } from '../runtime/windowed-count.ts'
import type { Config } from './config-schema.ts'

export interface Limits {
  /** At the gates, the configuration endpoint and the admin API, by address. */
  readonly credentials: AttemptLimit
  /** Of clients at the token endpoint and its neighbours, by client and address. */
  readonly clients: AttemptLimit
  readonly signIn: SignInThrottle
  /** Absent where the limits are off. */
  readonly userCodes?: Attempts
}

/** `makeCount` says where failures are counted (`open-counts.ts`). */
export function createLimits({ limits }: Config, makeCount: MakeWindowedCount): Limits {
  if (!limits.enabled)
    return { credentials: unlimitedAttempts, clients: unlimitedAttempts, signIn: noSignInThrottle }
  const { failures_per_address: perAddress, failures_per_client: perClient } = limits
  const windowSeconds = limits.failure_window_seconds
  return {
    credentials: boundAttempts(perAddress, makeCount('credentials', windowSeconds)),
    clients: boundAttempts(perClient, makeCount('clients', windowSeconds)),
    signIn: createSignInThrottle(
      {
        failuresPerAccount: limits.sign_in_failures_per_account,
        failuresPerAddress: limits.sign_in_failures_per_address,
        windowSeconds: limits.sign_in_window_seconds,
      },
      makeCount,
    ),
    userCodes: createUserCodeAttempts(USER_CODE_ATTEMPTS, makeCount),
  }
}
