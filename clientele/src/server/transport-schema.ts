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

/** Keys of `[server]` about connections that stay open, and about the end. */
export const connectionKeys = {
  keep_alive_seconds: z.int().min(1).max(3600).default(65).meta({
    description:
      'How long a connection may stay open without a request. Set it above the idle time of your proxy, so that the proxy closes first: a request that it sends at the moment of our closing would be lost.',
    allowed: 'whole seconds from 1 to 3600',
  }),
  drain_delay_seconds: z.int().min(0).max(300).default(0).meta({
    description:
      'How long a stop goes on taking requests while GET /readyz already says no, so that a balancer that asks it sends them elsewhere.',
    allowed: 'whole seconds from 0 to 300',
  }),
}

/** Keys of `[limits]` about what a connection may take. */
export const connectionLimits = {
  connections: z.int().min(10).max(1_000_000).default(10_000).meta({
    description: 'Connections at once; more are closed unread.',
    allowed: 'a whole number from 10 to 1000000',
  }),
  connections_per_address: z.int().min(1).max(1_000_000).default(1000).meta({
    description:
      'Connections at once from one network address that is not in server.trusted_proxies; more are closed unread. For IPv6 a /64 counts as one address.',
    allowed: 'a whole number from 1 to 1000000',
  }),
  header_bytes: z.int().min(4096).max(131_072).default(16_384).meta({
    description:
      'The longest head of a request; a longer one is answered with 431, as is one with more than 100 header lines. Holds also when the limits are off.',
    allowed: 'whole bytes from 4096 to 131072',
  }),
  request_seconds: z.int().min(1).max(600).default(30).meta({
    description:
      'How long a request may take to arrive, its head a third of that; a slower one is answered with 408. Holds also when the limits are off.',
    allowed: 'whole seconds from 1 to 600',
  }),
}
