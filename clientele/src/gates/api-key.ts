import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { bearerOf } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import type { ApiKeyStore } from '../stores/store.ts'
import { checkPermissions } from './check-permissions.ts'
import type { Gate } from './gate.ts'
import { createLastUse } from './last-use.ts'

const PREFIX = `${CREDENTIAL_PREFIXES.apiKey}_`
const GATE = { name: 'api_key', challenge: 'Bearer' } as const

/** Compared with when there is no such key, so that the time does not tell. */
const NO_HASH = sha256('no api key')

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
      const token = bearerOf(credentials)
      const key = keyOfCredential(token, CREDENTIAL_PREFIXES.apiKey)
      const record = key === undefined ? undefined : await store.findApiKey(encodeKey(key))
      const matches = sameHash(record?.hash ?? NO_HASH, sha256(token))
      // What became of a key is told to its holder only, and to them only in the log.
      if (!record || !matches) throw refused('unknown')
      if (record.revokedAt !== undefined) throw refused('revoked')
      if (record.expiresAt !== null && record.expiresAt <= nowInSeconds(clock)) throw refused('expired')
      checkPermissions(record.permissions, operation, GATE)
      lastUse.note(record.id)
      const owner = record.owner ?? `api_key:${record.id}`
      return { caller: { gate: GATE.name, id: record.id, owner }, permissions: record.permissions }
    },
  }
}

/** The reason goes to the log; the caller, who might be guessing, reads one sentence for all of them. */
function refused(reason: 'unknown' | 'revoked' | 'expired'): OAuthError {
  return new OAuthError('invalid_token', `api_key.${reason}`, 'The API key is not valid.')
}
