import type { Credentials } from '../oauth/authorization-header.ts'

/** A name and a password, as HTTP Basic sends them. */
export interface NameAndPassword {
  readonly name: string
  readonly password: string
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** The base64 of a name and a password that could be somebody's; longer ones are not decoded. */
const LONGEST = 4096
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 §2 forbids exactly these
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Reads the credentials of the Basic scheme (RFC 7617 §2): base64 of UTF-8, the name up to the first colon. Undefined
 * for anything else.
 */
export function readBasicCredentials(credentials: Credentials): NameAndPassword | undefined {
  if (credentials.kind !== 'other' || credentials.scheme !== 'basic') return undefined
  if (credentials.value.length > LONGEST) return undefined
  let text: string
  try {
    text = decoder.decode(Uint8Array.from(atob(credentials.value), (byte) => byte.charCodeAt(0)))
  } catch {
    return undefined
  }
  const colon = text.indexOf(':')
  if (colon < 1 || CONTROL.test(text)) return undefined
  return { name: text.slice(0, colon), password: text.slice(colon + 1) }
}
