import type { AccountRecord, AccountStore } from '../../stores/store.ts'
import { QueueFull } from './bounded-queue.ts'
import { normalizeEmail } from './email.ts'
import { isPassword } from './password.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

/**
 * Email address and password in, an account or a refusal out. A wrong password and an unknown account give the same
 * refusal after the same work; so does the throttle, which counts both alike.
 */
export type Authenticate = (email: string, password: string, address: string) => Promise<SignIn>

export type SignIn =
  | { readonly outcome: 'signed_in'; readonly account: AccountRecord }
  | { readonly outcome: 'refused' }
  /** Too many failures; nothing was looked at. */
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  /** More people sign in at this moment than passwords can be hashed for; nothing was looked at. */
  | { readonly outcome: 'busy' }

export interface AuthenticateDeps {
  readonly accounts: Pick<AccountStore, 'findAccountByEmail'>
  readonly throttle: SignInThrottle
}

export function createAuthenticate({ accounts, throttle }: AuthenticateDeps): Authenticate {
  return async (givenEmail, password, address) => {
    const email = normalizeEmail(givenEmail)
    const retryAfterSeconds = await throttle.take(email, address)
    if (retryAfterSeconds !== undefined) return { outcome: 'throttled', retryAfterSeconds }
    let account: AccountRecord | undefined
    try {
      account = await accounts.findAccountByEmail(email)
      const isRight = await isPassword(password, account?.passwordHash)
      if (!isRight || account === undefined) return { outcome: 'refused' }
    } catch (error) {
      // Neither a full line nor a fault of ours may count against the account.
      await throttle.unused(email, address)
      if (error instanceof QueueFull) return { outcome: 'busy' }
      throw error
    }
    await throttle.succeeded(email, address)
    return { outcome: 'signed_in', account }
  }
}
