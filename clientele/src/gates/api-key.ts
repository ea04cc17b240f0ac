import { CREDENTIAL_PREFIXES } from '../clients/credential.ts'
import { bearerOf } from '../oauth/authorization-header.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ApiKeyStore } from '../stores/store.ts'
import { checkPermissions } from './check-permissions.ts'
import { findApiKey } from './find-api-key.ts'
import type { Gate } from './gate.ts'
import { createLastUse } from './last-use.ts'

const PREFIX = `${CREDENTIAL_PREFIXES.apiKey}_`
const GATE = { name: 'api_key', challenge: 'Bearer' } as const

/**
 * Admits who holds an API key with the permission for the operation, sent as a bearer token (RFC 6750 §2.1). A key may be
 * used until it expires or is revoked; what it may do is written on it, as in Stalwart.
 */
export function apiKeyGate(store: Pick<ApiKeyStore, 'findApiKey' | 'noteApiKeyUse'>, clock: Clock): Gate {
  const lastUse = createLastUse((id, at) => store.noteApiKeyUse(id, at), clock)
  return {
    ...GATE,
    recognizes: ({ credentials }) => bearerOf(credentials).startsWith(PREFIX),
    async admit({ credentials, operation }) {
      const record = await findApiKey(bearerOf(credentials), { store, clock })
      checkPermissions(record.permissions, operation, GATE)
      lastUse.note(record.id)
      const owner = record.owner ?? `api_key:${record.id}`
      const { id, permissions, policy } = record
      return {
        caller: { gate: GATE.name, id, owner },
        permissions,
        ...(policy === undefined ? {} : { policy }),
      }
    },
  }
}
