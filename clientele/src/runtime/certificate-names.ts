import ipaddr from 'ipaddr.js'

/**
 * One spelling for a subject alternative name that a person wrote with its kind, to compare with those of a certificate;
 * undefined when it is none. Host names do not differ by case (RFC 4343), the other kinds do.
 */
export function normalizeSubjectAltName(text: string): string | undefined {
  const [, kind, name = ''] = /^(DNS|URI|IP|email|DirName):(.+)$/s.exec(text) ?? []
  switch (kind) {
    case undefined:
      return undefined
    case 'DNS':
      return `DNS:${name.toLowerCase()}`
    case 'IP':
      return ipaddr.isValid(name) ? `IP:${ipaddr.parse(name).toString()}` : undefined
    default:
      return text
  }
}

/** A SHA-256 thumbprint in base64url (RFC 8705 §3.1), from that or from hex with or without colons. */
export function normalizeThumbprint(text: string): string | undefined {
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return text
  const hex = text.replaceAll(':', '')
  return /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : undefined
}
