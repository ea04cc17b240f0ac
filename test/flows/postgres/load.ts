/** Many callers at once on a store, who remember what they were told, and what the database has in the end. */
import { uuidFromKey } from '../../../clientele/src/runtime/time-ordered.ts'
import { type Store, StoreUnavailable } from '../../../clientele/src/stores/store.ts'
import { sampleAudit, sampleClient, sampleKey } from '../../../clientele/src/testing/store-samples.ts'

export interface Told {
  /** Ids of clients whose creation was promised. */
  readonly created: Set<string>
  /** How many times the store said that it is unavailable. */
  unavailable: number
  /** Anything else that went wrong. */
  readonly wrong: unknown[]
}

/** Creates clients that spend `spends`, until `isOver`, with `callers` at once. */
export async function createUntil(
  isOver: () => boolean,
  store: Pick<Store, 'createClient'>,
  spends: string,
  callers = 16,
): Promise<Told> {
  const told: Told = { created: new Set(), unavailable: 0, wrong: [] }
  const call = async () => {
    while (!isOver()) {
      const client = sampleClient({ id: uuidFromKey(sampleKey()) })
      try {
        const outcome = await store.createClient(client, { spends, audit: sampleAudit(client.id) })
        if (outcome === 'created') told.created.add(client.id)
        else told.wrong.push(outcome)
      } catch (error) {
        if (error instanceof StoreUnavailable) told.unavailable++
        else told.wrong.push(error)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return told
}

/** Every client that the store has. */
export async function storedIds(store: Pick<Store, 'listClients'>): Promise<Set<string>> {
  const ids = new Set<string>()
  for (let after: string | undefined; ; ) {
    const page = await store.listClients({ limit: 500, ...(after === undefined ? {} : { after }) })
    for (const { id } of page) ids.add(id)
    after = page.at(-1)?.id
    if (after === undefined) return ids
  }
}
