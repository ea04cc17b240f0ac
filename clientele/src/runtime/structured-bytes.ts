/**
 * The bytes of a header that holds one Byte Sequence (RFC 9651 §4.2.7, §3.3.5): `:YWJj:`. Undefined when it holds
 * anything else, also two of them: who wrote the first and who the second could not be told (RFC 9440 §2.2).
 */
export function parseByteSequence(header: string): Uint8Array | undefined {
  const base64 = /^ *:([A-Za-z0-9+/]*={0,2}): *$/.exec(header)?.[1]
  if (base64 === undefined || base64 === '') return undefined
  // The decoder ignores what it does not understand, so what it understood must be what was written.
  const bytes = Buffer.from(base64, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? bytes : undefined
}
