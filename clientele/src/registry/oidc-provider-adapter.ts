import type { Clock } from '../runtime/clock.ts'
import { nowInSeconds, systemClock } from '../runtime/clock.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { RegistryReader } from './create-registry-reader.ts'
import { isUsable } from './enforcement.ts'
import { hasSecret, type RegistryClient } from './registry-client.ts'

/** What oidc-provider asks of an adapter for its model `Client`; the types of oidc-provider itself are not needed. */
export interface OidcClientAdapter {
  find(id: string): Promise<Record<string, unknown> | undefined>
  upsert(id: string, payload: object, expiresIn: number): Promise<void>
  findByUid(uid: string): Promise<undefined>
  findByUserCode(userCode: string): Promise<undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grantId: string): Promise<void>
}

/** An adapter as oidc-provider takes it: a class, or a function that makes one. */
export type OidcAdapterSource<A extends object> = (new (model: string) => A) | ((model: string) => A)

/** Where clients come from, and who keeps the rest. */
export interface ClienteleAdapterOptions<A extends object> {
  /** Where clients come from: `createRegistryReader`, or anything else that finds them. */
  readonly registry: RegistryReader
  /** The adapter that keeps everything else: sessions, grants, codes, tokens. */
  readonly otherwise: OidcAdapterSource<A>
  /**
   * Also serve clients that `otherwise` keeps, when the registry does not know the id: for a server that has some already.
   * False unless said otherwise.
   */
  readonly alsoTheirClients?: boolean
  readonly clock?: Clock
}

/**
 * Stands in for the secret of every client, because oidc-provider insists on one and the registry has hashes only. It never
 * leaves the process, so that whatever is made of it opens nothing; `enforceRegistry` compares the real ones.
 */
const PLACEHOLDER = randomText(32)

/**
 * An adapter for oidc-provider (node-oidc-provider 9) that finds clients in a registry and leaves all else to the adapter that
 * there was: `new Provider(issuer, { adapter: clienteleAdapter({ registry, otherwise }) })`. Beside it goes
 * `enforceRegistry(provider, registry)`. Registration at oidc-provider itself stays off: this adapter writes no clients.
 */
export function clienteleAdapter<A extends object>({
  registry,
  otherwise,
  alsoTheirClients = false,
  clock = systemClock,
}: ClienteleAdapterOptions<A>): (model: string) => A | OidcClientAdapter {
  return (model) => {
    if (model !== 'Client') return makeAdapter(otherwise, model)
    const theirs = alsoTheirClients
      ? (makeAdapter(otherwise, model) as unknown as OidcClientAdapter)
      : undefined
    return {
      async find(id) {
        const client = await registry.findClient(id)
        if (client === undefined) return theirs?.find(id)
        return isUsable(client, nowInSeconds(clock)) ? toOidcProvider(client) : undefined
      },
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      upsert: refuse,
      consume: refuse,
      destroy: refuse,
      revokeByGrantId: async () => {},
    }
  }
}

/** oidc-provider tells them apart in the same way. */
function makeAdapter<A extends object>(source: OidcAdapterSource<A>, model: string): A {
  const isClass = typeof source.prototype === 'object' && source.prototype !== null
  return isClass ? new (source as new (model: string) => A)(model) : (source as (model: string) => A)(model)
}

function toOidcProvider(client: RegistryClient): Record<string, unknown> {
  const { scope, ...metadata } = client.metadata
  return {
    ...metadata,
    client_id: client.client_id,
    // Without one it takes the client for one without a ceiling; `enforceRegistry` puts that right.
    ...(scope === '' ? {} : { scope }),
    ...(hasSecret(client) ? { client_secret: PLACEHOLDER } : {}),
  }
}

async function refuse(): Promise<never> {
  throw new Error('clients are registered at Clientele: switch features.registration of oidc-provider off')
}
