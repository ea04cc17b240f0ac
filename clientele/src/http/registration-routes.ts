import type { Context, Hono } from 'hono'
import { OAuthError } from '../oauth/errors.ts'
import { answerPreflight, CORS_HEADERS } from './cors.ts'
import { clientConfigurationEndpoint } from './endpoints/client-configuration.ts'
import { clientRegistrationEndpoint, type RegistrationEndpointDeps } from './endpoints/client-registration.ts'
import { renderError } from './error-response.ts'
import { factsOf } from './note-client.ts'

/** The addresses of registration (RFC 7591 §3, RFC 7592 §2), at `path` and below it. */
export function addRegistrationRoutes(app: Hono, path: string, deps: RegistrationEndpointDeps): void {
  // RFC 7591 §3: the client registration endpoint.
  app.post(path, clientRegistrationEndpoint(deps))
  app.all(path, otherMethods('POST'))

  // RFC 7592 §2: the client configuration endpoint.
  const configuration = clientConfigurationEndpoint(deps)
  app.get(`${path}/:client_id`, configuration.get)
  app.put(`${path}/:client_id`, configuration.put)
  app.delete(`${path}/:client_id`, configuration.delete)
  app.all(`${path}/:client_id`, otherMethods('GET, PUT, DELETE'))
}

/** Answers a preflight, and 405 with `Allow` for every other method (RFC 9110 §15.5.6). */
export function otherMethods(allow: string): (c: Context) => Response {
  return (c) => {
    if (c.req.method === 'OPTIONS')
      return answerPreflight(allow, c.req.raw.headers.get('access-control-request-headers'))
    const error = new OAuthError('invalid_request', 'method.not_allowed', `This address takes ${allow}.`, {
      status: 405,
    })
    const response = renderError(error, undefined, { ...CORS_HEADERS, allow })
    return c.req.method === 'HEAD' ? new Response(null, response) : response
  }
}

/** What becomes of every other address and of everything that is thrown; the errors of registration are readable anywhere. */
export function answerErrors(
  app: Hono,
  registrationPath: string,
  onFault: (error: unknown, requestId: string | undefined) => void,
): void {
  const isRegistration = (path: string) =>
    path === registrationPath || path.startsWith(`${registrationPath}/`)
  app.notFound(() => {
    throw new OAuthError('not_found', 'address.unknown', 'There is nothing at this address.')
  })
  app.onError((error, c) => {
    const facts = factsOf(c)
    if (!(error instanceof OAuthError)) onFault(error, facts?.id)
    else if (facts) facts.reason = error.reason
    return renderError(error, facts?.id, isRegistration(c.req.path) ? CORS_HEADERS : {})
  })
}
