import type { EngineSettings } from '../authorization/settings.ts'
import type { Config } from './config-schema.ts'

/** The lifetimes of the configuration, as the authorization server takes them. */
export function engineSettings({ tokens }: Config): EngineSettings {
  return {
    accessTokenLifetimeSeconds: tokens.access_token_lifetime_seconds,
    clientCredentialsLifetimeSeconds: tokens.client_credentials_lifetime_seconds,
    idTokenLifetimeSeconds: tokens.id_token_lifetime_seconds,
    refreshTokenLifetimeSeconds: tokens.refresh_token_lifetime_seconds,
    refreshGraceSeconds: tokens.refresh_grace_seconds,
    authorizationCodeLifetimeSeconds: tokens.authorization_code_lifetime_seconds,
    deviceCodeLifetimeSeconds: tokens.device_code_lifetime_seconds,
    sessionLifetimeSeconds: tokens.session_lifetime_seconds,
    grantLifetimeSeconds: tokens.grant_lifetime_seconds,
  }
}
