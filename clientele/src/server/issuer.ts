/** The rules for our issuer identifier (RFC 8414 §2, OpenID Connect Discovery 1.0 §3). */

/** What is wrong with an issuer, as the end of a sentence; undefined when nothing is. */
export function findIssuerFault(issuer: string, allowInsecure: boolean): string | undefined {
  const url = URL.parse(issuer)
  if (!url || !/^https?:\/\/[^/]/i.test(issuer)) return 'must be an absolute https address'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password'
  if (issuer.includes('?')) return 'must not have a query (RFC 8414 §2)'
  if (issuer.includes('#')) return 'must not have a fragment (RFC 8414 §2)'
  if (url.protocol === 'http:' && !allowInsecure && !isLoopbackName(url.hostname)) {
    return 'must begin with https:// (RFC 8414 §2); http is for loopback addresses, or for server.allow_insecure_issuer = true'
  }
  // Clients compare issuers character by character (RFC 8414 §3.3): one spelling, the one that URL parsers keep.
  const canonical = url.href.replace(/\/+$/, '')
  if (issuer !== canonical) return `must be written as ${canonical}`
  return undefined
}

/** The issuer of a server that was not told one: where it can be reached from this machine. */
export function defaultIssuer(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  if (!isLoopbackName(host)) return `${scheme}://127.0.0.1:${port}`
  return `${scheme}://${hostInUrl(host)}:${port}`
}

/** `host` as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

/** Whether `name` can only mean this machine. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
