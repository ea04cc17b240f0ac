import type { IncomingMessage } from 'node:http'

/** What the engine reads of a request beside node's own members: the path under which it is mounted. */
interface MountedRequest extends IncomingMessage {
  baseUrl?: string
  originalUrl?: string
}

/** The issuer, taken apart once. */
export interface IssuerAddress {
  /** `http` or `https`. */
  readonly protocol: string
  readonly host: string
  /** The issuer's path without a closing slash; empty for most. */
  readonly path: string
}

export function issuerAddress(issuer: string): IssuerAddress {
  const { protocol, host, pathname } = new URL(issuer)
  return { protocol: protocol.slice(0, -1), host, path: pathname.replace(/\/$/, '') }
}

/** The path of a request below the issuer, or undefined when it is elsewhere. */
export function pathBelowIssuer(target: string, issuer: IssuerAddress): string | undefined {
  // An absolute-form target (RFC 9112 §3.2.2) names a host of the sender's choice: only its path counts.
  const url = target.startsWith('/') ? target : (URL.parse(target)?.pathname ?? '')
  const [path = ''] = url.split('?', 1)
  if (issuer.path === '') return path
  return path.startsWith(`${issuer.path}/`) ? path.slice(issuer.path.length) : undefined
}

/**
 * Makes a request say what the issuer says of scheme, host and path, so that every address that the engine builds begins
 * with the issuer, whatever `Host` or `X-Forwarded-*` a client sent (cache poisoning, password-reset style phishing).
 */
export function addressToIssuer(request: IncomingMessage, path: string, issuer: IssuerAddress): void {
  const mounted = request as MountedRequest
  const target = request.url ?? '/'
  const query = target.indexOf('?')
  mounted.url = query === -1 ? path : path + target.slice(query)
  mounted.baseUrl = issuer.path
  delete mounted.originalUrl
  request.headers['x-forwarded-proto'] = issuer.protocol
  request.headers['x-forwarded-host'] = issuer.host
  // Nobody downstream may take the sender's word for its address.
  delete request.headers['x-forwarded-for']
}

/**
 * Makes the engine answer a program in JSON, also where `Accept` prefers a page: an HTML error ended the flow of real
 * clients. A JWT answer of introspection (RFC 9701 §4) can still be asked for.
 */
export function preferJson(request: IncomingMessage): void {
  if (!request.headers.accept?.includes('application/token-introspection+jwt'))
    request.headers.accept = 'application/json'
}
