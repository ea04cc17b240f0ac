import { parseRawUri } from '../../oauth/raw-uri.ts'
import { classifyRedirectUri } from '../../oauth/redirect-uri.ts'

/** Where a browser goes after a decision, as a person can judge it. */
export interface ReturnAddress {
  readonly kind: 'web' | 'loopback' | 'private-use' | 'device'
  /** A host, a scheme with its colon, or nothing for a device. Hosts are ASCII: look-alike letters show as `xn--`. */
  readonly where: string
}

/**
 * What to show of a redirect URI, by the same judge that registered it (RFC 8252 §7). Without one the answer goes to
 * the device that showed a user code (RFC 8628).
 */
export function returnAddress(redirectUri: string | undefined): ReturnAddress {
  if (redirectUri === undefined) return { kind: 'device', where: '' }
  const uri = parseRawUri(redirectUri)
  if ('fault' in uri) return { kind: 'web', where: redirectUri.slice(0, 200) }
  const { class: kind } = classifyRedirectUri(redirectUri)
  if (kind === 'loopback') return { kind, where: uri.host! }
  if (uri.scheme === 'https' || uri.scheme === 'http') {
    return { kind: 'web', where: uri.port === undefined ? uri.host! : `${uri.host}:${uri.port}` }
  }
  return { kind: 'private-use', where: `${uri.scheme}:` }
}
