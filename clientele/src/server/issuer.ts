/** Our issuer identifier, as the configuration gives it or as it follows from where the server listens (RFC 8414 §2). */
import { findIdentifierFault, isLoopbackName } from '../oauth/issuer-identifier.ts'

export { isLoopbackName } from '../oauth/issuer-identifier.ts'

/** What is wrong with an issuer, as the end of a sentence; undefined when nothing is. */
export function findIssuerFault(issuer: string, allowInsecure: boolean): string | undefined {
  return findIdentifierFault(issuer, {
    allowed: allowInsecure,
    setting: 'server.allow_insecure_issuer = true',
  })
}

/** The issuer of a server that was not told one: where it can be reached from this machine. */
export function defaultIssuer(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  if (!isLoopbackName(host)) return `${scheme}://127.0.0.1:${port}`
  return `${scheme}://${hostInUrl(host)}:${port}`
}

/** `host` as it stands in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
