import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { bearerOf } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import type { Gate } from './gate.ts'

const PREFIX = `${CREDENTIAL_PREFIXES.initialAccessToken}_`

/** Compared with when there is no such token, so that the time does not tell. */
const NO_HASH = sha256('no initial access token')

/**
 * Admits who holds an initial access token (RFC 7591 §1.2, §3): known, not revoked, not expired, with a use left. The use
 * itself is spent by the store together with the creation of the client, so that two requests never share the last one.
 */
export function initialAccessTokenGate(
  store: Pick<InitialAccessTokenStore, 'findInitialAccessToken'>,
  clock: Clock,
): Gate {
  return {
    name: 'initial_access_token',
    challenge: 'Bearer',
    recognizes: ({ operation, credentials }) =>
      operation === 'register' && bearerOf(credentials).startsWith(PREFIX),
    async admit({ credentials }) {
      const token = bearerOf(credentials)
      const key = keyOfCredential(token, CREDENTIAL_PREFIXES.initialAccessToken)
      const record = key === undefined ? undefined : await store.findInitialAccessToken(encodeKey(key))
      const matches = sameHash(record?.hash ?? NO_HASH, sha256(token))
      if (!record || !matches) throw refused('unknown')
      if (record.revokedAt !== undefined) throw refused('revoked')
      if (record.expiresAt !== null && record.expiresAt <= nowInSeconds(clock)) throw refused('expired')
      if (record.usesLeft !== null && record.usesLeft < 1) throw refused('spent')
      const { id, owner, fixed, policy, permissions = [] } = record
      return {
        caller: { gate: 'initial_access_token', id, ...(owner === undefined ? {} : { owner }) },
        permissions,
        spends: id,
        ...(fixed === undefined ? {} : { fixed }),
        ...(policy === undefined ? {} : { policy }),
      }
    },
  }
}

/** The reason goes to the log; the caller, who might be guessing, reads one sentence for all of them. */
function refused(reason: 'unknown' | 'revoked' | 'expired' | 'spent'): OAuthError {
  return new OAuthError(
    'invalid_token',
    `initial_access_token.${reason}`,
    'The initial access token is not valid.',
  )
}
