import type { ClientRecord } from '../../clients/client.ts'
import { CREDENTIAL_PREFIXES, makeCredential } from '../../clients/credential.ts'
import type { CredentialTerms } from '../../policies/policy.ts'
import { sha256 } from '../../runtime/cryptography.ts'

type TokenFields = Pick<ClientRecord, 'registrationAccessTokenHash' | 'registrationAccessTokenExpiresAt'>

/** A new registration access token (RFC 7592 §1.2), in clear and as it is stored. */
export function issueAccessToken(
  { registrationAccessTokenLifetimeSeconds: lifetime }: CredentialTerms,
  now: number,
): { readonly clear: string; readonly stored: TokenFields } {
  const clear = makeCredential(CREDENTIAL_PREFIXES.registrationAccessToken)
  return {
    clear,
    stored: {
      registrationAccessTokenHash: sha256(clear),
      ...(lifetime === 0 ? {} : { registrationAccessTokenExpiresAt: now + lifetime }),
    },
  }
}
