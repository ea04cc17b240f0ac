import { sha256 } from '../../runtime/cryptography.ts'

/**
 * Names as PostgreSQL can keep and index them. Its text has no NUL and no unpaired surrogates, and an index entry has at
 * most about 2,700 bytes. A name that fits stays itself; of any other, its SHA-256 stands in, behind a character
 * that no name which stays itself begins with. No name is empty: the empty text is before all of them. The records keep the names as they are, in JSON, which has a form
 * for every text.
 */
const LONGEST = 500
const MARK = '\u0001'

export function toName(text: string): string {
  const fits =
    text.length > 0 &&
    text.length <= LONGEST &&
    text.isWellFormed() &&
    !text.includes('\u0000') &&
    !text.startsWith(MARK)
  // In JSON, because UTF-8 would make all unpaired surrogates one.
  return fits ? text : MARK + sha256(JSON.stringify(text))
}

/** One name for two parts, so that no pair can imitate another. It begins with `first`, and grows as that does. */
export function toPairName(first: string, second: string): string {
  const isPlain = !first.includes(MARK) && !second.includes(MARK)
  return toName(isPlain ? `${first}${MARK}${second}` : `${MARK}${MARK}${JSON.stringify([first, second])}`)
}

/** `toName` for a name that may be absent. */
export function toNameOrNull(text: string | undefined): string | null {
  return text === undefined ? null : toName(text)
}
