import { BOUNDS } from './bounds.ts'

/**
 * A URI (RFC 3986) taken apart as text and never repaired. WHATWG URL parsers accept and mend `https:cb`,
 * `https:///cb`, backslashes, spaces and line breaks (normative point 21), so what they compare is not what was sent.
 */
export interface RawUri {
  /** Lower-cased, without the colon. */
  readonly scheme: string
  /** The host as written, undefined when there is no `//`; empty where nothing stands behind it (`com.example.app:///cb`). */
  readonly host?: string
  readonly port?: string
  readonly path: string
  readonly query?: string
  /** Where the port stands in the text, colon included: what RFC 8252 §7.3 lets differ. */
  readonly portAt?: readonly [start: number, end: number]
}

export type UriFault =
  | 'too_long'
  | 'bad_character'
  | 'has_fragment'
  | 'not_absolute'
  | 'has_userinfo'
  | 'bad_host'
  | 'bad_port'
  | 'dot_segment'
  | 'empty'

// RFC 3986 §2: unreserved, gen-delims, sub-delims and percent-encoded octets. Nothing else, so no quotes, no
// backslash, no white space, no control characters, no non-ASCII.
const CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i

/** Takes `text` apart, or says what is wrong with it. */
export function parseRawUri(text: string): RawUri | { readonly fault: UriFault } {
  if (text.length > BOUNDS.uriLength) return { fault: 'too_long' }
  if (!CHARACTERS.test(text)) return { fault: 'bad_character' }
  // An empty fragment is a fragment (RFC 6749 §3.1.2).
  if (text.includes('#')) return { fault: 'has_fragment' }
  const scheme = SCHEME.exec(text)
  if (!scheme) return { fault: 'not_absolute' }
  const afterScheme = scheme[0].length
  if (afterScheme === text.length) return { fault: 'empty' }
  const hasAuthority = text.startsWith('//', afterScheme)
  const authorityStart = hasAuthority ? afterScheme + 2 : afterScheme
  const authorityEnd = hasAuthority ? endOfAuthority(text, authorityStart) : authorityStart
  const queryStart = text.indexOf('?', authorityEnd)
  const path = queryStart === -1 ? text.slice(authorityEnd) : text.slice(authorityEnd, queryStart)
  // `/a/../b` is opened by a browser as `/b`: what would be compared is not what would be opened.
  if (DOT_SEGMENT.test(path)) return { fault: 'dot_segment' }
  const rest = {
    scheme: scheme[1]!.toLowerCase(),
    path,
    ...(queryStart === -1 ? {} : { query: text.slice(queryStart + 1) }),
  }
  if (!hasAuthority) return rest
  const authority = parseAuthority(text, authorityStart, authorityEnd)
  return 'fault' in authority ? authority : { ...rest, ...authority }
}

function endOfAuthority(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '/' || character === '?') return at
  }
  return text.length
}

function parseAuthority(
  text: string,
  start: number,
  end: number,
): Pick<RawUri, 'host' | 'port' | 'portAt'> | { fault: UriFault } {
  const authority = text.slice(start, end)
  // RFC 3986 §3.2.2 lets a scheme allow an empty host; http and https do not, and their judges ask.
  if (authority === '') return { host: '', portAt: [end, end] }
  // `https://good.example@evil.example/` shows one host and goes to another.
  if (authority.includes('@')) return { fault: 'has_userinfo' }
  const colon = authority.startsWith('[')
    ? authority.indexOf(':', authority.indexOf(']'))
    : authority.indexOf(':')
  const host = colon === -1 ? authority : authority.slice(0, colon)
  if (!isHost(host)) return { fault: 'bad_host' }
  if (colon === -1) return { host, portAt: [end, end] }
  const port = authority.slice(colon + 1)
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535) return { fault: 'bad_port' }
  return { host, port, portAt: [start + colon, end] }
}

// Labels of at most 63 characters, with a period between (RFC 1123 §2.1; the underscore is in use).
const NAME = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.(?!$)|$))+$/
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6 = /^\[[0-9A-Fa-f:.]{2,45}\]$/
// A browser reads `2130706433` and `0x7f.1` as 127.0.0.1: a last label that looks like a number must be plain IPv4.
const LOOKS_NUMERIC = /^(?:\d+|0[xX][0-9A-Fa-f]*)$/

function isHost(host: string): boolean {
  // `[::::]` has the right characters and is no address: it would throw in whoever follows it.
  if (host.startsWith('[')) return IPV6.test(host) && URL.canParse(`http://${host}/`)
  if (!NAME.test(host)) return false
  return !LOOKS_NUMERIC.test(host.slice(host.lastIndexOf('.') + 1)) || IPV4.test(host)
}
