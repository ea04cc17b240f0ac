import type { JsonObject } from '../oauth/json.ts'
import type { ClientRecord } from './client.ts'
import { isAuthMethodNamed } from './secrets.ts'

/**
 * A client as other authorization servers read it, over HTTP; the SQL view `client_registry` has the same as columns, but for
 * `token_endpoint_auth_method_named`, and `registry/registry-client.ts` reads both. Nothing that opens anything is in it: of a secret the hash, and no sealed copy.
 */
export function renderRegistryEntry(client: ClientRecord): JsonObject {
  return {
    client_id: client.id,
    status: 'active',
    revision: client.revision,
    metadata: client.granted,
    token_endpoint_auth_method_named: isAuthMethodNamed(client),
    secret_hashes: client.secrets.map(({ hash, expiresAt }) => ({ hash, expires_at: expiresAt })),
  }
}
