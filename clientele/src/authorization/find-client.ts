import type { Client, Provider } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { ClientStore } from '../stores/store.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { projectClient } from './client-projection.ts'
import { reachable } from './reachable.ts'

export interface FindClientDeps {
  readonly clients: Pick<ClientStore, 'findClient'>
  readonly clock: Clock
  readonly sealer: Sealer
  readonly capabilities: Capabilities
}

/** Engine clients that are kept ready: a few KiB each, most of it the client's keys. */
const CACHED_CLIENTS = 4096

/** The engine's own constructor, which its published types leave out. */
type ClientConstructor = new (metadata: JsonObject) => Client

interface CachedClient {
  readonly client: Client
  readonly revision: number
  /** Epoch seconds when a secret in it expires: then it is built anew. */
  readonly staleAt: number
}

const RECORDS = new WeakMap<object, ClientRecord>()

/** The record behind an engine client that `findClient` answered. */
export function clientRecordOf(client: object): ClientRecord {
  const record = RECORDS.get(client)
  if (record === undefined) throw new TypeError('this client did not come from the registry')
  return record
}

/**
 * The engine's look-up of a client, from the registry at every request, so that a change or a deletion is obeyed by the
 * very next one (RFC 7592 §2). What the engine makes of a record is kept by id and revision: making it is half the cost
 * of a token, and its own cache of 100 is thrashed by a few hundred clients.
 */
export function createFindClient(
  provider: Provider,
  deps: FindClientDeps,
): (id: string) => Promise<Client | undefined> {
  const EngineClient = provider.Client as unknown as ClientConstructor
  const cache = createBoundedCache<CachedClient>(CACHED_CLIENTS)
  return async (id) => {
    if (typeof id !== 'string' || id === '') return undefined
    const record = await reachable(deps.clients.findClient(id))
    if (record === undefined) {
      cache.delete(id)
      return undefined
    }
    const now = nowInSeconds(deps.clock)
    // A stranger's ids are not kept: there are as many as they like, and they would push the registered ones out.
    if (record.door === 'unregistered') return build(record, now)
    const cached = cache.get(id)
    if (cached?.revision === record.revision && now < cached.staleAt) return cached.client
    const client = build(record, now)
    cache.set(id, { client, revision: record.revision, staleAt: nextExpiry(record, now) })
    return client
  }

  function build(record: ClientRecord, now: number): Client {
    const client = new EngineClient(projectClient(record, now, deps))
    // The engine takes a client without a scope for one without a ceiling; a blank one grants nothing (RFC 7591 §2).
    if (!client.scope) Object.assign(client, { scope: ' ' })
    RECORDS.set(client, record)
    return client
  }
}

function nextExpiry({ secrets }: ClientRecord, now: number): number {
  return Math.min(...secrets.map(({ expiresAt }) => (expiresAt > now ? expiresAt : Number.POSITIVE_INFINITY)))
}
