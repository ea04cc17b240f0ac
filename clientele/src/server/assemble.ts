/** Puts the rooms together: configuration and an open store in, one request handler and the operator's verbs out. */
import { getRequestListener, RequestError } from '@hono/node-server'
import { createAccessTokens } from '../authorization/access-tokens.ts'
import { renderDiscovery } from '../authorization/discovery.ts'
import type { Engine } from '../authorization/engine.ts'
import type { Connector } from '../connectors/connector.ts'
import type { HostGateOptions } from '../gates/host-function.ts'
import { createApp } from '../http/app.ts'
import { adminRoutes, type OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import { healthRoutes } from '../http/endpoints/health.ts'
import { limitOperator } from '../http/endpoints/limit-operator.ts'
import { registryRoutes } from '../http/endpoints/registry.ts'
import { renderError } from '../http/error-response.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import type { Clock } from '../runtime/clock.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import type { Log } from '../runtime/log.ts'
import { createOutboundFetch } from '../runtime/outbound-fetch.ts'
import type { Sealer } from '../runtime/sealer.ts'
import { createKeys } from '../runtime/time-ordered.ts'
import type { MakeWindowedCount } from '../runtime/windowed-count.ts'
import type { Store } from '../stores/store.ts'
import { createAuthorizationServer } from './authorization-server.ts'
import type { Config } from './config-schema.ts'
import { createCapabilities } from './create-capabilities.ts'
import { createGates } from './create-gates.ts'
import { createLimits } from './create-limits.ts'
import { createRequestCheck } from './create-mutual-tls.ts'
import { createRegistryLookUp } from './create-registry-look-up.ts'
import { createStatements } from './create-statements.ts'
import { deferOperatorVerbs } from './defer-operator-verbs.ts'
import { createFaultLog, type ReportFault } from './fault-log.ts'
import { createHosts } from './hosts.ts'
import { isLoopbackName } from './issuer.ts'
import type { RequestHandler } from './listen.ts'
import { loadPolicies } from './load-policies.ts'
import type { IsOperator } from './operator-token.ts'
import { createReadiness } from './readiness.ts'
import { sendTogether } from './replies.ts'
import { createMissingPolicyWarning } from './warn-of-missing-policy.ts'
import { PUBLISH_AHEAD_SECONDS } from './watch-signing-keys.ts'

export interface AssembleDeps {
  readonly config: Config
  readonly issuer: string
  readonly store: Store
  /** See `OpenedStore`. */
  readonly instance?: number
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
  readonly isOperator: IsOperator
  readonly connectors: readonly Connector[]
  /** Where failed attempts are counted. */
  readonly makeCount: MakeWindowedCount
  readonly isDraining: () => boolean
  readonly host?: HostGateOptions
  /** See `Outside`. */
  readonly ownsProcess: boolean
}

export interface Assembled {
  readonly engine: Engine
  readonly handle: RequestHandler
  readonly operator: OperatorVerbs
}

export async function assemble(deps: AssembleDeps): Promise<Assembled> {
  const { config, issuer, store, sealer, clock, log, isOperator } = deps
  const keys = createKeys(clock, deps.instance)
  const capabilities = createCapabilities(config)
  const limits = createLimits(config, deps.makeCount)
  const reportFault = createFaultLog(log, clock)
  const publishAheadSeconds = deps.instance === undefined ? 0 : PUBLISH_AHEAD_SECONDS
  const authorization = { ...deps, capabilities, keys, limits, reportFault, publishAheadSeconds }
  const { engine, handle } = await createAuthorizationServer(authorization)
  // Made once: it depends on nothing that changes while the server runs.
  const { registrationUrl, registers, authorizes } = createHosts(config, issuer)
  const offered = { registration: config.registration.enabled, registrationUrl }
  const metadata = renderDiscovery(issuer, capabilities, offered)
  const fetch = createOutboundFetch({ allowLoopback: isLoopbackName(new URL(issuer).hostname) })
  const accessTokens = createAccessTokens({ provider: () => engine.provider, store })
  const { policies, context, warnings } = loadPolicies(config)
  for (const { path, wrong, where } of warnings) log.warn({ where }, `${path} ${wrong}`)
  const statements = createStatements(config, { clock, fetch, issuer, log })
  const registration: RegistrationDeps = {
    gates: createGates(config, { ...deps, fetch, accessTokens }),
    ...(statements === undefined ? {} : { statements }),
    ...createRequestCheck(config, clock),
    attempts: limits.credentials,
    ignoreForeignBearer: config.registration.ignore_foreign_bearer,
    capabilities,
    policies,
    reportMissingPolicy: createMissingPolicyWarning(log, clock),
    fields: context.fields,
    store,
    clock,
    keys,
    sealer,
    checkServable: engine.checkServable,
    clientSecretLifetimeSeconds: config.registration.client_secret_lifetime_seconds,
  }
  const operator = deferOperatorVerbs(async () => {
    const { createOperatorVerbs } = await import('./operator-verbs.ts')
    const { createPolicyTexts } = await import('./policy-texts.ts')
    const nextTurn = () => new Promise<void>((resolve) => systemEventLoop.atEndOfTurn(resolve))
    const texts = createPolicyTexts({ context, inline: config.policies.policy.length, nextTurn })
    const rehearsal = { policies, texts, registration, eventLoop: systemEventLoop, reportFault }
    return createOperatorVerbs({
      config,
      capabilities,
      store,
      clock,
      keys,
      engine,
      sealer,
      connectors: deps.connectors,
      publishAheadSeconds,
      ...rehearsal,
    })
  })
  const { role } = config.server
  const host = role === 'both' ? {} : { host: role }
  const app = createApp({
    issuer,
    registrationUrl,
    offersRegistration: registers && config.registration.enabled,
    registration,
    bodyBytes: config.limits.body_bytes,
    metadata: () => metadata,
    ...(authorizes ? { authorizationServer: handle } : {}),
    operatorRoutes: [
      limitOperator(adminRoutes({ isOperator, ...operator, ...host }), {
        isOperator,
        attempts: limits.credentials,
      }),
      ...(registers ? [registryRoutes(createRegistryLookUp(config, { store, clock, limits }))] : []),
      healthRoutes({ ready: createReadiness(store, clock, systemEventLoop), isDraining: deps.isDraining }),
    ],
    onFault: (error, requestId) => reportFault(error, 'unexpected error', { request_id: requestId }),
  })
  const fetchTogether = sendTogether(app.fetch, systemEventLoop)
  const errorHandler = answerOutside(reportFault)
  return {
    engine,
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
