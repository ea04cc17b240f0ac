/** What the walk through patterns (`pattern-reach.ts`) may cost, and over which values it goes. */

/** How much looking a whole policy is worth: a tenth of a second, about. Whoever has used it up answers "perhaps". */
export interface Effort {
  left: number
}

export function startEffort(): Effort {
  return { left: 400_000 }
}

/** What values look like: one of these beginnings, then characters of a set, as many as one likes. */
export interface Kind {
  readonly beginnings: readonly string[]
  /** Whether such a character may follow. */
  allows(rune: number): boolean
  /** How many characters must follow the beginning. */
  readonly atLeast: 0 | 1
}

/** Any text without control characters. */
export const ANY_TEXT: Kind = {
  beginnings: [''],
  allows: (rune) => rune >= 0x20 && rune !== 0x7f,
  atLeast: 1,
}

const isVisible = (rune: number) => rune > 0x20 && rune < 0x7f

/** RFC 3986 writes URIs with visible ASCII characters. */
export const HTTPS_URL: Kind = { beginnings: ['https://'], allows: isVisible, atLeast: 1 }
export const WEB_URL: Kind = { beginnings: ['https://', 'http://'], allows: isVisible, atLeast: 1 }
/** RFC 6749 §3.3. */
export const SCOPE_VALUE: Kind = {
  beginnings: [''],
  allows: (rune) => isVisible(rune) && rune !== 0x22 && rune !== 0x5c,
  atLeast: 1,
}
