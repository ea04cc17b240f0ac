/** The configuration keys of `[mutual_tls]`: client certificates as a gate. */
import { z } from 'zod'
import { normalizeSubjectAltName, normalizeThumbprint } from '../runtime/certificate-names.ts'
import { normalizeDistinguishedName } from '../runtime/distinguished-name.ts'

const names = (normalize: (text: string) => string | undefined, description: string, allowed: string) =>
  z
    .array(
      z
        .string()
        .max(1000)
        .refine((text) => text !== '' && normalize(text) !== undefined),
    )
    .max(1000)
    .default([])
    .meta({ description, allowed })

export const mutualTlsSection = z
  .strictObject({
    enabled: z.boolean().default(false).meta({
      description:
        'A client certificate admits by itself, when the request shows no other credentials. Without one of the lists below, every certificate that the TLS layer accepts.',
      allowed: 'true or false',
    }),
    required: z.boolean().default(false).meta({
      description:
        'Every request to the client registration and configuration endpoints must show an accepted client certificate, whatever its other credentials are.',
      allowed: 'true or false',
    }),
    subjects: names(
      normalizeDistinguishedName,
      'Subjects whose certificates are accepted.',
      'a list of distinguished names as RFC 4514 writes them, such as "CN=installer,O=Example"',
    ),
    subject_alt_names: names(
      normalizeSubjectAltName,
      'Subject alternative names whose certificates are accepted.',
      'a list of names with their kind: "DNS:host.example", "URI:urn:example:app", "email:ops@example.org", "IP:192.0.2.1"',
    ),
    thumbprints: names(
      normalizeThumbprint,
      'Single certificates that are accepted.',
      'a list of SHA-256 thumbprints, in base64url (RFC 8705 §3.1) or in hex as openssl prints them',
    ),
    issuers: names(
      normalizeDistinguishedName,
      'Narrows all of the above to certificates that these authorities issued themselves.',
      'a list of distinguished names as RFC 4514 writes them',
    ),
  })
  .prefault({})
  .meta({ description: 'Client certificates (mutual TLS) as a gate.' })
