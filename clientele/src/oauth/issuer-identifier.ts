/** The rules for our issuer identifier (RFC 8414 §2, OpenID Connect Discovery 1.0 §3). */

/**
 * What is wrong with an issuer, as the end of a sentence; undefined when nothing is. `insecure` names the setting that
 * allows http beyond loopback addresses.
 */
export function findIdentifierFault(
  issuer: string,
  insecure: { readonly allowed: boolean; readonly setting: string },
): string | undefined {
  const url = URL.parse(issuer)
  if (!url || !/^https?:\/\/[^/]/i.test(issuer)) return 'must be an absolute https address'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password'
  if (issuer.includes('?')) return 'must not have a query (RFC 8414 §2)'
  if (issuer.includes('#')) return 'must not have a fragment (RFC 8414 §2)'
  if (url.protocol === 'http:' && !insecure.allowed && !isLoopbackName(url.hostname)) {
    return `must begin with https:// (RFC 8414 §2); http is for loopback addresses, or for ${insecure.setting}`
  }
  // Clients compare issuers character by character (RFC 8414 §3.3): one spelling, the one that URL parsers keep.
  const canonical = url.href.replace(/\/+$/, '')
  if (issuer !== canonical) return `must be written as ${canonical}`
  // Clients, proxies and routers each decode such characters at another moment: nobody would find every address below it.
  // A cookie whose path has a semicolon ends there (RFC 6265 §4.1.1).
  if (/[%:*;]/.test(url.pathname)) return 'must not have "%", ":", "*" or ";" in its path'
  return undefined
}

/** Whether `name` can only mean this machine. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
