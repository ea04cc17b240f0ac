/** Hosts as they are compared: the one place that says when two texts name the same one (RFC 3986 §3.2.2). */

/** No address, no number that might be one, no punycode: every reader agrees. */
const PLAIN = /^(?!.*xn--)(?:[a-z0-9_-]+\.)*[a-z][a-z_-]*$/

/**
 * The host in the only spelling in which it is compared: lower case, IPv6 addresses in their short form. Undefined where a
 * browser would read another host than the text says: what is ambiguous is on no list.
 */
export function canonicalHost(host: string | undefined): string | undefined {
  if (!host) return undefined
  const lower = host.toLowerCase()
  if (PLAIN.test(lower)) return lower
  const read = URL.parse(`https://${lower}/`)?.hostname
  return read === lower || lower.startsWith('[') ? read : undefined
}

/** Whether a canonical host is an address: it has no labels and no domain. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[\d.]+$/.test(host)
}
