/**
 * Text for a terminal: what a stranger wrote into its client's metadata must not move the cursor, or turn the writing
 * around (Unicode TR 36 §3.3). Such characters are shown as their numbers.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}
