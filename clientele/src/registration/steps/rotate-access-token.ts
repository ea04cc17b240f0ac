/** What becomes of a client's registration access tokens when one of them is used (RFC 7592 §3: a server may rotate them). */
import type { ClientRecord } from '../../clients/client.ts'
import type { CredentialTerms } from '../../policies/policy.ts'
import { sameHash, sha256 } from '../../runtime/cryptography.ts'
import { issueAccessToken } from './issue-access-token.ts'

/** A client, and the token that its holder goes on with. */
export interface Rotated {
  readonly client: ClientRecord
  readonly registrationAccessToken: string
}

/** So many may wait for their first use; a record must not grow with each request. */
const MOST_UNUSED = 8

/**
 * The client after this token of it was used. The first use of a new one ends the one before, and every other that was
 * handed out for that: their holders have what they need.
 */
export function useAccessToken(client: ClientRecord, token: string): ClientRecord {
  const hash = sha256(token)
  const used = client.unusedRegistrationAccessTokens?.find((each) => sameHash(each.hash, hash))
  if (used === undefined) return client
  // The end of the one before is not that of this one.
  const { unusedRegistrationAccessTokens: _, registrationAccessTokenExpiresAt: _ends, ...rest } = client
  return {
    ...rest,
    registrationAccessTokenHash: used.hash,
    ...(used.expiresAt === undefined ? {} : { registrationAccessTokenExpiresAt: used.expiresAt }),
  }
}

/**
 * The client with a new token beside the one that was shown, which stays good until a new one was used: an answer that is
 * lost on the way must not cost a client its only way in. For the same reason the answers to requests that came at once do
 * not end each other's tokens: all of them wait for their first use. Where too many do, the token that was shown is answered
 * again.
 */
export function rotateAccessToken(
  stored: ClientRecord,
  token: string,
  credentials: CredentialTerms,
  now: number,
): Rotated {
  const client = useAccessToken(stored, token)
  const waiting = (client.unusedRegistrationAccessTokens ?? []).filter(
    ({ expiresAt }) => expiresAt === undefined || expiresAt > now,
  )
  if (waiting.length >= MOST_UNUSED) return { client, registrationAccessToken: token }
  const { clear, stored: issued } = issueAccessToken(credentials, now)
  const { registrationAccessTokenHash: hash, registrationAccessTokenExpiresAt: expiresAt } = issued
  const added = { hash, ...(expiresAt === undefined ? {} : { expiresAt }) }
  return {
    client: { ...client, unusedRegistrationAccessTokens: [...waiting, added] },
    registrationAccessToken: clear,
  }
}
