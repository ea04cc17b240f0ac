import ipaddr from 'ipaddr.js'

/** Whether an address is in a network. */
export type NetworkTest = (address: string) => boolean

/**
 * A test for an IP address or a network (`10.0.0.0/8`), or undefined for other text. An IPv4 address is the same when it is
 * written as IPv6 (RFC 4291 §2.5.5.2), on either side; what is no address is in no network.
 */
export function parseNetwork(text: string): NetworkTest | undefined {
  const range = parseRange(text)
  if (range === undefined) return undefined
  const [network, bits] = range
  return (address) => {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    return parsed.kind() === network.kind() && parsed.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits)
  }
}

function parseRange(text: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const [address = '', bits, ...rest] = text.split('/')
  // `10.1` is an address for some, and not the one that it seems.
  const isWhole = address.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(address)
  if (rest.length > 0 || !isWhole || address.includes('%') || !ipaddr.isValid(address)) return undefined
  const parsed = ipaddr.parse(address)
  const most = parsed.kind() === 'ipv4' ? 32 : 128
  const size = bits === undefined ? most : Number(bits)
  if ((bits !== undefined && !/^\d{1,3}$/.test(bits)) || size > most) return undefined
  if (parsed.kind() === 'ipv4') return [parsed, size]
  const v6 = parsed as ipaddr.IPv6
  // A network that is wider than all of IPv4-mapped stays one of IPv6.
  return v6.isIPv4MappedAddress() && size >= 96 ? [v6.toIPv4Address(), size - 96] : [v6, size]
}
