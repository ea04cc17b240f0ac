import { randomBytes } from './cryptography.ts'

/** Bits of unpredictability in so many characters of such an alphabet. */
export function bitsOf(length: number, alphabet: string): number {
  return length * Math.log2(alphabet.length)
}

/** `length` unpredictable characters of an alphabet of at most 256, each as likely as any other. */
export function randomCharacters(length: number, alphabet: string): string {
  // A byte above the last whole multiple is thrown away: taken modulo, it would favour the first characters.
  const fair = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < fair) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** A random UUID (RFC 9562 §5.4). */
export function randomUuid(): string {
  const bytes = randomBytes(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
