import { CREDENTIAL_PREFIXES, encodeKey, keyOfCredential } from '../clients/credential.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import type { Gate } from './gate.ts'

/**
 * Admits who holds an initial access token (RFC 7591 §1.2, §3): known, not expired, with a use left. The use itself is
 * spent by the store together with the creation of the client, so that two requests never share the last one.
 */
export function initialAccessTokenGate(store: InitialAccessTokenStore, clock: Clock): Gate {
  return {
    name: 'initial_access_token',
    recognizes: (credentials) => credentials.kind === 'bearer',
    async admit(credentials) {
      const token = credentials.kind === 'bearer' ? credentials.token : ''
      const key = keyOfCredential(token, CREDENTIAL_PREFIXES.initialAccessToken)
      const record = key === undefined ? undefined : await store.findInitialAccessToken(encodeKey(key))
      if (!record || !sameHash(record.hash, sha256(token))) throw refused('unknown')
      if (record.expiresAt !== null && record.expiresAt <= nowInSeconds(clock)) throw refused('expired')
      if (record.usesLeft !== null && record.usesLeft < 1) throw refused('spent')
      return { caller: { gate: 'initial_access_token', id: record.id }, spends: record.id }
    },
  }
}

/** The reason goes to the log; the caller, who might be guessing, reads one sentence for all of them. */
function refused(reason: 'unknown' | 'expired' | 'spent'): OAuthError {
  return new OAuthError(
    'invalid_token',
    `initial_access_token.${reason}`,
    'The initial access token is not valid.',
  )
}
