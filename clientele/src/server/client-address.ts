/** Whose request it is, by network address. A forwarded address is the sender's word unless a proxy of ours added it. */
import { BlockList, isIP } from 'node:net'

/** The caller's address from the connection's and the request's forwarding header. */
export type ClientAddress = (
  remoteAddress: string | undefined,
  forwarded: string | string[] | undefined,
) => string

/** The header that the proxies write. Only that one is read: the other they pass on as the client wrote it. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

/** Believes the header as far as it was written by `trustedProxies`, read from the nearest one outwards. */
export function createClientAddress(
  trustedProxies: readonly string[],
  header: ForwardedHeader = 'x-forwarded-for',
): ClientAddress {
  const isTrusted = createProxyTest(trustedProxies)
  const readHops = header === 'forwarded' ? readForwarded : readForwardedFor
  return (remoteAddress = '', forwarded = '') => {
    let address = plainAddress(remoteAddress)
    if (!isTrusted(address)) return address
    const hops = readHops(String(forwarded))
    while (isTrusted(address) && hops.length > 0) {
      const next = hops.pop()!
      // What is not an address says nothing; the proxy that let it through is the last thing that is known.
      if (isIP(next) === 0) break
      address = next
    }
    return address
  }
}

/** A test whether an address is one of `networks`. */
export function createProxyTest(networks: readonly string[]): (address: string) => boolean {
  // Most servers stand behind no proxy, and every request asks.
  if (networks.length === 0) return () => false
  const trusted = new BlockList()
  for (const network of networks) addNetwork(trusted, network)
  return (address) => {
    const plain = plainAddress(address)
    return isIP(plain) !== 0 && trusted.check(plain, familyOf(plain))
  }
}

/** Whether `text` is an IP address or a network (`10.0.0.0/8`). */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128))
}

function readForwardedFor(header: string): string[] {
  return header.split(',').map((hop) => plainAddress(hop.trim()))
}

/** RFC 7239 §4: elements between commas, pairs between semicolons, values that may be quoted. */
const ELEMENTS = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g
const PAIRS = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g
const PAIR = /^\s*([^\s="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*$/

/**
 * An element of which any part is malformed says nothing: a quotation that the sender left open could reach into what a proxy
 * wrote behind it.
 */
function readForwarded(header: string): string[] {
  return (header.match(ELEMENTS) ?? []).map((element) => {
    const pairs = (element.match(PAIRS) ?? []).filter((pair) => pair.trim() !== '')
    const read = pairs.map((pair) => PAIR.exec(pair))
    const [value, ...others] = read.filter((pair) => /^for$/i.test(pair?.[1] ?? ''))
    if (!value || others.length > 0 || read.includes(null)) return ''
    return plainAddress((value[2] ?? value[3]!).replaceAll(/\\(.)/g, '$1'))
  })
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/')
  if (bits === undefined) list.addAddress(address, familyOf(address))
  else list.addSubnet(address, Number(bits), familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

/**
 * Without the port that some proxies add and without the zone of a link-local address. A socket for both families shows
 * IPv4 callers as `::ffff:10.0.0.1`: the same caller, counted once.
 */
function plainAddress(text: string): string {
  // As nearly every socket shows it; what follows is for the rest.
  if (/^[\d.]+$/.test(text)) return text
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1]
  const address = bracketed ?? text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  const [bare = ''] = address.split('%', 1)
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare
}
