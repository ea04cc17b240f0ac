/** Where a registrar's endpoints are (RFC 7591 §3, RFC 7592 §2): from its options, never from a request. */
import { findIdentifierFault } from '../oauth/issuer-identifier.ts'
import { REGISTRATION_PATH } from '../oauth/paths.ts'
import type { OptionProblem } from './options-error.ts'

/** The client registration endpoint: as it was given, a path on the issuer's origin, or `/register` below the issuer. */
export function endpointOf(issuer: string, registrationEndpoint: string | undefined): string {
  if (registrationEndpoint === undefined) return withoutSlash(issuer) + REGISTRATION_PATH
  return registrationEndpoint.startsWith('/')
    ? new URL(issuer).origin + registrationEndpoint
    : registrationEndpoint
}

/** Some servers close their issuer with a slash; what stands below it is the same. */
function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}

export function findIssuerProblem(issuer: string, allowed: boolean): readonly OptionProblem[] {
  const wrong = faultOf(withoutSlash(issuer), allowed)
  return wrong === undefined ? [] : [{ option: 'issuer', wrong }]
}

export function findEndpointProblem(
  endpoint: string,
  issuer: unknown,
  allowed: boolean,
): readonly OptionProblem[] {
  // Without an origin to stand on there is nothing to say about a path but that the issuer is wrong.
  if (endpoint.startsWith('/') && !(typeof issuer === 'string' && URL.canParse(issuer))) return []
  const address = endpointOf(String(issuer), endpoint)
  const wrong =
    faultOf(address, allowed) ?? (URL.parse(address)?.pathname === '/' ? 'must have a path' : undefined)
  return wrong === undefined ? [] : [{ option: 'registrationEndpoint', wrong }]
}

function faultOf(address: string, allowed: boolean): string | undefined {
  return findIdentifierFault(address, { allowed, setting: 'allowInsecureIssuer: true' })
}
