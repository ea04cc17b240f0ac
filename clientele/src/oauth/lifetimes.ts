import type { CompleteMetadata } from './client-metadata.ts'

/**
 * The lifetimes that a client may ask for: Duende IdentityServer's extension members, in seconds. What a client leaves out
 * is not stored, and the server's own lifetime holds.
 */
export const LIFETIME_MEMBERS = [
  'access_token_lifetime',
  'identity_token_lifetime',
  'authorization_code_lifetime',
  'absolute_refresh_token_lifetime',
  'sliding_refresh_token_lifetime',
  'consent_lifetime',
] as const

export type LifetimeMember = (typeof LIFETIME_MEMBERS)[number]

/** The server's own lifetimes, in seconds: what a client gets that asks for none, and the most that it may ask for. */
export interface Lifetimes {
  readonly accessToken: number
  readonly clientCredentials: number
  readonly identityToken: number
  readonly authorizationCode: number
  readonly refreshToken: number
  readonly consent: number
}

const HOUR = 3600
const DAY = 24 * HOUR
const YEAR = 365 * DAY

export const STANDARD_LIFETIMES: Lifetimes = {
  accessToken: HOUR,
  clientCredentials: HOUR,
  identityToken: HOUR,
  authorizationCode: 60,
  refreshToken: 30 * DAY,
  consent: YEAR,
}

/**
 * The most that anybody may set, an operator included. A signed token cannot be taken back, so it lives a day at most, and
 * a retired signing key stays published as long; a code lives ten minutes at most (RFC 6749 §4.1.2).
 */
export const LONGEST_LIFETIMES: Readonly<Record<LifetimeMember, number>> = {
  access_token_lifetime: DAY,
  identity_token_lifetime: DAY,
  authorization_code_lifetime: 600,
  absolute_refresh_token_lifetime: 10 * YEAR,
  sliding_refresh_token_lifetime: YEAR,
  consent_lifetime: 10 * YEAR,
}

/** What the member stands for while a client of this metadata leaves it out. */
export function findServerLifetime(
  member: LifetimeMember,
  metadata: CompleteMetadata,
  lifetimes: Lifetimes,
): number {
  switch (member) {
    case 'access_token_lifetime':
      return accessTokenLifetime(metadata.grant_types, lifetimes)
    case 'identity_token_lifetime':
      return lifetimes.identityToken
    case 'authorization_code_lifetime':
      return lifetimes.authorizationCode
    case 'absolute_refresh_token_lifetime':
      // Without sliding use it is the time that a refresh token lies about unused; with it, the consent is the end.
      return metadata.refresh_token_expiration === 'Absolute' ? lifetimes.refreshToken : lifetimes.consent
    case 'sliding_refresh_token_lifetime':
      return lifetimes.refreshToken
    case 'consent_lifetime':
      return lifetimes.consent
  }
}

/** A client's access tokens have one lifetime, whoever they are for; where the server's differ, the shorter. */
function accessTokenLifetime(grantTypes: readonly string[], lifetimes: Lifetimes): number {
  const forItself = grantTypes.includes('client_credentials')
  if (!forItself) return lifetimes.accessToken
  return grantTypes.length === 1
    ? lifetimes.clientCredentials
    : Math.min(lifetimes.accessToken, lifetimes.clientCredentials)
}
