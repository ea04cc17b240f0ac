/** The store under a flow test: in memory, or on PostgreSQL when the flows are run there (`storageForFlows`). */
import { afterAll, onTestFinished } from 'vitest'
import { createMemoryStore } from '../../clientele/src/stores/memory.ts'
import type { Store } from '../../clientele/src/stores/store.ts'
import { storageForFlows } from './postgres.ts'

/** A new, empty store, closed when the test, or its file, is over. */
export function createFlowStore(): Store {
  if (process.env.CLIENTELE_TEST_FLOWS !== 'postgres') return createMemoryStore()
  const opening = open()
  const close = () => opening.then((store) => store.close())
  try {
    onTestFinished(close)
  } catch {
    afterAll(close)
  }
  // Whoever sets up a test does not wait; whoever calls the store does.
  const calls = Object.keys(createMemoryStore()).map((name) => {
    const call = async (...args: unknown[]) => {
      const store = await opening
      return Reflect.apply(store[name as keyof Store] as () => unknown, store, args)
    }
    return [name, call]
  })
  return Object.fromEntries(calls) as Store
}

async function open(): Promise<Store> {
  const { openPostgresStore } = await import('../../clientele/src/stores/postgres.ts')
  const { url = '', ...rest } = await storageForFlows()
  return openPostgresStore({ url, ...rest, connections: 1 })
}
