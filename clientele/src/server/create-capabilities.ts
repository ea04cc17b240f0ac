import { BUILT_IN, type Capabilities } from '../oauth/capabilities.ts'
import type { Lifetimes } from '../oauth/lifetimes.ts'
import type { Config } from './config-schema.ts'
import { operationScopes } from './create-issuers.ts'

/** What this server can do, as the operator wants it. */
export function createCapabilities(config: Config): Capabilities {
  const opening = registrationScopes(config)
  return {
    ...BUILT_IN,
    scopes: [...new Set([...config.scopes.supported, ...opening])],
    defaultScopes: config.scopes.default,
    privilegedScopes: privilegedScopes(config),
    lifetimes: lifetimes(config),
  }
}

function lifetimes({ tokens }: Config): Lifetimes {
  return {
    accessToken: tokens.access_token_lifetime_seconds,
    clientCredentials: tokens.client_credentials_lifetime_seconds,
    identityToken: tokens.id_token_lifetime_seconds,
    authorizationCode: tokens.authorization_code_lifetime_seconds,
    refreshToken: tokens.refresh_token_lifetime_seconds,
    consent: tokens.grant_lifetime_seconds,
  }
}

/** The scopes that nobody has without leave: those that the operator names, and those that open registration itself. */
export function privilegedScopes(config: Pick<Config, 'bearer' | 'scopes'>): readonly string[] {
  return [...new Set([...config.scopes.privileged, ...registrationScopes(config)])]
}

function registrationScopes(config: Pick<Config, 'bearer'>): readonly string[] {
  if (!config.bearer.enabled) return []
  return Object.values(operationScopes(config)).filter((scope) => scope !== '')
}
