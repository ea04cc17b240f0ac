import type { JsonObject } from '../../oauth/json.ts'

/** What happened, to what, by whom. Never a secret, never a token. */
export interface AuditRecord {
  readonly action: AuditAction
  /** Epoch seconds. */
  readonly at: number
  /** The client, token, account or key that it happened to. */
  readonly subject: string
  /** The gate or the operator, and the id of their credential's record. */
  readonly actor: string
  readonly detail?: JsonObject
}

export type AuditAction =
  | 'client.registered'
  | 'client.updated'
  | 'client.deleted'
  | 'registration_access_token.rotated'
  | 'client.used_unregistered'
  | 'initial_access_token.created'
  | 'initial_access_token.revoked'
  | 'api_key.created'
  | 'api_key.revoked'
  | 'service_account.created'
  | 'service_account.deleted'
  | 'account.created'
  | 'signing_keys.created'
  | 'signing_key.rotated'
  | 'signing_key.deleted'

export interface AuditStore {
  /** Writes a record about something that changed nothing else here. */
  appendAudit(record: AuditRecord): Promise<void>
  /** The newest records first, at most `limit`; about `subject` only, when given. */
  listAudit(query: { readonly subject?: string; readonly limit: number }): Promise<readonly AuditRecord[]>
}
