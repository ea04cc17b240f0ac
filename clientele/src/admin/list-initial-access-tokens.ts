/** Lists initial access tokens, the newest first, without their hashes. */
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import { type CredentialState, credentialState, type Page, type PageRequest } from './credential-state.ts'

export type ListedInitialAccessToken = Omit<InitialAccessTokenRecord, 'hash'> & {
  readonly state: CredentialState
}

export interface ListInitialAccessTokensDeps {
  readonly store: Pick<InitialAccessTokenStore, 'listInitialAccessTokens'>
  readonly clock: Clock
}

export async function listInitialAccessTokens(
  { limit, from }: PageRequest,
  { store, clock }: ListInitialAccessTokensDeps,
): Promise<Page<ListedInitialAccessToken>> {
  const records = await store.listInitialAccessTokens({
    limit,
    ...(from === undefined ? {} : { before: from }),
  })
  const now = nowInSeconds(clock)
  const items = records.map(({ hash: _, ...shown }) => ({ ...shown, state: credentialState(shown, now) }))
  const last = records.length < limit ? undefined : records.at(-1)
  return { items, ...(last ? { next: last.id } : {}) }
}
