import type { JsonObject } from '../../oauth/json.ts'
import type { AuditRecord } from './audit.ts'

/** A key of the authorization server. */
export interface SigningKeyRecord {
  readonly kid: string
  readonly alg: string
  readonly publicJwk: JsonObject
  /** The private JWK, sealed with context `signing_key:<kid>`. */
  readonly sealedPrivateJwk: string
  readonly createdAt: number
  /** Epoch seconds since when it no longer signs; absent for keys that sign. It stays published until `deleteAfter`. */
  readonly retiredAt?: number
  /** Epoch seconds after which nothing that it signed is valid any more. */
  readonly deleteAfter?: number
}

export interface SigningKeyStore {
  /** All keys, oldest first; of the same second, in the order in which they were written. */
  listSigningKeys(): Promise<readonly SigningKeyRecord[]>
  /** Writes the first keys. False, and nothing written, when there are keys already: two instances may start at once. */
  createFirstSigningKeys(keys: readonly SigningKeyRecord[], audit: AuditRecord): Promise<boolean>
  /** Adds `added`, and retires every key of the same `alg` that still signs. */
  rotateSigningKey(
    added: SigningKeyRecord,
    retired: { readonly at: number; readonly deleteAfter: number },
    audit: AuditRecord,
  ): Promise<void>
  /** Deletes a retired key. Of two callers, one gets true; false, and nothing written, for a key that signs. */
  deleteSigningKey(kid: string, audit: AuditRecord): Promise<boolean>
}
