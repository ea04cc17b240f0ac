import type { AccountStore } from '../../stores/store.ts'
import type { FindEndUser } from '../engine-pages.ts'

/**
 * The engine's view of an account: its claims (OpenID Connect Core 1.0 §5.1), of which the engine releases those that
 * the granted scopes allow. Only what is true is claimed: nobody has verified the email address, so `email_verified` is
 * false, and the address does not double as `preferred_username`, which `profile` would hand out without `email`.
 */
export function createFindAccount(accounts: Pick<AccountStore, 'findAccount'>): FindEndUser {
  return async (_ctx, sub) => {
    const account = await accounts.findAccount(sub)
    if (account === undefined) return undefined
    const claims = {
      sub: account.id,
      email: account.email,
      email_verified: false,
      updated_at: account.createdAt,
    }
    return { accountId: account.id, claims: () => claims }
  }
}
