import { LONGEST_LIFETIMES, STANDARD_LIFETIMES } from '../oauth/lifetimes.ts'

/** How long the things live that the authorization server hands out, in seconds. An operator's to choose. */
export interface EngineSettings {
  /** Access tokens of end-users, opaque or JWT. */
  readonly accessTokenLifetimeSeconds: number
  /** Access tokens that a client got for itself (RFC 6749 §4.4). */
  readonly clientCredentialsLifetimeSeconds: number
  readonly idTokenLifetimeSeconds: number
  /** From issue or rotation on; never beyond the consent it stands on. */
  readonly refreshTokenLifetimeSeconds: number
  /** How long a rotated refresh token still answers with its successor; 0 for not at all. */
  readonly refreshGraceSeconds: number
  readonly authorizationCodeLifetimeSeconds: number
  readonly deviceCodeLifetimeSeconds: number
  /** How long an end-user stays signed in here. */
  readonly sessionLifetimeSeconds: number
  /** How long a consent holds. */
  readonly grantLifetimeSeconds: number
}

const HOUR = 3600
const DAY = 24 * HOUR

export const DEFAULT_SETTINGS: EngineSettings = {
  accessTokenLifetimeSeconds: STANDARD_LIFETIMES.accessToken,
  clientCredentialsLifetimeSeconds: STANDARD_LIFETIMES.clientCredentials,
  idTokenLifetimeSeconds: STANDARD_LIFETIMES.identityToken,
  refreshTokenLifetimeSeconds: STANDARD_LIFETIMES.refreshToken,
  refreshGraceSeconds: 10,
  authorizationCodeLifetimeSeconds: STANDARD_LIFETIMES.authorizationCode,
  deviceCodeLifetimeSeconds: 600,
  sessionLifetimeSeconds: 14 * DAY,
  grantLifetimeSeconds: STANDARD_LIFETIMES.consent,
}

/** How long a person may take to sign in and consent before the request has to be started again. */
export const INTERACTION_LIFETIME_SECONDS = HOUR

/** How long a session lives in which nobody is signed in: anybody makes one by opening a page, and each is a row. */
export const STRANGER_SESSION_SECONDS = HOUR

/** The longest life of anything that a signing key signs, by any policy: a retired key stays published that long. */
export function longestSignedLifetime(settings: EngineSettings): number {
  return Math.max(
    LONGEST_LIFETIMES.access_token_lifetime,
    LONGEST_LIFETIMES.identity_token_lifetime,
    settings.accessTokenLifetimeSeconds,
    settings.clientCredentialsLifetimeSeconds,
    settings.idTokenLifetimeSeconds,
  )
}
