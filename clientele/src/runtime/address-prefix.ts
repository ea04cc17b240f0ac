import ipaddr from 'ipaddr.js'

/** Reading an IPv6 address costs more than all else that a limit does; the same ones come again and again. */
const known = new Map<string, string>()
const KNOWN_AT_MOST = 1000

/**
 * What a network address is counted as. An IPv6 customer has a /64 at the least (RFC 6177) and could take another
 * address for each try; an IPv4 address is one customer, or many.
 */
export function addressPrefix(address: string): string {
  const found = known.get(address)
  if (found !== undefined) return found
  const prefix = readPrefix(address)
  if (known.size >= KNOWN_AT_MOST) known.clear()
  known.set(address, prefix)
  return prefix
}

function readPrefix(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}
