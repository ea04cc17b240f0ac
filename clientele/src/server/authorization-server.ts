/** The authorization server as one handler: the engine, the pages of sign-in and consent, the accounts behind them. */
import type { IncomingMessage } from 'node:http'
import { createFindAccount } from '../authorization/accounts/find-account.ts'
import { createEngine, type Engine } from '../authorization/engine.ts'
import type { Interactions } from '../authorization/interactions.ts'
import { deferPageSources } from '../authorization/pages/defer-page-sources.ts'
import { withUnregisteredClients } from '../authorization/unregistered-client.ts'
import type { NodeHandler } from '../http/engine-mount.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { Clock } from '../runtime/clock.ts'
import { createOutboundFetch } from '../runtime/outbound-fetch.ts'
import { findRequestFacts } from '../runtime/request-facts.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { Store } from '../stores/store.ts'
import type { Config } from './config-schema.ts'
import type { Limits } from './create-limits.ts'
import { engineSettings } from './engine-settings.ts'
import type { ReportFault } from './fault-log.ts'
import { isLoopbackName } from './issuer.ts'

export interface AuthorizationServerDeps {
  readonly config: Config
  readonly issuer: string
  readonly capabilities: Capabilities
  readonly store: Store
  readonly sealer: Sealer
  readonly clock: Clock
  readonly keys: Keys
  readonly reportFault: ReportFault
  readonly limits: Limits
  /** See `EngineDeps`. */
  readonly publishAheadSeconds: number
}

export async function createAuthorizationServer(
  deps: AuthorizationServerDeps,
): Promise<{ readonly engine: Engine; readonly handle: NodeHandler }> {
  const { config, issuer, store, sealer, limits, reportFault } = deps
  const { refresh_tokens: refreshTokens } = config.unregistered
  const clients = config.registration.require ? store : withUnregisteredClients({ ...deps, refreshTokens })
  const requestIdOf = (request: IncomingMessage) => findRequestFacts(request)?.id
  const engine = await createEngine({
    ...deps,
    clients,
    settings: engineSettings(config),
    fetch: createOutboundFetch({ allowLoopback: isLoopbackName(new URL(issuer).hostname) }),
    pages: deferPageSources(issuer, async () => {
      const { createPageSources } = await import('../authorization/pages/page-sources.ts')
      return createPageSources({ issuer, clients, accounts: store, requestIdOf })
    }),
    findEndUser: createFindAccount(store),
    clientAttempts: limits.clients,
    onError: (error) => reportFault(error, 'unexpected error of the authorization server'),
  })
  async function loadInteractions(): Promise<Interactions> {
    const { createAuthenticate } = await import('../authorization/accounts/authenticate.ts')
    const { createInteractions } = await import('../authorization/interactions.ts')
    return createInteractions({
      issuer,
      engine,
      clients,
      accounts: store,
      audit: store,
      clock: deps.clock,
      authenticate: createAuthenticate({ accounts: store, throttle: limits.signIn }),
      sealer,
      ...(limits.userCodes === undefined ? {} : { userCodeAttempts: limits.userCodes }),
      addressOf: (request) => findRequestFacts(request)?.address ?? request.socket.remoteAddress ?? '',
      requestIdOf,
      reportError: (error, request) =>
        reportFault(error, 'unexpected error of a page', { request_id: requestIdOf(request) }),
    })
  }
  // Loaded by the first request to the authorization server: clients register without it, and a start waits for what it loads.
  let interactions: Interactions | undefined
  return {
    engine,
    async handle(request, response) {
      interactions ??= await loadInteractions()
      if (!(await interactions.handle(request, response))) await engine.handle(request, response)
    },
  }
}
