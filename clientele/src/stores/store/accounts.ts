import type { AuditRecord } from './audit.ts'

/** An end-user who can sign in. */
export interface AccountRecord {
  /** The `sub` of ID Tokens of public subject type. */
  readonly id: string
  /** As compared: trimmed and lower-cased. */
  readonly email: string
  /** argon2id, in PHC text. */
  readonly passwordHash: string
  readonly createdAt: number
}

export interface AccountStore {
  /** `email_taken`: nothing was written. */
  createAccount(account: AccountRecord, audit: AuditRecord): Promise<'created' | 'email_taken'>
  findAccount(id: string): Promise<AccountRecord | undefined>
  findAccountByEmail(email: string): Promise<AccountRecord | undefined>
}
