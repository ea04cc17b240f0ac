import { Hono } from 'hono'
import { discoveryPaths } from '../authorization/discovery.ts'
import { ENGINE_PATHS } from '../authorization/engine-paths.ts'
import type { JsonObject } from '../oauth/json.ts'
import { pathOfIssuer, REGISTRATION_PATH } from '../oauth/paths.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { CORS_HEADERS } from './cors.ts'
import { mountNodeHandler, type NodeHandler } from './engine-mount.ts'
import { addRegistrationRoutes, answerErrors, otherMethods } from './registration-routes.ts'

export interface AppDeps {
  /** The issuer identifier: every address in every answer begins with it, never with the Host header. */
  readonly issuer: string
  /** The same of the client registration and configuration endpoints, where they are on another host. Default: the issuer. */
  readonly registrationUrl?: string
  readonly registration: RegistrationDeps
  /** False where dynamic registration is off: its addresses are then like any other that does not exist. */
  readonly offersRegistration?: boolean
  /** Bytes of a request body; a longer one is answered with 413. */
  readonly bodyBytes: number
  /** The authorization server metadata (RFC 8414), one document for every well-known address. */
  readonly metadata: () => JsonObject
  /** The authorization server, its pages included; absent on a host that only registers clients. */
  readonly authorizationServer?: NodeHandler
  /** Routes of the operator: the admin API and health. */
  readonly operatorRoutes: readonly Hono[]
  /** Told of every fault of ours, for the log. */
  readonly onFault: (error: unknown, requestId: string | undefined) => void
}

/** Every URL of the product, on one screen. Web `Request` in, `Response` out, behind Node's HTTP parser. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono()
  const { issuer, registrationUrl = issuer } = deps
  const base = pathOfIssuer(issuer)
  const registrationBase = pathOfIssuer(registrationUrl)
  const registrationPath = registrationBase + REGISTRATION_PATH
  const configurationEndpoint = registrationUrl.replace(/\/$/, '') + REGISTRATION_PATH

  // RFC 7591 §3, RFC 7592 §2: the client registration and configuration endpoints.
  if (deps.offersRegistration !== false)
    addRegistrationRoutes(app, registrationPath, { ...deps, configurationEndpoint, holdsLengths: true })

  // RFC 8414 §3, OpenID Connect Discovery 1.0 §4: the metadata document.
  const hosts = deps.authorizationServer === undefined ? [registrationUrl] : [issuer, registrationUrl]
  for (const path of new Set(hosts.flatMap(discoveryPaths))) {
    app.get(path, () => answerMetadata(deps.metadata()))
    app.all(path, otherMethods('GET'))
  }

  // The authorization server: what it does with its addresses is its room's matter.
  if (deps.authorizationServer !== undefined) {
    const authorizationServer = mountNodeHandler(deps.authorizationServer)
    for (const path of AUTHORIZATION_SERVER_PATHS) {
      app.all(base + path, authorizationServer)
      app.all(`${base}${path}/*`, authorizationServer)
    }
  }

  // At the root for whoever asks this very server, below the issuer for whoever comes through a proxy that others use too.
  for (const routes of deps.operatorRoutes)
    for (const path of new Set(['/', base || '/', registrationBase || '/'])) app.route(path, routes)

  answerErrors(app, registrationPath, deps.onFault)
  return app
}

/** The engine's addresses, and the sign-in and consent pages. */
const AUTHORIZATION_SERVER_PATHS = [...Object.values(ENGINE_PATHS), '/interaction']

function answerMetadata(metadata: JsonObject): Response {
  // Clients and proxies may keep it for a while; it changes only when the server is configured anew.
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    ...CORS_HEADERS,
  }
  return new Response(JSON.stringify(metadata), { headers })
}
