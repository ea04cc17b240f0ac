import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { discoveryPaths, renderDiscovery } from '../../clientele/src/authorization/discovery.ts'
import { createEngine, type Engine, type EngineDeps } from '../../clientele/src/authorization/engine.ts'
import type { EnginePages } from '../../clientele/src/authorization/engine-pages.ts'
import { DEFAULT_SETTINGS } from '../../clientele/src/authorization/settings.ts'
import type { ClientRecord } from '../../clientele/src/clients/client.ts'
import { makeCredential } from '../../clientele/src/clients/credential.ts'
import { needsSecret, secretContext } from '../../clientele/src/clients/secrets.ts'
import { BUILT_IN, type Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { nowInSeconds, systemClock } from '../../clientele/src/runtime/clock.ts'
import { randomBytes, sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { createOutboundFetch } from '../../clientele/src/runtime/outbound-fetch.ts'
import { attachRequestFacts, type RequestFacts } from '../../clientele/src/runtime/request-facts.ts'
import { createSealer, type Sealer } from '../../clientele/src/runtime/sealer.ts'
import { createKeys, uuidFromKey } from '../../clientele/src/runtime/time-ordered.ts'
import type { Store } from '../../clientele/src/stores/store.ts'
import { createFlowStore } from '../harness/flow-store.ts'

/** An authorization server on a free port, whose end-user signs in and consents by themselves. */
export interface TestServer {
  readonly issuer: string
  readonly origin: string
  readonly engine: Engine
  readonly store: Store
  readonly sealer: Sealer
  /** What was reported as an unexpected failure; a test that expects none checks it. */
  readonly failures: unknown[]
  /** What the log line of each request would say, in their order. */
  readonly facts: RequestFacts[]
  /** Through the open gate, unless another one is named. */
  register(
    metadata: ClientMetadata,
    options?: { secretExpiresAt?: number; gate?: string },
  ): Promise<TestClient>
  update(client: ClientRecord, metadata: ClientMetadata): Promise<ClientRecord>
  remove(id: string): Promise<void>
  close(): Promise<void>
}

export interface TestClient {
  readonly id: string
  readonly secret: string
  readonly record: ClientRecord
}

export interface TestServerOptions {
  readonly settings?: Partial<EngineDeps['settings']>
  readonly capabilities?: Partial<Capabilities>
  /** The issuer's path. */
  readonly path?: string
  /** Another issuer than the address that is listened on. */
  readonly issuer?: string
  readonly wrapStore?: (store: Store) => Store
}

const AUDIT = { action: 'client.registered', at: 0, subject: 'test', actor: 'test' } as const
export const ACCOUNT = 'account-of-ada'

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const listening: { answer: (request: IncomingMessage, response: ServerResponse) => void } = {
    answer: () => {},
  }
  const server: Server = createServer((request, response) => listening.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const path = options.path ?? ''
  const issuer = options.issuer ?? origin + path

  const bare = createFlowStore()
  const store = options.wrapStore ? options.wrapStore(bare) : bare
  const sealer = createSealer(randomBytes(32))
  const keys = createKeys(systemClock)
  const failures: unknown[] = []
  const facts: RequestFacts[] = []
  const capabilities = { ...BUILT_IN, ...options.capabilities }
  const engine = await createEngine({
    issuer,
    capabilities,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    store,
    clients: store,
    clock: systemClock,
    sealer,
    fetch: createOutboundFetch({ allowLoopback: true }),
    pages: plainPages(path),
    findEndUser: async (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, email: 'ada@people.example', email_verified: false }),
    }),
    onError: (error) => failures.push(error),
  })

  listening.answer = (request, response) => {
    const target = request.url ?? '/'
    facts.push({ id: String(facts.length) })
    attachRequestFacts(request, facts.at(-1)!)
    if (discoveryPaths(issuer).includes(target)) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(renderDiscovery(issuer, capabilities)))
    } else if (target.startsWith(`${path}/interaction/`)) {
      answerInteraction(engine, request, response).catch((error) => {
        failures.push(error)
        response.writeHead(500).end(String(error))
      })
    } else {
      engine.handle(request, response).catch((error) => failures.push(error))
    }
  }

  return {
    issuer,
    origin,
    engine,
    store,
    sealer,
    failures,
    facts,
    async register(metadata, { secretExpiresAt = 0, gate = 'open' } = {}) {
      const granted = { ...complete(capabilities), ...metadata }
      const id = uuidFromKey(keys.next())
      const secret = makeCredential('cl_sec')
      const now = nowInSeconds(systemClock)
      const sealed = sealer.seal(secret, secretContext(id))
      const record: ClientRecord = {
        id,
        door: 'registration_request',
        requested: metadata,
        granted,
        dropped: [],
        caller: { gate },
        secrets: needsSecret(granted)
          ? [{ hash: sha256(secret), sealed, createdAt: now, expiresAt: secretExpiresAt }]
          : [],
        registrationAccessTokenHash: sha256('unused'),
        createdAt: now,
        updatedAt: now,
        revision: 1,
      }
      await engine.checkServable(granted)
      await store.createClient(record, { audit: AUDIT })
      return { id, secret, record }
    },
    async update(client, metadata) {
      const changed = {
        ...client,
        granted: { ...client.granted, ...metadata },
        revision: client.revision + 1,
      }
      await store.replaceClient(changed, { audit: AUDIT })
      return changed
    },
    async remove(id) {
      await store.deleteClient(id, AUDIT)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}

function complete(capabilities: Capabilities) {
  return {
    redirect_uris: ['https://client.example/callback'] as readonly string[],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'] as readonly string[],
    response_types: ['code'] as readonly string[],
    application_type: 'web',
    scope: capabilities.defaultScopes.join(' '),
    id_token_signed_response_alg: 'RS256',
    subject_type: 'public',
  }
}

async function answerInteraction({ provider }: Engine, request: IncomingMessage, response: ServerResponse) {
  const details = await provider.interactionDetails(request, response)
  if (details.prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: ACCOUNT } })
  }
  const clientId = String(details.params.client_id)
  const grant = details.grantId
    ? (await provider.Grant.find(details.grantId))!
    : new provider.Grant({ accountId: details.session!.accountId, clientId })
  const missing = details.prompt.details as {
    missingOIDCScope?: string[]
    missingResourceScopes?: Record<string, string[]>
  }
  if (missing.missingOIDCScope) grant.addOIDCScope(missing.missingOIDCScope.join(' '))
  for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '))
  }
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

function plainPages(path: string): EnginePages {
  const page = (title: string, form = '') => `<!doctype html><title>${title}</title>${form}`
  return {
    renderError(ctx, out) {
      ctx.type = 'html'
      ctx.body = page(`${out.error}: ${out.error_description}`)
    },
    userCodeInput(ctx, form) {
      ctx.body = page('code', form)
    },
    userCodeConfirm(ctx, form) {
      ctx.body = page('confirm', form)
    },
    userCodeSuccess(ctx) {
      ctx.body = page('success')
    },
    logout(ctx, form) {
      ctx.body = page('logout', form)
    },
    postLogoutSuccess(ctx) {
      ctx.body = page('signed out')
    },
    interactionPath: (uid) => `${path}/interaction/${uid}`,
  }
}
