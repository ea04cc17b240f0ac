/** Puts the rooms together: configuration and an open store in, one request handler and the operator's verbs out. */
import { getRequestListener, RequestError } from '@hono/node-server'
import { createAccessTokens } from '../authorization/access-tokens.ts'
import { renderDiscovery } from '../authorization/discovery.ts'
import type { HostGateOptions } from '../gates/host-function.ts'
import { createApp } from '../http/app.ts'
import { adminRoutes, type OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import { healthRoutes } from '../http/endpoints/health.ts'
import { limitOperator } from '../http/endpoints/limit-operator.ts'
import { renderError } from '../http/error-response.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Clock } from '../runtime/clock.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import { createOutboundFetch } from '../runtime/outbound-fetch.ts'
import type { Sealer } from '../runtime/sealer.ts'
import { createKeys } from '../runtime/time-ordered.ts'
import type { Store } from '../stores/store.ts'
import { createAuthorizationServer } from './authorization-server.ts'
import type { Config } from './config-schema.ts'
import { createCapabilities } from './create-capabilities.ts'
import { createGates } from './create-gates.ts'
import { createLimits } from './create-limits.ts'
import { createRequestCheck } from './create-mutual-tls.ts'
import { createStatements } from './create-statements.ts'
import { createFaultLog, type ReportFault } from './fault-log.ts'
import { isLoopbackName } from './issuer.ts'
import type { RequestHandler } from './listen.ts'
import type { IsOperator } from './operator-token.ts'
import { createOperatorVerbs } from './operator-verbs.ts'
import { createReadiness } from './readiness.ts'
import { sendTogether } from './replies.ts'

export interface AssembleDeps {
  readonly config: Config
  readonly issuer: string
  readonly store: Store
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
  readonly isOperator: IsOperator
  readonly isDraining: () => boolean
  readonly host?: HostGateOptions
  /** See `Outside`. */
  readonly ownsProcess: boolean
}

export interface Assembled {
  readonly handle: RequestHandler
  readonly operator: OperatorVerbs
}

export async function assemble(deps: AssembleDeps): Promise<Assembled> {
  const { config, issuer, store, sealer, clock, log, isOperator } = deps
  const keys = createKeys(clock)
  const capabilities = createCapabilities(config)
  const limits = createLimits(config)
  const reportFault = createFaultLog(log, clock)
  const authorization = { ...deps, capabilities, keys, limits, reportFault }
  const { engine, handle } = await createAuthorizationServer(authorization)
  const operator = createOperatorVerbs({ config, capabilities, store, clock, keys, engine })
  // Made once: it depends on nothing that changes while the server runs.
  const metadata = renderDiscovery(issuer, capabilities, { registration: config.registration.enabled })
  const fetch = createOutboundFetch({ allowLoopback: isLoopbackName(new URL(issuer).hostname) })
  const accessTokens = createAccessTokens({ provider: () => engine.provider, store })
  const statements = createStatements(config, { clock, fetch, issuer, log })
  const app = createApp({
    issuer,
    offersRegistration: config.registration.enabled,
    registration: {
      gates: createGates(config, { ...deps, fetch, accessTokens }),
      ...(statements === undefined ? {} : { statements }),
      ...createRequestCheck(config, clock),
      attempts: limits.credentials,
      ignoreForeignBearer: config.registration.ignore_foreign_bearer,
      capabilities,
      store,
      clock,
      keys,
      sealer,
      checkServable: engine.checkServable,
      clientSecretLifetimeSeconds: config.registration.client_secret_lifetime_seconds,
    },
    bodyBytes: config.limits.body_bytes,
    metadata: () => metadata,
    authorizationServer: handle,
    operatorRoutes: [
      limitOperator(adminRoutes({ isOperator, ...operator }), { isOperator, attempts: limits.credentials }),
      healthRoutes({ ready: createReadiness(store, clock), isDraining: deps.isDraining }),
    ],
    onFault: (error, requestId) => reportFault(error, 'unexpected error', { request_id: requestId }),
  })
  const fetchTogether = sendTogether(app.fetch, systemEventLoop)
  const errorHandler = answerOutside(reportFault)
  return {
    handle: getRequestListener(fetchTogether, { overrideGlobalObjects: deps.ownsProcess, errorHandler }),
    operator,
  }
}

/** What never reaches the app, or happens after it: a request whose address is none (RFC 9112 §3.2), a fault of ours. */
function answerOutside(reportFault: ReportFault): (error: unknown) => Response {
  return (error) => {
    if (error instanceof RequestError) return renderError(malformedAddress(), undefined, {})
    reportFault(error, 'unexpected error outside the app')
    return renderError(error, undefined, {})
  }
}

function malformedAddress(): OAuthError {
  return new OAuthError('invalid_request', 'address.malformed', 'The address of the request is malformed.')
}
