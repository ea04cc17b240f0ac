import ipaddr from 'ipaddr.js'

/**
 * Whether a network holds addresses of strangers for certain: a handful of such would be everybody. Networks that nobody
 * reaches from outside (RFC 1918, RFC 4193, link-local) are allowed whole.
 */
export function isBroadNetwork(network: string): boolean {
  const [text = '', bits] = network.split('/')
  if (bits === undefined) return false
  const address = ipaddr.parse(text)
  if (address.kind() === 'ipv4') return Number(bits) < 8
  // ::ffff:0:0/96 is all of IPv4, also as a part of something larger.
  const v6 = address as ipaddr.IPv6
  if (v6.isIPv4MappedAddress() || MAPPED.match(v6, Number(bits))) return Number(bits) < 96 + 8
  const isPrivate = ipaddr.subnetMatch(address, PRIVATE_V6, 'public') === 'private'
  return Number(bits) < (isPrivate ? 7 : 16)
}

const MAPPED = ipaddr.IPv6.parse('::ffff:0:0')

const PRIVATE_V6 = {
  private: ['fc00::/7', 'fe80::/10'].map((block) => ipaddr.IPv6.parseCIDR(block)),
}
