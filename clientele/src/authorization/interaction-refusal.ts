import type { SignIn } from './accounts/authenticate.ts'

/** How a sign-in that failed is answered. */
export interface RefusalWords {
  readonly status: number
  readonly error: string
  readonly retryAfterSeconds?: number
}

/** One sentence for a wrong password and for an unknown account: the page does not tell which accounts exist. */
export function refusalWords(result: Exclude<SignIn, { readonly outcome: 'signed_in' }>): RefusalWords {
  if (result.outcome === 'refused') {
    return { status: 400, error: 'The email address or the password is not right. Please check both.' }
  }
  if (result.outcome === 'busy') {
    return {
      status: 503,
      error: 'Many people are signing in just now. Please try again in a moment.',
      retryAfterSeconds: 5,
    }
  }
  const { retryAfterSeconds } = result
  return {
    status: 429,
    error: `Too many attempts. Please wait ${inWords(retryAfterSeconds)} and try again.`,
    retryAfterSeconds,
  }
}

function inWords(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}
