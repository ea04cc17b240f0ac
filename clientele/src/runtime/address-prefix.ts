import ipaddr from 'ipaddr.js'

/**
 * What a network address is counted as. An IPv6 customer has a /64 at the least (RFC 6177) and could take another
 * address for each try; an IPv4 address is one customer, or many.
 */
export function addressPrefix(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}
