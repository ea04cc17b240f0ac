/** Where a request comes from: its network address, and the client certificate that stands behind it. */
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { OAuthError } from '../oauth/errors.ts'
import { readCertificate } from '../runtime/certificate.ts'
import { type Log, silentLog } from '../runtime/log.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'
import { parseByteSequence } from '../runtime/structured-bytes.ts'
import { createClientAddress, createProxyTest } from './client-address.ts'
import type { Config } from './config-schema.ts'
import { createProxyWarning } from './warn-of-proxy.ts'

export interface RequestOrigin {
  readonly address: string
  readonly certificate?: RequestCertificate
  /** Why the request must not be answered by anybody: it shows a certificate that is none. */
  readonly refusal?: OAuthError
}

type ShownCertificate = Omit<RequestOrigin, 'address'>

export type ReadOrigin = (request: IncomingMessage) => RequestOrigin

/**
 * Reads the origin of a request, and takes the `Client-Cert` header out of it: further in there is only what is known
 * here. The header counts only when it comes from a trusted proxy and the operator said that the proxies write it; an
 * injected one from any other address is as if it were not there (RFC 9440 §4).
 */
export function createReadOrigin({ server }: Config, log: Pick<Log, 'warn'> = silentLog): ReadOrigin {
  const header = server.forwarded_header
  const addressOf = createClientAddress(server.trusted_proxies, header)
  const isProxy = createProxyTest(server.trusted_proxies)
  const warnOfProxy = createProxyWarning(log)
  const known = new WeakMap<TLSSocket, ShownCertificate>()

  /** Once a connection: nobody changes certificates in the middle of it, which TLS 1.3 has no way to do. */
  function ofConnection(socket: TLSSocket): ShownCertificate {
    const shown = known.get(socket) ?? readConnection(socket)
    known.set(socket, shown)
    return shown
  }

  return (request) => {
    const { socket } = request
    const address = addressOf(socket.remoteAddress, request.headers[header])
    const clientCert = takeClientCert(request)
    const isFromProxy = isProxy(socket.remoteAddress ?? '')
    if (!isFromProxy) warnOfProxy(request)
    const fromProxy = server.client_cert_header && isFromProxy
    // The certificate of a proxy's own connection is the proxy's, not the client's.
    if (fromProxy) return { address, ...(clientCert === undefined ? {} : readHeader(clientCert)) }
    return socket instanceof TLSSocket ? { ...ofConnection(socket), address } : { address }
  }
}

function takeClientCert({ headers, rawHeaders }: IncomingMessage): string | undefined {
  const value = headers['client-cert']
  if (value === undefined && headers['client-cert-chain'] === undefined) return undefined
  for (const name of ['client-cert', 'client-cert-chain']) delete headers[name]
  // The Web request is made from these.
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (/^client-cert(-chain)?$/i.test(rawHeaders[at]!)) rawHeaders.splice(at, 2)
  }
  // A proxy whose template found no certificate writes an empty value, which shows none.
  return value === undefined || /^ *(::)? *$/.test(String(value)) ? undefined : String(value)
}

function readHeader(value: string): ShownCertificate {
  const der = parseByteSequence(value)
  try {
    if (der) return { certificate: readCertificate(der) }
  } catch {}
  return {
    refusal: new OAuthError(
      'invalid_request',
      'client_cert.malformed',
      'The Client-Cert header is not one certificate (RFC 9440).',
    ),
  }
}

function readConnection(socket: TLSSocket): ShownCertificate {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return {}
  try {
    if (socket.authorized) return { certificate: readCertificate(certificate.raw) }
  } catch {}
  // Not as if there were none: what is present and bad never falls through to something weaker.
  return {
    refusal: new OAuthError(
      'access_denied',
      'client_certificate.untrusted',
      'The client certificate is not valid here.',
    ),
  }
}
