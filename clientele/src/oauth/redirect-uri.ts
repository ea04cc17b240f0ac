import { parseRawUri, type RawUri, type UriFault } from './raw-uri.ts'

/**
 * The one judge of redirect URIs, for registration and for the authorization endpoint alike (RFC 6749 §3.1.2,
 * RFC 8252 §7, RFC 9700 §2.1). It looks at the raw text, never at a repaired one.
 */
export type RedirectUriClass =
  /** On the web, of a web client. */
  | 'https'
  /** On the web, claimed by an installed program (RFC 8252 §7.2). */
  | 'claimed-https'
  /** `http` on this very machine (RFC 8252 §7.3). */
  | 'loopback'
  /** A scheme that only the program receives (RFC 8252 §7.1). */
  | 'private-use'
  | 'forbidden'

export interface RedirectUriJudgement {
  readonly class: RedirectUriClass
  /** Ours, stable; only when forbidden. */
  readonly reason?: string
  readonly message?: string
  readonly rule?: string
}

/** Hosts of `http` redirect URIs that mean this machine; compared whole, so `localhost.evil` is none. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Schemes that run code, read files, or belong to everybody. A private-use scheme is one that only the client
 * receives (RFC 7591 §5); these are the ways through which others were phished or scripted.
 */
const FORBIDDEN_SCHEMES = new Set(
  (
    'about afp blob chrome cid content data dav dns feed file filesystem ftp ftps geo git gopher help imap intent ipp ' +
    'irc ircs jar javascript ldap ldaps ' +
    'livescript mailto magnet mhtml mid mms mocha ms-appinstaller ms-cxh ms-msdt ms-officecmd ms-settings news nfs nntp pop res ' +
    'resource rtsp search search-ms sftp shell sip sips sms smsto smb ssh svn tel telnet urn vbscript view-source vnc wais ws wss wyciwyg xmpp'
  ).split(' '),
)

/** A reverse domain name as a scheme: `com.example.app`. */
const REVERSE_DOMAIN = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+$/

const FAULTS: Record<UriFault, readonly [message: string, rule: string]> = {
  too_long: ['is longer than this server takes', 'docs/reference/bounds.md'],
  bad_character: ['has a character that no URI has (RFC 3986); percent-encode it', 'RFC 3986 §2'],
  has_fragment: ['must not have a fragment, not even an empty one', 'RFC 6749 §3.1.2'],
  not_absolute: ['must be an absolute URI', 'RFC 6749 §3.1.2'],
  has_userinfo: ['must not have a user name or password before the host', 'RFC 3986 §7.6'],
  bad_host: ['has no valid host', 'RFC 3986 §3.2.2'],
  bad_port: ['has no valid port', 'RFC 3986 §3.2.3'],
  dot_segment: ['must not have . or .. as a path segment', 'RFC 3986 §5.2.4'],
  empty: ['has nothing behind its scheme', 'RFC 3986 §4.3'],
}

/** What kind of redirect URI this is, or why it is none. `native`: an installed program's. */
export function classifyRedirectUri(text: string, native = false): RedirectUriJudgement {
  const uri = parseRawUri(text)
  if ('fault' in uri) return forbidden(uri.fault, ...FAULTS[uri.fault])
  if (uri.scheme === 'https' || uri.scheme === 'http') return classifyWeb(uri, native)
  if (FORBIDDEN_SCHEMES.has(uri.scheme)) {
    return forbidden('forbidden_scheme', "has a scheme that is not the client's own", 'RFC 7591 §5')
  }
  // Real clients use `cursor://host/path` and `oc://host` beside `io.element.android:/`; a bare word with a bare path
  // is what RFC 8252 §8.4 warns of: any program on the device may claim it.
  if (REVERSE_DOMAIN.test(uri.scheme) || (uri.host !== undefined && uri.host !== ''))
    return { class: 'private-use' }
  return forbidden(
    'scheme_without_period',
    'has a private-use scheme that is neither a reverse domain name (com.example.app:/path) nor followed by a host (app://host/path)',
    'RFC 8252 §8.4',
  )
}

function classifyWeb(uri: RawUri, native: boolean): RedirectUriJudgement {
  // `https:cb` and `https:///cb` are repaired by lenient parsers into other people's addresses.
  if (!uri.host) return forbidden('bad_host', 'needs // and a host behind its scheme', 'RFC 9110 §4.2')
  if (uri.scheme === 'https') return { class: native ? 'claimed-https' : 'https' }
  if (LOOPBACK_HOSTS.has(uri.host.toLowerCase())) return { class: 'loopback' }
  return forbidden(
    'http_not_loopback',
    'may use http on this machine only (127.0.0.1, [::1], localhost); use https',
    'RFC 9700 §2.6',
  )
}

function forbidden(fault: string, message: string, rule: string): RedirectUriJudgement {
  return { class: 'forbidden', reason: `redirect_uri.${fault}`, message, rule }
}

/**
 * Whether a presented redirect URI is one of the registered ones: equal character by character (RFC 9700 §2.1), except
 * that a loopback one may name any port (RFC 8252 §7.3, also when a port was registered).
 */
export function isRedirectUriAllowed(registered: readonly string[], presented: string): boolean {
  if (registered.includes(presented)) return true
  const portless = withoutLoopbackPort(presented)
  return portless !== undefined && registered.some((uri) => withoutLoopbackPort(uri) === portless)
}

function withoutLoopbackPort(text: string): string | undefined {
  if (!/^http:\/\//i.test(text)) return undefined
  const uri = parseRawUri(text)
  if ('fault' in uri || uri.portAt === undefined || !LOOPBACK_HOSTS.has(uri.host!.toLowerCase()))
    return undefined
  return text.slice(0, uri.portAt[0]) + text.slice(uri.portAt[1])
}
