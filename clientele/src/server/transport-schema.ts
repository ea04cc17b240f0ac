/** The configuration keys of the connection: TLS of our own, and proxies in front of us. */
import { z } from 'zod'
import { isNetwork } from './client-address.ts'

const file = (description: string, example: string) =>
  z.string().min(1).optional().meta({ description, allowed: 'the path of a PEM file', example })

/** `[server.tls]`. */
export const tlsSection = z
  .strictObject({
    certificate_file: file(
      'The certificate of this server, followed by the certificates between it and its root. With it the server speaks https itself. Default: none, the server speaks http.',
      '/etc/clientele/certificate.pem',
    ),
    key_file: file('The private key of the certificate.', '/etc/clientele/key.pem'),
    client_certificates: z.enum(['none', 'optional', 'required']).default('none').meta({
      description:
        'Whether clients are asked for a certificate in the TLS handshake. With required, nobody connects without one, browsers and health checks included.',
      allowed: '"none", "optional" or "required"',
    }),
    client_trust_anchors_file: file(
      'The certificates of the authorities whose client certificates are accepted.',
      '/etc/clientele/client-authorities.pem',
    ),
  })
  .prefault({})
  .meta({ description: 'TLS, spoken by this server itself.' })

/** Keys of `[server]` about the proxies in front of it. */
export const proxyKeys = {
  trusted_proxies: z.array(z.string().refine(isNetwork)).max(100).default([]).meta({
    description:
      'The reverse proxies in front of this server. What they say of where a request comes from is believed, what anybody else says is not: failures are counted by it.',
    allowed: 'a list of at most 100 IP addresses or networks, such as "10.0.0.0/8"',
  }),
  forwarded_header: z.enum(['x-forwarded-for', 'forwarded']).default('x-forwarded-for').meta({
    description:
      'The header in which your proxies name the address of the client. The other one is not read: a proxy that does not write it passes on what the client wrote.',
    allowed: '"x-forwarded-for" or "forwarded" (RFC 7239)',
  }),
  client_cert_header: z.boolean().default(false).meta({
    description:
      'Your proxies verify client certificates and hand them over in the Client-Cert header (RFC 9440). Set it only when they remove that header from what clients send.',
    allowed: 'true or false',
  }),
}
