/** How long things live: the configuration's section `tokens`. */
import { z } from 'zod'
import { STANDARD_LIFETIMES as STANDARD } from '../oauth/lifetimes.ts'
import { seconds } from './seconds-schema.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const YEAR = 365 * DAY

export const tokensSection = z
  .strictObject({
    access_token_lifetime_seconds: seconds(
      STANDARD.accessToken,
      DAY,
      'How long an access token of an end-user is valid.',
    ),
    client_credentials_lifetime_seconds: seconds(
      STANDARD.clientCredentials,
      DAY,
      'How long an access token is valid that a client got for itself (client credentials grant).',
    ),
    id_token_lifetime_seconds: seconds(STANDARD.identityToken, DAY, 'How long an ID Token is valid.'),
    refresh_token_lifetime_seconds: seconds(
      STANDARD.refreshToken,
      YEAR,
      'How long a refresh token is valid; each use starts this anew.',
    ),
    refresh_grace_seconds: z.int().min(0).max(300).default(10).meta({
      description:
        'For how long a refresh token that was just used answers again with the same successor, so that a lost answer does not sign the end-user out.',
      allowed: 'whole seconds from 0 to 300',
    }),
    authorization_code_lifetime_seconds: seconds(
      STANDARD.authorizationCode,
      600,
      'How long an authorization code is valid (RFC 6749 §4.1.2).',
    ),
    device_code_lifetime_seconds: seconds(600, HOUR, 'How long a device code is valid (RFC 8628 §3.2).'),
    session_lifetime_seconds: seconds(14 * DAY, YEAR, 'How long an end-user stays signed in at this server.'),
    grant_lifetime_seconds: seconds(
      STANDARD.consent,
      10 * YEAR,
      'How long the consent of an end-user holds before they are asked again.',
    ),
  })
  .prefault({})
  .meta({ description: 'How long things live.' })
