import type { Client, Configuration } from 'oidc-provider'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { Clock } from '../runtime/clock.ts'
import { clientRecordOf } from './find-client.ts'
import { refreshTokenSeconds } from './refresh-terms.ts'
import { type EngineSettings, INTERACTION_LIFETIME_SECONDS, STRANGER_SESSION_SECONDS } from './settings.ts'

/**
 * How long what the engine issues lives: what the client is registered for, or else the server's own lifetime. Read anew at
 * each issue, so that an update (RFC 7592 §2.2) holds from the next token on.
 */
export function clientLifetimes(settings: EngineSettings, clock: Clock): Configuration['ttl'] {
  return {
    AccessToken: (_ctx, _token, client) =>
      grantedTo(client).access_token_lifetime ?? settings.accessTokenLifetimeSeconds,
    AuthorizationCode: (_ctx, _code, client) =>
      grantedTo(client).authorization_code_lifetime ?? settings.authorizationCodeLifetimeSeconds,
    ClientCredentials: (_ctx, _token, client) =>
      grantedTo(client).access_token_lifetime ?? settings.clientCredentialsLifetimeSeconds,
    DeviceCode: settings.deviceCodeLifetimeSeconds,
    // Where a client has its own, `interaction-grant.ts` writes it: there is no client at hand here.
    Grant: settings.grantLifetimeSeconds,
    IdToken: (_ctx, _token, client) =>
      grantedTo(client).identity_token_lifetime ?? settings.idTokenLifetimeSeconds,
    Interaction: INTERACTION_LIFETIME_SECONDS,
    RefreshToken: (ctx, token, client) =>
      refreshTokenSeconds(token, client, ctx.oidc.entities.Grant, { settings, clock }),
    Session: (_ctx, session) =>
      session.accountId === undefined
        ? Math.min(STRANGER_SESSION_SECONDS, settings.sessionLifetimeSeconds)
        : settings.sessionLifetimeSeconds,
  }
}

function grantedTo(client: Client): ClientMetadata {
  return clientRecordOf(client).granted
}
