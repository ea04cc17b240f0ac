/** Brings another server to what the registry has, all of it: what is missing there, what has changed, what is there too much. */
import type { ClientRecord } from '../clients/client.ts'
import type { Connector } from '../connectors/connector.ts'
import { type MirrorDeps, mirrorClient } from '../connectors/mirror-client.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { ClientStore } from '../stores/store.ts'

/** What a synchronization tells, as it goes on: at the end, and only then, the summary. */
export type SyncNews = SyncProgress | SyncFinding | SyncSummary

export interface SyncProgress {
  readonly type: 'progress'
  readonly done: number
  /** How many there were at the beginning. */
  readonly total: number
}

/** A client that the other server does not have now as it should. */
export interface SyncFinding {
  readonly type: 'client'
  readonly clientId: string
  /** `refused`: the other server cannot serve it. `failed`: it could not be asked; try again. */
  readonly outcome: 'refused' | 'failed'
  readonly because: string
}

export interface SyncSummary {
  readonly type: 'summary'
  readonly connector: string
  readonly mirrored: number
  readonly refused: number
  readonly failed: number
  /** Clients that were there and are no longer in the registry. */
  readonly removed: number
}

export interface SyncDeps extends MirrorDeps {
  readonly connectors: readonly Connector[]
  readonly store: Pick<ClientStore, 'findClient' | 'listClients'>
  readonly nextTurn: () => Promise<void>
}

const PAGE = 100
/** Clients that are mirrored at the same time. */
const AT_ONCE = 8
/** So many failures in a row are no bad luck: the other server is away. */
const MOST_FAILURES = 3 * AT_ONCE

/** The connector is found before anything is answered. May be run at any time, beside the events. */
export function syncConnector(name: string, deps: SyncDeps): AsyncGenerator<SyncNews> {
  const connector = deps.connectors.find((each) => each.name === name)
  if (connector === undefined) {
    const known = deps.connectors.map((each) => each.name).join(', ') || 'none'
    throw new OAuthError(
      'not_found',
      'connector.unknown',
      `There is no connector ${name}; there is ${known}.`,
    )
  }
  return syncAll(connector, deps)
}

async function* syncAll(connector: Connector, deps: SyncDeps): AsyncGenerator<SyncNews> {
  const sums = { mirrored: 0, refused: 0, failed: 0, removed: 0 }
  const total = await countClients(deps)
  let done = 0
  let inARow = 0
  yield { type: 'progress', done, total }
  for await (const clients of parts(deps)) {
    for (const finding of await Promise.all(clients.map(({ id }) => sync(connector, id, deps)))) {
      done += 1
      sums[finding?.outcome ?? 'mirrored'] += 1
      inARow = finding?.outcome === 'failed' ? inARow + 1 : 0
      if (finding) yield finding
    }
    yield { type: 'progress', done, total: Math.max(done, total) }
    if (inARow >= MOST_FAILURES) break
    await deps.nextTurn()
  }
  // What is too much there can only be told by a server that answers.
  if (sums.failed === 0) sums.removed = await removeStrays(connector, deps)
  yield { type: 'summary', connector: connector.name, ...sums }
}

async function sync(
  connector: Connector,
  clientId: string,
  deps: SyncDeps,
): Promise<SyncFinding | undefined> {
  try {
    const { outcome, because = '' } = await mirrorClient(connector, clientId, deps)
    return outcome === 'refused' ? { type: 'client', clientId, outcome, because } : undefined
  } catch (error) {
    return { type: 'client', clientId, outcome: 'failed', because: (error as Error).message }
  }
}

async function removeStrays(connector: Connector, { store }: SyncDeps): Promise<number> {
  const strays: string[] = []
  for await (const id of connector.list()) if (!(await store.findClient(id))) strays.push(id)
  for (const id of strays) await connector.remove(id)
  return strays.length
}

async function* parts(deps: SyncDeps): AsyncGenerator<readonly ClientRecord[]> {
  for await (const page of pages(deps))
    for (let at = 0; at < page.length; at += AT_ONCE) yield page.slice(at, at + AT_ONCE)
}

async function* pages({ store }: SyncDeps): AsyncGenerator<readonly ClientRecord[]> {
  let after: string | undefined
  do {
    const page = await store.listClients({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield page
    after = page.length < PAGE ? undefined : page.at(-1)!.id
  } while (after !== undefined)
}

async function countClients(deps: SyncDeps): Promise<number> {
  let count = 0
  for await (const page of pages(deps)) {
    count += page.length
    await deps.nextTurn()
  }
  return count
}
