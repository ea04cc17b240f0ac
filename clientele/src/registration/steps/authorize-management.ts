import type { ClientRecord } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, isCredential } from '../../clients/credential.ts'
import type { Credentials } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { sameHash, sha256 } from '../../runtime/cryptography.ts'
import type { ClientStore } from '../../stores/store.ts'

/** A client whose registration access token was shown, and that token, for the answer to repeat (RFC 7592 §3). */
export interface ManagedClient {
  readonly client: ClientRecord
  readonly registrationAccessToken: string
}

/** Compared with when there is no such client, so that the time does not tell (OIDC Registration §4.4). */
const NO_HASH = sha256('no client')

/**
 * Only the registration access token of this very client opens its configuration endpoint (RFC 7592 §2). An unknown
 * client, a deleted one, another client's token and a wrong one are answered alike with 401, and a token shown at the
 * wrong address is not harmed by it.
 */
export async function authorizeManagement(
  clientId: string,
  credentials: Credentials,
  store: Pick<ClientStore, 'findClient'>,
): Promise<ManagedClient> {
  if (credentials.kind === 'none') {
    throw new OAuthError('invalid_token', 'credentials.missing', 'The registration access token is missing.')
  }
  const token = credentials.kind === 'bearer' ? credentials.token : ''
  const wellFormed = isCredential(token, CREDENTIAL_PREFIXES.registrationAccessToken)
  const client = wellFormed ? await store.findClient(clientId) : undefined
  const matches = sameHash(client?.registrationAccessTokenHash ?? NO_HASH, sha256(token))
  if (!client || !matches) {
    throw new OAuthError(
      'invalid_token',
      'registration_access_token.invalid',
      'The registration access token is not valid.',
    )
  }
  return { client, registrationAccessToken: token }
}
