import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Agent } from 'undici'
import { type OutboundFetch, OutboundFetchError } from './outbound-request.ts'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'

export { type OutboundFetch, OutboundFetchError, type OutboundRequest } from './outbound-request.ts'

export interface OutboundFetchOptions {
  /**
   * Lets `http` and this machine's own addresses through: for a server that itself runs on a loopback issuer, where
   * client and server are one developer's. Other private addresses stay refused.
   */
  readonly allowLoopback?: boolean
  /** Lets `http` and every address through: for what an operator named and said so of. Never for what a client names. */
  readonly allowPrivate?: boolean
  /** Decoded bytes of a response. */
  readonly maxBytes?: number
  /** For the whole of it, the last byte included. */
  readonly timeoutMilliseconds?: number
  /** All addresses of a host; the system's resolver unless a test brings its own. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>
}

/**
 * The only way out of the process. An address is checked as a literal, because the resolver is never asked about one
 * (`127.0.0.1`, `[::ffff:127.0.0.1]`, `2130706433`, `0x7f.1`), and again as every answer of the resolver at the moment
 * of connecting, so that a name cannot change its mind in between. Redirects are not followed.
 */
export function createOutboundFetch(options: OutboundFetchOptions = {}): OutboundFetch {
  const {
    allowLoopback = false,
    allowPrivate = false,
    maxBytes = 65_536,
    timeoutMilliseconds = 5_000,
    resolve = resolveAll,
  } = options
  let agent: Agent | undefined

  const lookup: LookupFunction = (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const refused =
          addresses.length === 0 ||
          (!allowPrivate && addresses.some(({ address }) => !isAllowed(address, allowLoopback)))
        if (refused) callback(new Error('the host has an address that is not public'), [])
        else if (all) callback(null, [...addresses])
        else callback(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error) => callback(error, []),
    )
  }

  return async (url, request = {}) => {
    try {
      const target = new URL(url)
      const fault = allowPrivate ? findFormFault(target) : findTargetFault(target, allowLoopback)
      if (fault !== undefined) throw new Error(fault)
      // Loaded at first use: a start does not need it.
      const undici = await import('undici')
      agent ??= new undici.Agent({ connect: { lookup } })
      const response = await undici.fetch(target, {
        method: request.method ?? 'GET',
        headers: [...new Headers(request.headers)],
        ...(request.body === undefined ? {} : { body: String(request.body) }),
        redirect: 'manual',
        dispatcher: agent,
        signal: AbortSignal.any([
          AbortSignal.timeout(timeoutMilliseconds),
          ...(request.signal === undefined ? [] : [request.signal]),
        ]),
      })
      const body = await readBounded(response.body, maxBytes)
      const headers = [...response.headers].filter(
        ([name]) => name !== 'content-encoding' && name !== 'content-length',
      )
      return new Response(body.length === 0 ? null : body, { status: response.status, headers })
    } catch (cause) {
      throw new OutboundFetchError(cause)
    }
  }
}

/**
 * Why nothing is ever fetched from there, as a sentence without its end; undefined when something may be. For whoever
 * configures an address, who is no stranger and is told at once.
 */
export function findTargetFault(target: URL, allowLoopback: boolean): string | undefined {
  // The URL parser has turned every spelling of an IPv4 address into the dotted one.
  const host = target.hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host) && !isAllowed(host, allowLoopback)) return 'the address is not public'
  if (target.username !== '' || target.password !== '') return 'the address has credentials in it'
  if (target.protocol === 'https:') return undefined
  const isLocal = host === 'localhost' || isLoopbackAddress(host)
  return target.protocol === 'http:' && allowLoopback && isLocal ? undefined : 'the address is not https'
}

/** What is wrong with an address wherever it leads. */
function findFormFault(target: URL): string | undefined {
  if (target.username !== '' || target.password !== '') return 'the address has credentials in it'
  return /^https?:$/.test(target.protocol) ? undefined : 'the address is neither https nor http'
}

function isAllowed(address: string, allowLoopback: boolean): boolean {
  return isPublicAddress(address) || (allowLoopback && isLoopbackAddress(address))
}

async function readBounded(
  body: AsyncIterable<Uint8Array> | null,
  limit: number,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > limit) throw new Error('the document is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function resolveAll(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })
}
