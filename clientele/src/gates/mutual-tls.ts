import { OAuthError } from '../oauth/errors.ts'
import { normalizeSubjectAltName, normalizeThumbprint } from '../runtime/certificate-names.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { normalizeDistinguishedName } from '../runtime/distinguished-name.ts'
import type { RequestCertificate } from '../runtime/request-facts.ts'
import type { Gate, Presented } from './gate.ts'

/**
 * Which certificates are accepted, of those that the TLS layer has verified. Any of subjects, names and thumbprints is
 * enough; where all three are empty, every certificate is. Issuers narrow whichever of these holds.
 */
export interface CertificateRule {
  readonly subjects?: readonly string[]
  readonly subjectAltNames?: readonly string[]
  readonly thumbprints?: readonly string[]
  readonly issuers?: readonly string[]
}

/** Which certificates get in, and by which clock they are valid. */
export interface MutualTlsOptions {
  readonly rule: CertificateRule
  readonly clock: Clock
}

/** Whether the certificate of a request is accepted; throws `OAuthError` when it is missing or is not. */
export type CheckCertificate = (presented: Presented) => RequestCertificate

/**
 * Admits who holds an accepted client certificate (mutual TLS, RFC 8705 §7, RFC 9440). Only where the request shows no
 * other credentials: what stands in the `Authorization` header is judged by its own gate, and the certificate stays a
 * fact of the caller.
 */
export function mutualTlsGate({ rule, clock }: MutualTlsOptions): Gate {
  const check = createCertificateCheck(rule, clock)
  return {
    name: 'mutual_tls',
    recognizes: ({ certificate, credentials }) => certificate !== undefined && credentials.kind === 'none',
    async admit(presented) {
      const certificate = check(presented)
      // A certificate without a subject is nobody's in particular: its holders must not own each other's clients.
      const { issuer, subject, thumbprint: id } = certificate
      // Two authorities may give one subject to two parties. As JSON no two pairs of names read the same.
      const owner = subject === '' ? {} : { owner: `certificate:${JSON.stringify([issuer, subject])}` }
      return {
        caller: { gate: 'mutual_tls', id, ...owner, certificate },
        permissions: [],
      }
    },
  }
}

/** The check of the gate by itself, for a server that asks everybody for a certificate beside their credentials. */
export function createCertificateCheck(rule: CertificateRule, clock: Clock): CheckCertificate {
  const subjects = normalized(rule.subjects, normalizeDistinguishedName)
  const names = normalized(rule.subjectAltNames, normalizeSubjectAltName)
  const thumbprints = normalized(rule.thumbprints, normalizeThumbprint)
  const issuers = normalized(rule.issuers, normalizeDistinguishedName)
  const isAnyone = subjects.size + names.size + thumbprints.size === 0

  const isListed = (certificate: RequestCertificate) =>
    isAnyone ||
    subjects.has(normalizeDistinguishedName(certificate.subject) ?? '') ||
    certificate.subjectAltNames.some((name) => names.has(normalizeSubjectAltName(name) ?? '')) ||
    thumbprints.has(certificate.thumbprint)

  return ({ certificate }) => {
    if (certificate === undefined) {
      throw new OAuthError(
        'access_denied',
        'client_certificate.missing',
        'A client certificate is needed here.',
      )
    }
    const now = nowInSeconds(clock)
    // A connection, or a proxy's, outlives the certificate that it was opened with.
    if (now < certificate.notBefore || now >= certificate.notAfter) throw refused('expired')
    if (!isListed(certificate)) throw refused('not_listed')
    const isIssued = issuers.size === 0 || issuers.has(normalizeDistinguishedName(certificate.issuer) ?? '')
    if (!isIssued) throw refused('other_issuer')
    return certificate
  }
}

function normalized(
  written: readonly string[] = [],
  normalize: (text: string) => string | undefined,
): ReadonlySet<string> {
  return new Set(
    written.map((text) => {
      const name = normalize(text)
      if (name === undefined || name === '')
        throw new TypeError(`${text} is not a name that a certificate can have`)
      return name
    }),
  )
}

/**
 * 403 and no challenge (RFC 9440 §2.4): HTTP has no scheme with which to ask for another certificate. The reason goes
 * to the log; the caller reads one sentence for all of them.
 */
function refused(reason: 'expired' | 'not_listed' | 'other_issuer'): OAuthError {
  return new OAuthError(
    'access_denied',
    `client_certificate.${reason}`,
    'The client certificate is not accepted here.',
  )
}
