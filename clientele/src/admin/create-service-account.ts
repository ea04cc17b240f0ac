/** Makes a service account: a name and a password with permissions, for what speaks HTTP Basic (RFC 7617). */
import { encodeKey } from '../clients/credential.ts'
import { CALLING_PERMISSIONS } from '../clients/permission.ts'
import type { ServiceAccountRecord } from '../clients/service-account.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { ServiceAccountStore } from '../stores/store.ts'
import { type AdminProblem, adminError } from './admin-error.ts'
import { findPasswordProblem } from './find-password-problem.ts'
import { findPermissionProblems, sortPermissions } from './find-term-problems.ts'
import { findTextProblem } from './find-text-problem.ts'

export interface NewServiceAccount {
  readonly name: string
  readonly password: string
  readonly permissions: readonly string[]
  /** What it is for, in the operator's words. */
  readonly label?: string
  /** Whose its clients are; its own when left out, and nobody's who gets the name after it. */
  readonly owner?: string
}

export interface CreateServiceAccountDeps {
  readonly store: Pick<ServiceAccountStore, 'createServiceAccount'>
  readonly clock: Clock
  readonly keys: Keys
  /** argon2id, in PHC text; slow on purpose. */
  readonly hashPassword: (password: string) => Promise<string>
}

/** RFC 7617 §2: no colon, no control characters; and no space, at which log lines and shells break. */
const NAME = /^[^\s:\p{Cc}]{1,100}$/u

export async function createServiceAccount(
  request: NewServiceAccount,
  actor: string,
  { store, clock, keys, hashPassword }: CreateServiceAccountDeps,
): Promise<ServiceAccountRecord> {
  const { name, password, permissions, label, owner } = request
  const problems = [
    ...findNameProblem(name),
    ...findPasswordProblem(password),
    ...findPermissionProblems(permissions, CALLING_PERMISSIONS),
    ...findTextProblem('label', label),
    ...findTextProblem('owner', owner),
  ]
  if (problems.length > 0) throw adminError(problems)
  const createdAt = nowInSeconds(clock)
  const account: ServiceAccountRecord = {
    name,
    passwordHash: await hashPassword(password),
    ...(label === undefined ? {} : { label }),
    owner: owner ?? `service_account:${encodeKey(keys.next())}`,
    permissions: sortPermissions(permissions),
    createdAt,
  }
  const outcome = await store.createServiceAccount(account, {
    action: 'service_account.created',
    at: createdAt,
    subject: name,
    actor,
    detail: { permissions: account.permissions, owner: account.owner },
  })
  if (outcome === 'created') return account
  throw new OAuthError(
    'conflict',
    'service_account.name_taken',
    'A service account with this name exists already.',
  )
}

function findNameProblem(name: string): readonly AdminProblem[] {
  if (NAME.test(name)) return []
  const message = 'must be 1 to 100 characters without spaces, colons and control characters'
  return [{ member: 'name', reason: 'name.invalid', message, rule: 'RFC 7617 §2' }]
}
