/** The verbs that the tests of budgets share. */
import type { ClientRecord } from '../../clients/client.ts'
import type { Budget, Store } from '../../stores/store.ts'
import { SAMPLE_TIME, sampleAudit } from '../store-samples.ts'

/** When windows of the samples end. */
export const LATER = SAMPLE_TIME + 60

export const create = (store: Store, client: ClientRecord, budgets: readonly Budget[]) =>
  store.createClient(client, { budgets, audit: sampleAudit(client.id) })

export const replace = (store: Store, client: ClientRecord, budgets: readonly Budget[] = []) =>
  store.replaceClient(client, { budgets, audit: sampleAudit(client.id, 'client.updated') })

export const remove = (store: Store, { id }: ClientRecord) =>
  store.deleteClient(id, sampleAudit(id, 'client.deleted'))

/** How much of a budget is used in the second of the samples. */
export const used = (store: Store, key: string) => store.countBudget(key, SAMPLE_TIME)
