import { createHmac } from 'node:crypto'

/** HMAC with SHA-256 (RFC 2104) as base64. */
export function hmacSha256(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64')
}
