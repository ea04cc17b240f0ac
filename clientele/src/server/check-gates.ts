/** Combinations of settings that are each allowed and together unsafe, or without effect: the start refuses them. */
import { isBroadNetwork } from '../runtime/broad-network.ts'
import type { Config } from './config-schema.ts'
import { findRoleFault } from './hosts.ts'
import { isLoopbackName } from './issuer.ts'

export interface GateFault {
  /** The key to change. */
  readonly path: string
  /** What is wrong, as the end of a sentence that begins with the path. */
  readonly wrong: string
}

/** Everything that is wrong at once. */
export function findGateFaults(config: Config): readonly GateFault[] {
  return CHECKS.flatMap((check) => check(config) ?? [])
}

type Check = (config: Config) => GateFault | undefined

const CHECKS: readonly Check[] = [
  findRoleFault,

  ({ server: { tls } }) =>
    fault(
      (tls.certificate_file === undefined) !== (tls.key_file === undefined),
      tls.key_file === undefined ? 'server.tls.key_file' : 'server.tls.certificate_file',
      'is missing: a certificate and its private key go together',
    ),

  ({ server: { tls } }) =>
    fault(
      tls.client_certificates !== 'none' && tls.certificate_file === undefined,
      'server.tls.client_certificates',
      'needs server.tls.certificate_file and key_file: without TLS of its own the server sees no certificates',
    ),

  ({ server: { tls } }) =>
    fault(
      tls.client_certificates !== 'none' && tls.client_trust_anchors_file === undefined,
      'server.tls.client_trust_anchors_file',
      'is missing: without it nobody could tell a client certificate from one that its holder made up',
    ),

  ({ server: { tls } }) =>
    fault(
      tls.client_certificates === 'none' && tls.client_trust_anchors_file !== undefined,
      'server.tls.client_trust_anchors_file',
      'has no effect while server.tls.client_certificates is "none"',
    ),

  ({ server: { tls, issuer } }) =>
    fault(
      tls.certificate_file !== undefined && issuer?.startsWith('http:') === true,
      'server.issuer',
      'must begin with https:// because the server speaks TLS',
    ),

  ({ server }) =>
    fault(
      server.trusted_proxies.some((network) => /\/0+$/.test(network)),
      'server.trusted_proxies',
      'holds every address there is: any client could write its own address, and its own certificate',
    ),

  ({ server }) => {
    const broad = server.trusted_proxies.find((network) => !/\/0+$/.test(network) && isBroadNetwork(network))
    return fault(
      broad !== undefined,
      'server.trusted_proxies',
      `holds ${broad}, which is no network of one operator: write /8 or more bits for IPv4 and /16 or more for IPv6, best the addresses of the proxies themselves`,
    )
  },

  ({ server }) =>
    fault(
      server.client_cert_header && server.trusted_proxies.length === 0,
      'server.client_cert_header',
      'needs server.trusted_proxies: from anybody else the header would be a certificate without a key (RFC 9440 §4)',
    ),

  ({ server, mutual_tls }) =>
    fault(
      (mutual_tls.enabled || mutual_tls.required) &&
        server.tls.client_certificates === 'none' &&
        !server.client_cert_header,
      mutual_tls.enabled ? 'mutual_tls.enabled' : 'mutual_tls.required',
      'needs certificates to see: set server.tls.client_certificates, or server.client_cert_header behind a proxy',
    ),

  ({ mutual_tls: { enabled, required, ...lists } }) =>
    fault(
      !enabled && !required && Object.values(lists).some((list) => list.length > 0),
      'mutual_tls.enabled',
      'is false, and so is mutual_tls.required: the lists of certificates have no effect',
    ),

  (config) =>
    fault(
      config.registration.enabled && !hasGate(config),
      'registration.anonymous',
      'is false and no gate is open, so nobody could register: open a gate, or set registration.enabled = false',
    ),

  ({ registration, mutual_tls, software_statements }) =>
    fault(
      registration.ignore_foreign_bearer &&
        !registration.anonymous &&
        !registration.anonymous_public &&
        !mutual_tls.enabled &&
        !software_statements.admits,
      'registration.ignore_foreign_bearer',
      'has no effect: no gate is open to a request whose bearer token counts as none; registration.anonymous would be one',
    ),

  (config) =>
    fault(
      sendsCredentialsInTheClear(config),
      'server.host',
      'lets other machines send passwords and access tokens without TLS: set server.tls, name your TLS proxy in server.trusted_proxies, or listen on 127.0.0.1',
    ),
]

function fault(isWrong: boolean, path: string, wrong: string): GateFault | undefined {
  return isWrong ? { path, wrong } : undefined
}

function hasGate(config: Config): boolean {
  return (
    config.registration.anonymous ||
    config.registration.anonymous_public ||
    config.initial_access_tokens.enabled ||
    config.api_keys.enabled ||
    config.basic.enabled ||
    config.bearer.enabled ||
    config.bearer.issuers.length > 0 ||
    config.mutual_tls.enabled ||
    config.software_statements.admits
  )
}

function sendsCredentialsInTheClear(config: Config): boolean {
  const { bearer, basic } = config
  return (basic.enabled || bearer.enabled || bearer.issuers.length > 0) && isOpenNetwork(config)
}

/**
 * Whether other machines speak to this server without TLS, as far as it knows. An operator who allowed an http issuer has
 * already said that the network is closed.
 */
export function isOpenNetwork({ server }: Config): boolean {
  return !(
    server.tls.certificate_file !== undefined ||
    server.trusted_proxies.length > 0 ||
    server.allow_insecure_issuer ||
    isLoopbackName(server.host)
  )
}
