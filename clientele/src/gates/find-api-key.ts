import type { ApiKeyRecord } from '../clients/api-key.ts'
import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import type { ApiKeyStore } from '../stores/store.ts'

/** Compared with when there is no such key, so that the time does not tell. */
const NO_HASH = sha256('no api key')

/**
 * The record of an API key that was sent as a bearer token (RFC 6750 §2.1) and is good now. Throws `invalid_token` for every
 * other text: the reason goes to the log; the caller, who might be guessing, reads one sentence for all of them.
 */
export async function findApiKey(
  token: string,
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'findApiKey'>; readonly clock: Clock },
): Promise<ApiKeyRecord> {
  const key = keyOfCredential(token, CREDENTIAL_PREFIXES.apiKey)
  const record = key === undefined ? undefined : await store.findApiKey(encodeKey(key))
  const matches = sameHash(record?.hash ?? NO_HASH, sha256(token))
  // What became of a key is told to its holder only, and to them only in the log.
  if (!record || !matches) throw refused('unknown')
  if (record.revokedAt !== undefined) throw refused('revoked')
  if (record.expiresAt !== null && record.expiresAt <= nowInSeconds(clock)) throw refused('expired')
  return record
}

function refused(reason: 'unknown' | 'revoked' | 'expired'): OAuthError {
  return new OAuthError('invalid_token', `api_key.${reason}`, 'The API key is not valid.')
}
