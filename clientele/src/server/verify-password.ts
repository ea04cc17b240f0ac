/** The one bounded line of argon2id for everybody who shows a password, sign-in and gates alike. */
import { QueueFull } from '../authorization/accounts/bounded-queue.ts'
import { isPassword } from '../authorization/accounts/password.ts'
import type { VerifyPassword } from '../gates/remembered-passwords.ts'
import { OAuthError } from '../oauth/errors.ts'

/** As `isPassword`; a full line is a busy server (503), never a wrong password. */
export const verifyPassword: VerifyPassword = async (password, passwordHash) => {
  try {
    return await isPassword(password, passwordHash)
  } catch (error) {
    if (!(error instanceof QueueFull)) throw error
    throw new OAuthError(
      'temporarily_unavailable',
      'basic.busy',
      'More passwords are being checked than this server can take; nothing was changed. Try again.',
      { cause: error, retryAfterSeconds: 1 },
    )
  }
}
