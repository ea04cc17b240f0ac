import { OAuthError } from '../oauth/errors.ts'

/**
 * A bound on failed attempts to get in, by gate and by where they come from (Airlock's documentation warns that nothing
 * limits the guessing of client secrets there; here something does). What succeeds costs nothing.
 */
export interface AttemptLimit {
  /** Throws `OAuthError` with `slow_down` and the seconds to wait, when there were too many failures. */
  check(gate: string, address: string): Promise<void>
  /** Counts one failure. */
  failed(gate: string, address: string): Promise<void>
  /**
   * Both around an attempt: refuses it like `check`, counts it when it fails for bad credentials. As many attempts run
   * at the same time as may still fail; the others wait, so that a hundred guesses sent at once are no hundred guesses.
   */
  attempt<T>(gate: string, address: string, work: () => Promise<T>): Promise<T>
}

/** No bound at all: for load tests, and for hosts that bound elsewhere. */
export const unlimitedAttempts: AttemptLimit = {
  check: async () => {},
  failed: async () => {},
  attempt: (_gate, _address, work) => work(),
}

/** Whether an error says that a credential was shown and is bad. To show none is a mistake, and no guess. */
export function isBadCredential(error: unknown): boolean {
  return error instanceof OAuthError && error.code === 'invalid_token' && !error.reason.endsWith('.missing')
}
