/** Lists API keys, the newest first, without their hashes. */
import type { ApiKeyRecord } from '../clients/api-key.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ApiKeyStore } from '../stores/store.ts'
import { type CredentialState, credentialState, type Page, type PageRequest } from './credential-state.ts'

export type ListedApiKey = Omit<ApiKeyRecord, 'hash'> & { readonly state: CredentialState }

export interface ListApiKeysDeps {
  readonly store: Pick<ApiKeyStore, 'listApiKeys'>
  readonly clock: Clock
}

export async function listApiKeys(
  { limit, from }: PageRequest,
  { store, clock }: ListApiKeysDeps,
): Promise<Page<ListedApiKey>> {
  const records = await store.listApiKeys({ limit, ...(from === undefined ? {} : { before: from }) })
  const now = nowInSeconds(clock)
  const items = records.map(({ hash: _, ...shown }) => ({ ...shown, state: credentialState(shown, now) }))
  const last = records.length < limit ? undefined : records.at(-1)
  return { items, ...(last ? { next: last.id } : {}) }
}
