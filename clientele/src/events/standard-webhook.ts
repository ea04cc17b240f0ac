import { hmacSha256 } from '../runtime/hmac.ts'

/**
 * The symmetric scheme of the Standard Webhooks specification: the receiver takes the raw body, the `webhook-id` and the
 * `webhook-timestamp`, and compares `v1,` and their HMAC with each signature in `webhook-signature`.
 */
const PREFIX = 'whsec_'
const LEAST_BYTES = 24
const MOST_BYTES = 64

/** The key of a secret as the specification writes it, `whsec_` and base64 of 24 to 64 bytes; undefined for other text. */
export function parseWebhookSecret(text: string): Uint8Array | undefined {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const key = Buffer.from(text.slice(PREFIX.length), 'base64')
  return key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : undefined
}

export interface WebhookMessage {
  /** The same at every try, so that the receiver can tell what it has had. */
  readonly id: string
  /** Epoch seconds of this try: the receiver refuses what is old, so that nobody can replay it. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of a message. With several keys there is a signature by each, so that a secret can be replaced in peace. */
export function signWebhook(
  { id, timestamp, body }: WebhookMessage,
  keys: readonly Uint8Array[],
): Record<string, string> {
  const signed = `${id}.${timestamp}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map((key) => `v1,${hmacSha256(key, signed)}`).join(' '),
  }
}
