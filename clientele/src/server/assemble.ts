/** Puts the rooms together: configuration and an open store in, one request handler and the operator's verbs out. */
import { getRequestListener } from '@hono/node-server'
import { type CreatedAccount, createAccount, type NewAccount } from '../admin/create-account.ts'
import {
  type CreatedInitialAccessToken,
  createInitialAccessToken,
  type NewInitialAccessToken,
} from '../admin/create-initial-access-token.ts'
import { type RotatedSigningKeys, rotateSigningKeys } from '../admin/rotate-signing-keys.ts'
import { createAccessTokens } from '../authorization/access-tokens.ts'
import { hashPassword } from '../authorization/accounts/password.ts'
import { renderDiscovery } from '../authorization/discovery.ts'
import type { Engine } from '../authorization/engine.ts'
import { longestSignedLifetime } from '../authorization/settings.ts'
import { createApp } from '../http/app.ts'
import { adminRoutes } from '../http/endpoints/admin-routes.ts'
import { healthRoutes } from '../http/endpoints/health.ts'
import { limitOperator } from '../http/endpoints/limit-operator.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { createOutboundFetch } from '../runtime/outbound-fetch.ts'
import type { Sealer } from '../runtime/sealer.ts'
import { createKeys, type Keys } from '../runtime/time-ordered.ts'
import type { Store } from '../stores/store.ts'
import { createAuthorizationServer } from './authorization-server.ts'
import type { Config } from './config-schema.ts'
import { createCapabilities } from './create-capabilities.ts'
import { createGates } from './create-gates.ts'
import { createLimits } from './create-limits.ts'
import { createRequestCheck } from './create-mutual-tls.ts'
import { createStatements } from './create-statements.ts'
import { engineSettings } from './engine-settings.ts'
import { isLoopbackName } from './issuer.ts'
import type { RequestHandler } from './listen.ts'
import type { IsOperator } from './operator-token.ts'
import { createReadiness } from './readiness.ts'

export interface AssembleDeps {
  readonly config: Config
  readonly issuer: string
  readonly store: Store
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
  readonly isOperator: IsOperator
  readonly isDraining: () => boolean
}

/** What the operator can do with a running server, here and through the admin API. */
export interface OperatorVerbs {
  createInitialAccessToken(request: NewInitialAccessToken): Promise<CreatedInitialAccessToken>
  createAccount(request: NewAccount): Promise<CreatedAccount>
  rotateSigningKeys(): Promise<RotatedSigningKeys>
}

export interface Assembled {
  readonly handle: RequestHandler
  readonly operator: OperatorVerbs
}

export async function assemble(deps: AssembleDeps): Promise<Assembled> {
  const { config, issuer, store, sealer, clock, log } = deps
  const keys = createKeys(clock)
  const capabilities = createCapabilities(config)
  const limits = createLimits(config)
  const { engine, handle } = await createAuthorizationServer({ ...deps, capabilities, keys, limits })
  const operator = operatorVerbs(deps, engine, keys)
  // Made once: it depends on nothing that changes while the server runs.
  const metadata = renderDiscovery(issuer, capabilities, { registration: config.registration.enabled })
  const fetch = createOutboundFetch({ allowLoopback: isLoopbackName(new URL(issuer).hostname) })
  const accessTokens = createAccessTokens({ provider: () => engine.provider, store })
  const statements = createStatements(config, { store, clock, fetch })
  const app = createApp({
    issuer,
    offersRegistration: config.registration.enabled,
    registration: {
      gates: createGates(config, { store, clock, fetch, accessTokens }),
      ...(statements === undefined ? {} : { statements }),
      ...createRequestCheck(config, clock),
      attempts: limits.credentials,
      ignoreForeignBearer: false,
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
      limitOperator(adminRoutes({ isOperator: deps.isOperator, ...operator }), limits.credentials),
      healthRoutes({ ready: createReadiness(store, clock), isDraining: deps.isDraining }),
    ],
    onFault: (error, requestId) => log.error({ error, request_id: requestId }, 'unexpected error'),
  })
  return { handle: getRequestListener(app.fetch, { overrideGlobalObjects: false }), operator }
}

function operatorVerbs({ store, clock, config }: AssembleDeps, engine: Engine, keys: Keys): OperatorVerbs {
  const actor = 'operator'
  const rotation = {
    store,
    clock,
    algorithms: engine.signingAlgorithms,
    makeSigningKey: engine.makeSigningKey,
    longestLifetimeSeconds: longestSignedLifetime(engineSettings(config)),
    reload: engine.reload,
  }
  return {
    createInitialAccessToken: (request) => createInitialAccessToken(request, actor, { store, clock, keys }),
    createAccount: (request) => createAccount(request, actor, { store, clock, keys, hashPassword }),
    rotateSigningKeys: () => rotateSigningKeys(actor, rotation),
  }
}
