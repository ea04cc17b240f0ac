import type { Context } from 'hono'
import { parseAuthorization } from '../../oauth/authorization-header.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { RegistrationDeps } from '../../registration/deps.ts'
import { register } from '../../registration/register.ts'
import { type AnswerOptions, answerClient } from '../client-information-response.ts'
import { checkDeclaredLength, readJsonBody } from '../read-json-body.ts'

export interface RegistrationEndpointDeps extends AnswerOptions {
  readonly registration: RegistrationDeps
  readonly bodyBytes: number
}

/** The client registration endpoint (RFC 7591 §3): reads credentials and body, calls the verb, renders. No rules here. */
export function clientRegistrationEndpoint(deps: RegistrationEndpointDeps): (c: Context) => Promise<Response> {
  return async (c) => {
    const request = c.req.raw
    checkDeclaredLength(request, deps.bodyBytes)
    const credentials = parseAuthorization(request.headers.get('authorization'))
    if (credentials.kind !== 'none' && c.req.query('access_token') !== undefined) {
      // RFC 6750 §3.1: more than one way to send a token. (The query alone is no way at all, RFC 9700 §4.3.2.)
      throw new OAuthError('invalid_request', 'credentials.twice', 'Send the access token in the Authorization header only.')
    }
    const issued = await register({ credentials, metadata: () => readJsonBody(request, deps.bodyBytes) }, deps.registration)
    return answerClient(c, 201, issued, deps)
  }
}
