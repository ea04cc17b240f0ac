/** Lists service accounts, the oldest first, without their password hashes. */
import type { ServiceAccountRecord } from '../clients/service-account.ts'
import type { ServiceAccountStore } from '../stores/store.ts'
import type { Page, PageRequest } from './credential-state.ts'

export type ListedServiceAccount = Omit<ServiceAccountRecord, 'passwordHash'>

export interface ListServiceAccountsDeps {
  readonly store: Pick<ServiceAccountStore, 'listServiceAccounts'>
}

export async function listServiceAccounts(
  { limit, from }: PageRequest,
  { store }: ListServiceAccountsDeps,
): Promise<Page<ListedServiceAccount>> {
  const records = await store.listServiceAccounts({ limit, ...(from === undefined ? {} : { after: from }) })
  const items = records.map(({ passwordHash: _, ...shown }) => shown)
  const last = records.length < limit ? undefined : records.at(-1)
  return { items, ...(last ? { next: last.name } : {}) }
}
