import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { sameHash } from '../runtime/cryptography.ts'

/** A form that was sent, or why it was not taken. */
export type ReceivedForm =
  | { readonly fields: URLSearchParams }
  | { readonly fault: 'foreign' | 'type' | 'size' }

/** The largest form of ours: an email address, a password of 1,024 bytes, each percent-encoded, and a token. */
const MAX_FORM_BYTES = 16 * 1024

/**
 * Reads an `application/x-www-form-urlencoded` body. A form that a browser says was sent from elsewhere is not read:
 * `SameSite=Lax` cookies keep other sites out, this keeps out other origins of the same site. (`Origin` would not do:
 * browsers send `null` under our referrer policy.)
 */
export async function readForm(request: IncomingMessage): Promise<ReceivedForm> {
  const site = request.headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return { fault: 'foreign' }
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return { fault: 'type' }
  if (Number(request.headers['content-length'] ?? 0) > MAX_FORM_BYTES) return { fault: 'size' }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_FORM_BYTES) return { fault: 'size' }
    chunks.push(chunk)
  }
  return { fields: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) }
}

/**
 * Binds a form to its interaction and to what the page showed: the end-user agrees to what they saw. A client that
 * changes its name or gains a scope while the page is open (RFC 7592 §2.2) makes the token void, and the page is shown
 * anew. It also stops a form made by someone who learnt an interaction's address but never saw its page.
 */
export interface FormTokens {
  issue(...shown: readonly unknown[]): string
  is(token: string | null, ...shown: readonly unknown[]): boolean
}

export function createFormTokens(key: Uint8Array): FormTokens {
  const issue = (...shown: readonly unknown[]) =>
    createHmac('sha256', key).update(JSON.stringify(shown)).digest('base64url')
  return { issue, is: (token, ...shown) => token !== null && sameHash(token, issue(...shown)) }
}
