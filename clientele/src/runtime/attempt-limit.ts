import { OAuthError } from '../oauth/errors.ts'

/**
 * A bound on failed attempts to get in, by gate and by where they come from (Airlock's documentation warns that nothing
 * limits the guessing of client secrets there; here something does). What succeeds costs nothing.
 */
export interface AttemptLimit {
  /**
   * Around an attempt with a secret that nobody can guess, such as 256 random bits. The work is always done, and what is
   * good passes whatever failed before it: many callers may share one address, and the bad ones among them must not lock
   * out the others. A bad credential counts, and is answered with `slow_down` and the seconds to wait instead of its own
   * error once there were too many.
   */
  attempt<T>(gate: string, address: string, work: () => Promise<T>): Promise<T>
  /**
   * Around an attempt that is dear to judge, or whose secret a person chose. Refused unseen, good or bad, when there were
   * too many failures. As many attempts run at the same time as may still fail; the others wait, so that a hundred guesses
   * sent at once are no hundred guesses.
   */
  attemptGuess<T>(gate: string, address: string, work: () => Promise<T>): Promise<T>
  /** Counts one failure of an attempt that was made elsewhere. The `slow_down` to answer with once there were too many. */
  failed(gate: string, address: string): Promise<OAuthError | undefined>
}

/** No bound at all: for load tests, and for hosts that bound elsewhere. */
export const unlimitedAttempts: AttemptLimit = {
  attempt: (_gate, _address, work) => work(),
  attemptGuess: (_gate, _address, work) => work(),
  failed: async () => undefined,
}

/** Whether an error says that a credential was shown and is bad. To show none is a mistake, and no guess. */
export function isBadCredential(error: unknown): boolean {
  return error instanceof OAuthError && error.code === 'invalid_token' && !error.reason.endsWith('.missing')
}
