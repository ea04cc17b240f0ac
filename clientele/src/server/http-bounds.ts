/** How much a connection may take, and for how long: the bounds against callers who send slowly or hold on (slowloris). */
import type { ServerOptions } from 'node:http'
import { createProxyTest } from './client-address.ts'
import type { Config } from './config-schema.ts'

export interface HttpBounds {
  /** A request must have arrived by then, its head within a third of it. */
  readonly requestSeconds: number
  /** How long a connection may stay open without a request. */
  readonly keepAliveSeconds: number
  /** Bytes of a request's head. */
  readonly headerBytes: number
  /** Connections at once: of all callers, and of one that is no trusted proxy. */
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly isProxy: (address: string) => boolean
}

export const STANDARD_BOUNDS: HttpBounds = {
  requestSeconds: 30,
  keepAliveSeconds: 65,
  headerBytes: 16_384,
  connections: Number.POSITIVE_INFINITY,
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  isProxy: () => false,
}

/** The bounds that the operator set. */
export function createHttpBounds({ server, limits }: Config): HttpBounds {
  const { connections, connectionsPerAddress } = STANDARD_BOUNDS
  return {
    requestSeconds: limits.request_seconds,
    keepAliveSeconds: server.keep_alive_seconds,
    headerBytes: limits.header_bytes,
    connections: limits.enabled ? limits.connections : connections,
    connectionsPerAddress: limits.enabled ? limits.connections_per_address : connectionsPerAddress,
    isProxy: createProxyTest(server.trusted_proxies),
  }
}

/** A caller who takes nothing of an answer for so long is gone. */
const SILENCE_MILLISECONDS = 120_000
/** Then the connection ends with its answer, so that callers spread anew over the servers behind a balancer. */
const REQUESTS_PER_CONNECTION = 10_000

/** The same in Node's words. */
export function nodeBounds(bounds: HttpBounds): ServerOptions {
  const requestTimeout = bounds.requestSeconds * 1000
  const headersTimeout = Math.round(requestTimeout / 3)
  return {
    requestTimeout,
    headersTimeout,
    keepAliveTimeout: bounds.keepAliveSeconds * 1000,
    connectionsCheckingInterval: Math.min(5000, Math.round(headersTimeout / 2)),
    maxHeaderSize: bounds.headerBytes,
  }
}

/** What Node takes as members of the server alone. */
export const NODE_SERVER = {
  timeout: SILENCE_MILLISECONDS,
  maxRequestsPerSocket: REQUESTS_PER_CONNECTION,
  // Node drops what is beyond its count without a word, the lines that a proxy added at the end first; `serve-requests.ts`
  // refuses such a request instead.
  maxHeadersCount: 0,
} as const
