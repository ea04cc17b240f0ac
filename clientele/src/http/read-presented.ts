import type { Context } from 'hono'
import type { Operation, Presented } from '../gates/gate.ts'
import { type Credentials, parseAuthorization } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import { factsOf } from './note-client.ts'

/** What a request to the registration and configuration endpoints shows of whoever sent it. */
export function readPresented(c: Context, operation: Operation): Presented {
  const facts = factsOf(c)
  return {
    operation,
    credentials: readCredentials(c),
    address: facts?.address ?? '',
    request: c.req.raw,
    ...(facts?.certificate === undefined ? {} : { certificate: facts.certificate }),
  }
}

/** The credentials of a request to the registration and configuration endpoints: the Authorization header's (RFC 6750 §2.1). */
function readCredentials(c: Context): Credentials {
  const credentials = parseAuthorization(c.req.raw.headers.get('authorization'))
  if (credentials.kind !== 'none' && c.req.query('access_token') !== undefined) {
    // RFC 6750 §3.1: more than one way to send a token. (The query alone is no way at all, RFC 9700 §4.3.2.)
    throw new OAuthError(
      'invalid_request',
      'credentials.twice',
      'Send the access token in the Authorization header only.',
    )
  }
  return credentials
}
