import { type Context, Hono } from 'hono'
import { discoveryPaths } from '../authorization/discovery.ts'
import { ENGINE_PATHS } from '../authorization/engine-paths.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { pathOfIssuer, REGISTRATION_PATH } from '../oauth/paths.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { answerPreflight, CORS_HEADERS } from './cors.ts'
import { clientConfigurationEndpoint } from './endpoints/client-configuration.ts'
import { clientRegistrationEndpoint } from './endpoints/client-registration.ts'
import { mountNodeHandler, type NodeHandler } from './engine-mount.ts'
import { renderError } from './error-response.ts'
import { factsOf } from './note-client.ts'

export interface AppDeps {
  /** The issuer identifier: every address in every answer begins with it, never with the Host header. */
  readonly issuer: string
  readonly registration: RegistrationDeps
  /** False where dynamic registration is off: its addresses are then like any other that does not exist. */
  readonly offersRegistration?: boolean
  /** Bytes of a request body; a longer one is answered with 413. */
  readonly bodyBytes: number
  /** The authorization server metadata (RFC 8414), one document for every well-known address. */
  readonly metadata: () => JsonObject
  /** The authorization server, its pages included. */
  readonly authorizationServer: NodeHandler
  /** Routes of the operator: the admin API and health. */
  readonly operatorRoutes: readonly Hono[]
  /** Told of every fault of ours, for the log. */
  readonly onFault: (error: unknown, requestId: string | undefined) => void
}

/** Every URL of the product, on one screen. Web `Request` in, `Response` out. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono()
  const base = pathOfIssuer(deps.issuer)
  const registrationPath = base + REGISTRATION_PATH
  const endpoint = { ...deps, configurationEndpoint: deps.issuer.replace(/\/$/, '') + REGISTRATION_PATH }

  if (deps.offersRegistration !== false) {
    // RFC 7591 §3: the client registration endpoint.
    app.post(registrationPath, clientRegistrationEndpoint(endpoint))
    app.all(registrationPath, otherMethods('POST'))

    // RFC 7592 §2: the client configuration endpoint.
    const configuration = clientConfigurationEndpoint(endpoint)
    app.get(`${registrationPath}/:client_id`, configuration.get)
    app.put(`${registrationPath}/:client_id`, configuration.put)
    app.delete(`${registrationPath}/:client_id`, configuration.delete)
    app.all(`${registrationPath}/:client_id`, otherMethods('GET, PUT, DELETE'))
  }

  // RFC 8414 §3, OpenID Connect Discovery 1.0 §4: the metadata document.
  for (const path of discoveryPaths(deps.issuer)) {
    app.get(path, () => answerMetadata(deps.metadata()))
    app.all(path, otherMethods('GET'))
  }

  // The authorization server: what it does with its addresses is its room's matter.
  const authorizationServer = mountNodeHandler(deps.authorizationServer)
  for (const path of AUTHORIZATION_SERVER_PATHS) {
    app.all(base + path, authorizationServer)
    app.all(`${base}${path}/*`, authorizationServer)
  }

  for (const routes of deps.operatorRoutes) app.route('/', routes)

  app.notFound(() => {
    throw new OAuthError('not_found', 'address.unknown', 'There is nothing at this address.')
  })
  app.onError((error, c) => {
    const facts = factsOf(c)
    if (!(error instanceof OAuthError)) deps.onFault(error, facts?.id)
    else if (facts) facts.reason = error.reason
    return renderError(error, facts?.id, c.req.path.startsWith(registrationPath) ? CORS_HEADERS : {})
  })
  return app
}

/** The engine's addresses, and the sign-in and consent pages. */
const AUTHORIZATION_SERVER_PATHS = [...Object.values(ENGINE_PATHS), '/interaction']

/** Answers a preflight, and 405 with `Allow` for every other method (RFC 9110 §15.5.6). */
function otherMethods(allow: string): (c: Context) => Response {
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

function answerMetadata(metadata: JsonObject): Response {
  // Clients and proxies may keep it for a while; it changes only when the server is configured anew.
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    ...CORS_HEADERS,
  }
  return new Response(JSON.stringify(metadata), { headers })
}
