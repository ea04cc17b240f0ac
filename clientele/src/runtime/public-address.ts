import ipaddr from 'ipaddr.js'

/**
 * Whether an address is an ordinary public one. Everything else stays out of reach of addresses that clients name:
 * loopback, private, link-local (cloud metadata services), multicast, mapped, translated and reserved ones (RFC 6890).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  // Also turns ::ffff:127.0.0.1 into 127.0.0.1.
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  if (address.kind() === 'ipv4') return !BENCHMARKING.some((range) => (address as ipaddr.IPv4).match(range))
  const v6 = address as ipaddr.IPv6
  return v6.match(GLOBAL_UNICAST) && !SPECIAL_V6.some((range) => v6.match(range))
}

/** Whether an address is this machine. */
export function isLoopbackAddress(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback'
}

/** RFC 2544: the library has it not. */
const BENCHMARKING: readonly [ipaddr.IPv4, number][] = [ipaddr.IPv4.parseCIDR('198.18.0.0/15')]

/** What is given out to the public at all (RFC 4291 §2.4), and the special blocks inside it (RFC 6890, RFC 9637). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
const SPECIAL_V6: readonly [ipaddr.IPv6, number][] = ['2001::/23', '3fff::/20', '2620:4f:8000::/48'].map(
  (block) => ipaddr.IPv6.parseCIDR(block),
)
