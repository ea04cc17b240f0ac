import type { Log } from '../runtime/log.ts'
import { isOpenNetwork } from './check-gates.ts'
import type { Config } from './config-schema.ts'
import { isLoopbackName } from './issuer.ts'

/** Says at the start what the operator allowed and might not have meant to. */
export function warnOfRisks(config: Config, issuer: string, log: Pick<Log, 'warn'>): void {
  if (!config.limits.enabled) {
    log.warn({}, 'limits.enabled is false: no rate limit and no sign-in throttle protects this server')
  }
  if (!config.registration.require) {
    log.warn({}, 'registration.require is false: anybody may use a client id that nobody registered')
  }
  const { hostname, protocol } = new URL(issuer)
  if (protocol === 'http:' && !isLoopbackName(hostname)) {
    log.warn({ issuer }, 'server.allow_insecure_issuer is true: credentials travel in the clear')
  } else if (isOpenNetwork(config) && takesTokens(config)) {
    log.warn(
      { host: config.server.host },
      'other machines can send initial access tokens and API keys without TLS, where the network can read them: set server.tls, name your TLS proxy in server.trusted_proxies, or listen on 127.0.0.1',
    )
  }
  if (config.server.issuer === undefined && !isLoopbackName(config.server.host)) {
    log.warn(
      { issuer },
      'other machines can reach this server, and its issuer is a loopback address: set server.issuer',
    )
  }
}

function takesTokens({ registration, initial_access_tokens, api_keys }: Config): boolean {
  return registration.enabled && (initial_access_tokens.enabled || api_keys.enabled)
}
