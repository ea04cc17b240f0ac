import { crc32 } from 'node:zlib'
import { randomText } from '../runtime/cryptography.ts'

/**
 * The one shape of everything that we issue and that must stay secret:
 *
 *     cl_iat_0rv7w3k1x2a_<43 characters of randomness><6 characters of checksum>
 *
 * The prefix says what leaked when a secret scanner finds it; the checksum lets the scanner, and us, tell a real one
 * from noise without a look-up; the part between (only where we must find a record by the credential alone) is that
 * record's growing key. All characters are URL-safe, because some clients send HTTP Basic without escaping (rack-oauth2).
 *
 * This table has all that could be shown as a bearer token; SECURITY.md lists the same for secret scanners.
 */
export const CREDENTIAL_PREFIXES = {
  clientSecret: 'cl_sec',
  initialAccessToken: 'cl_iat',
  registrationAccessToken: 'cl_rat',
  apiKey: 'cl_key',
  operatorToken: 'cl_op',
  // Of the authorization server.
  accessToken: 'cl_at',
  clientCredentialsAccessToken: 'cl_ct',
  refreshToken: 'cl_rt',
  authorizationCode: 'cl_code',
  deviceCode: 'cl_dc',
  pushedAuthorizationRequest: 'cl_par',
  session: 'cl_ses',
} as const

const KEY_LENGTH = 11
const RANDOM_LENGTH = 43
const CHECK_LENGTH = 6

/** A new credential with 256 bits of randomness; `key` when the record is to be found by it. */
export function makeCredential(prefix: string, key?: number): string {
  const random = randomText(32)
  const head = key === undefined ? `${prefix}_${random}` : `${prefix}_${encodeKey(key)}_${random}`
  return head + checksum(head)
}

/** Whether `text` is a credential of this kind, by its form alone: saves a look-up for noise, proves nothing. */
export function isCredential(text: string, prefix: string): boolean {
  const body = text.length - CHECK_LENGTH
  return (
    text.startsWith(`${prefix}_`) &&
    body >= prefix.length + 1 + RANDOM_LENGTH &&
    checksum(text.slice(0, body)) === text.slice(body)
  )
}

/** Whether a text claims to be a credential of ours, whatever it is worth: nobody else's looks like that. */
export function claimsToBeOurs(text: string): boolean {
  return Object.values(CREDENTIAL_PREFIXES).some((prefix) => text.startsWith(`${prefix}_`))
}

/** The record key that a credential carries, or undefined when it is not one of ours. */
export function keyOfCredential(text: string, prefix: string): number | undefined {
  if (text.length !== prefix.length + 2 + KEY_LENGTH + RANDOM_LENGTH + CHECK_LENGTH) return undefined
  if (!isCredential(text, prefix)) return undefined
  return decodeKey(text.slice(prefix.length + 1, prefix.length + 1 + KEY_LENGTH))
}

/** A key as text that sorts like the number. */
export function encodeKey(key: number): string {
  return key.toString(36).padStart(KEY_LENGTH, '0')
}

/** The number of an encoded key, or undefined for other text. */
export function decodeKey(text: string): number | undefined {
  if (!/^[0-9a-z]{11}$/.test(text)) return undefined
  const key = Number.parseInt(text, 36)
  return Number.isSafeInteger(key) ? key : undefined
}

function checksum(text: string): string {
  return crc32(text).toString(36).padStart(7, '0').slice(-CHECK_LENGTH)
}
