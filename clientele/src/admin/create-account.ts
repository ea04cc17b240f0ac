/** Makes an end-user who can sign in. */
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { type Keys, uuidFromKey } from '../runtime/time-ordered.ts'
import type { AccountStore } from '../stores/store.ts'
import { type AdminProblem, adminError } from './admin-error.ts'
import { findPasswordProblem } from './find-password-problem.ts'

export interface NewAccount {
  readonly email: string
  readonly password: string
}

export interface CreateAccountDeps {
  readonly store: Pick<AccountStore, 'createAccount'>
  readonly clock: Clock
  readonly keys: Keys
  /** argon2id, in PHC text; slow on purpose. */
  readonly hashPassword: (password: string) => Promise<string>
}

/** An account as an operator sees it: without the password's hash. */
export interface CreatedAccount {
  readonly id: string
  readonly email: string
  readonly createdAt: number
}

const LONGEST_EMAIL = 254

export async function createAccount(
  request: NewAccount,
  actor: string,
  deps: CreateAccountDeps,
): Promise<CreatedAccount> {
  const email = request.email.trim().toLowerCase()
  check(email, request.password)
  const createdAt = nowInSeconds(deps.clock)
  const id = uuidFromKey(deps.keys.next())
  const passwordHash = await deps.hashPassword(request.password)
  const outcome = await deps.store.createAccount(
    { id, email, passwordHash, createdAt },
    { action: 'account.created', at: createdAt, subject: id, actor },
  )
  if (outcome === 'email_taken') {
    throw new OAuthError(
      'conflict',
      'account.email_taken',
      'An account with this email address exists already.',
    )
  }
  return { id, email, createdAt }
}

function check(email: string, password: string): void {
  const problems: AdminProblem[] = []
  if (!isEmail(email)) {
    const message = `must be an email address of at most ${LONGEST_EMAIL} characters`
    problems.push({ member: 'email', reason: 'email.invalid', message, rule: 'RFC 5321 §4.1.2' })
  }
  problems.push(...findPasswordProblem(password))
  if (problems.length > 0) throw adminError(problems)
}

/** One `@`, something on both sides, no spaces, control or quoting characters: enough to catch slips of the hand. */
function isEmail(text: string): boolean {
  return (
    text.length <= LONGEST_EMAIL && /^[^\s@"(),:;<>[\]\\\p{Cc}]{1,64}@[^\s@"(),:;<>[\]\\\p{Cc}]+$/u.test(text)
  )
}
