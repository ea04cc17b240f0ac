/** An oidc-provider that is somebody else's: their adapter, their sign-in, their configuration, and our three lines. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Adapter, type AdapterPayload, type Configuration, Provider } from 'oidc-provider'
import { clienteleAdapter, enforceRegistry, type RegistryReader } from '../../clientele/src/oidc-provider.ts'
import { freePort } from './free-port.ts'

export interface ForeignProvider {
  readonly issuer: string
  readonly provider: Provider
  /** What their adapter was asked to keep, by model. */
  readonly kept: ReadonlyMap<string, AdapterPayload>
  close(): Promise<void>
}

export async function startForeignProvider(
  registry: RegistryReader,
  registrationEndpoint: string,
  options: { readonly alsoTheirClients?: boolean; readonly configuration?: Configuration } = {},
): Promise<ForeignProvider> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const kept = new Map<string, AdapterPayload>()

  class TheirAdapter implements Adapter {
    readonly #model: string
    constructor(model: string) {
      this.#model = model
    }
    async upsert(id: string, payload: AdapterPayload) {
      kept.set(`${this.#model}:${id}`, payload)
    }
    async find(id: string) {
      return kept.get(`${this.#model}:${id}`)
    }
    async findByUid(uid: string) {
      return [...kept].find(([key, value]) => key.startsWith(`${this.#model}:`) && value.uid === uid)?.[1]
    }
    async findByUserCode() {
      return undefined
    }
    async consume(id: string) {
      const payload = kept.get(`${this.#model}:${id}`)
      if (payload) payload.consumed = 1
    }
    async destroy(id: string) {
      kept.delete(`${this.#model}:${id}`)
    }
    async revokeByGrantId(grantId: string) {
      for (const [key, value] of kept) if (value.grantId === grantId) kept.delete(key)
    }
  }

  const { alsoTheirClients = false } = options
  const provider = new Provider(issuer, {
    adapter: clienteleAdapter({ registry, otherwise: TheirAdapter, alsoTheirClients }),
    discovery: { registration_endpoint: registrationEndpoint },
    scopes: ['openid', 'offline_access', 'email', 'profile'],
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    cookies: { keys: ['their own'] },
    ...options.configuration,
  })
  enforceRegistry(provider, registry)

  const callback = provider.callback()
  const server = createServer((request, response) => {
    const work = request.url?.startsWith('/interaction/')
      ? signIn(request, response)
      : callback(request, response)
    void Promise.resolve(work).catch((error) => response.writeHead(500).end(String(error)))
  })

  /** Everybody is Ada, and agrees to everything. */
  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response)
    const grant = new provider.Grant({ accountId: 'ada', clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const result = { login: { accountId: 'ada' }, consent: { grantId: await grant.save() } }
    await provider.interactionFinished(request, response, result)
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    issuer,
    provider,
    kept,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
