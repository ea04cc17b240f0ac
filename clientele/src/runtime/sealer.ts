import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto'
import { randomBytes } from './cryptography.ts'

/**
 * Encrypts what must be read back (AES-256-GCM), under a key that is kept outside the database.
 * `context` says what the value is and whose: a sealed value moved to another record does not open.
 */
export interface Sealer {
  seal(plaintext: string, context: string): string
  /** Throws when the value was altered, belongs to another context, or was sealed under another key. */
  open(sealed: string, context: string): string
  /** A key for one named purpose (cookies, pairwise salt), so that the sealing key itself serves for nothing else. */
  derive(purpose: string): Buffer
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** A sealer under `key`, 32 random bytes. */
export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== 32) throw new RangeError('a sealing key is 32 bytes')
  // As a KeyObject: with raw bytes every seal costs five times as much (measured on Node 24).
  const cipherKey = createSecretKey(deriveKey(key, 'seal'))
  return {
    seal(plaintext, context) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', cipherKey, iv, { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(context),
      )
      // In this order: `final` makes the tag, and in GCM has no bytes of its own to add.
      const body = cipher.update(plaintext, 'utf8')
      cipher.final()
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const iv = bytes.subarray(0, IV_BYTES)
      const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, iv, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context)).setAuthTag(tag)
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
    derive: (purpose) => deriveKey(key, purpose),
  }
}

function deriveKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `clientele:${purpose}`, 32))
}
