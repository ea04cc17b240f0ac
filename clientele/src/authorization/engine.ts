import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import { type AttemptLimit, unlimitedAttempts } from '../runtime/attempt-limit.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import { createKeys } from '../runtime/time-ordered.ts'
import type { ArtifactStore, SigningKeyRecord, SigningKeyStore } from '../stores/store.ts'
import { createArtifactPayloads } from './artifact-payload.ts'
import { createCheckServable } from './check-servable.ts'
import { limitClientAttempts } from './client-attempts.ts'
import { installClientFacts } from './client-facts.ts'
import { installClientRules } from './client-rules.ts'
import { installDpopErrors } from './dpop-errors.ts'
import { engineConfiguration } from './engine-configuration.ts'
import type { EngineConfigurationDeps } from './engine-deps.ts'
import { findEngineRoute } from './engine-paths.ts'
import { createFindClient } from './find-client.ts'
import { addressToIssuer, issuerAddress, pathBelowIssuer, preferJson } from './issuer-request.ts'
import { installModelValues } from './model-values.ts'
import { answerPostWithGet } from './post-as-get.ts'
import { respondInQuery } from './redirect-response.ts'
import { installRefreshRotation } from './refresh-rotation.ts'
import { installReplayGuard } from './replay-guard.ts'
import { installRequestedPrompt } from './requested-prompt.ts'
import { installRequestedScope } from './requested-scope.ts'
import { installScopeCeiling } from './scope-ceiling.ts'
import { ensureSigningKeys, loadSigningKeys, makeSigningKey, signingAlgorithms } from './signing-keys.ts'
import { installUnregisteredErrors } from './unregistered-client.ts'

export interface EngineDeps extends Omit<EngineConfigurationDeps, 'store' | 'payloads' | 'signingKeys'> {
  readonly store: ArtifactStore & SigningKeyStore
  /** What failed unexpectedly and was answered with `server_error`; it may hold internals and belongs in the log. */
  readonly onError: (error: unknown) => void
  /** Bounds failed client authentication; without it nothing does. */
  readonly clientAttempts?: AttemptLimit
  /** Where the keys of artifacts come from; one generator for a process. */
  readonly keys?: Keys
  /** For how long a new signing key is published before it signs, where other instances publish keys as well. */
  readonly publishAheadSeconds?: number
}

/** The authorization server: oidc-provider with our registry, our store and our pages behind it. */
export interface Engine {
  /** The engine proper, for sign-in and consent. Ask for it each time: `reload` replaces it. */
  readonly provider: Provider
  /** Answers a request whose path is one of the engine's (`engine-paths.ts`, below the issuer's path). */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Takes up the signing keys that are stored now. Requests that are under way end as they began. */
  reload(): Promise<void>
  /** Registration's question whether such a client could be served; throws `OAuthError`. */
  checkServable(metadata: CompleteMetadata): Promise<void> | void
  /** A new signing key, not stored yet (for `clientele keys rotate`). */
  makeSigningKey(alg: string): Promise<SigningKeyRecord>
  /** The algorithms that have a key. */
  readonly signingAlgorithms: readonly string[]
}

/** Starts the engine: makes the signing keys that are missing, then builds the provider. */
export async function createEngine(deps: EngineDeps): Promise<Engine> {
  const algorithms = signingAlgorithms(deps.capabilities)
  await ensureSigningKeys(algorithms, deps)
  const keys = deps.keys ?? createKeys(deps.clock)
  const issuer = issuerAddress(deps.issuer)
  let current = await build(deps, keys)
  const reload = async () => {
    current = await build(deps, keys)
  }

  return {
    get provider() {
      return current.provider
    },
    signingAlgorithms: algorithms,
    reload,
    checkServable: createCheckServable(() => current.provider, deps.capabilities),
    makeSigningKey: (alg) => makeSigningKey(alg, deps),
    async handle(request, response) {
      const path = pathBelowIssuer(request.url ?? '/', issuer)
      const route = path === undefined ? undefined : findEngineRoute(path)
      if (path === undefined || route === undefined) return refuse(response, 404, 'not_found')
      if (!route.methods.includes(request.method ?? '')) {
        response.setHeader('Allow', route.methods.join(', '))
        return refuse(response, 405, 'method_not_allowed')
      }
      if (route.postAsGet && request.method === 'POST')
        return answerPostWithGet(request, response, deps.issuer + path)
      addressToIssuer(request, path, issuer)
      if (route.json) preferJson(request)
      await current.callback(request, response)
    },
  }
}

interface RunningProvider {
  readonly provider: Provider
  readonly callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

async function build(deps: EngineDeps, keys: Keys): Promise<RunningProvider> {
  const signingKeys = await loadSigningKeys(deps)
  const payloads = createArtifactPayloads(deps.sealer)
  const provider = new ClienteleProvider(deps.issuer, engineConfiguration({ ...deps, payloads, signingKeys }))
  // `addressToIssuer` writes these headers itself, so they are to be believed.
  provider.proxy = true
  ;(provider as EventEmitter).on('error', (error) => isHangUp(error) || deps.onError(error))
  provider.on('server_error', (_ctx, error) => deps.onError(error))

  installModelValues(provider, keys)
  installRefreshRotation(provider, { ...deps, graceSeconds: deps.settings.refreshGraceSeconds })
  installReplayGuard(provider, deps.store)
  installClientRules(provider, deps.clock)
  installRequestedPrompt(provider)
  installRequestedScope(provider, deps.capabilities)
  installClientFacts(provider)
  installScopeCeiling(provider, deps.capabilities)
  installDpopErrors(provider)
  installUnregisteredErrors(provider)
  limitClientAttempts(provider, deps.clientAttempts ?? unlimitedAttempts)
  Object.assign(provider.Client, { find: createFindClient(provider, deps) })
  return { provider, callback: provider.callback() as unknown as RunningProvider['callback'] }
}

/** The engine registers its response modes while it is constructed: the one place to put in another. */
class ClienteleProvider extends Provider {
  override registerResponseMode(name: string, handler: never): void {
    super.registerResponseMode(name, name === 'query' ? (respondInQuery as never) : handler)
  }
}

/** The other side went away in the middle: its right, and no fault of ours. */
function isHangUp(error: { readonly code?: unknown }): boolean {
  return ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify({ error }))
}
