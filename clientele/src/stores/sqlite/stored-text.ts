/**
 * Text as SQLite keeps it without loss. SQLite stores UTF-8, in which an unpaired surrogate has no form and would become
 * U+FFFD: two different names would turn into one. Such text, and only such, is stored as the bytes of its UTF-16,
 * which SQLite never equates with any text.
 */
export type StoredText = string | Buffer

export function toStored(text: string): StoredText {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le')
}

export function fromStored(stored: StoredText): string {
  return typeof stored === 'string' ? stored : stored.toString('utf16le')
}

/** `toStored` for a member that may be absent. */
export function toStoredOrNull(text: string | undefined): StoredText | null {
  return text === undefined ? null : toStored(text)
}
