/** Deletes a service account. The clients that it registered stay; its name is free again, without them. */
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ServiceAccountStore } from '../stores/store.ts'

export interface DeleteServiceAccountDeps {
  readonly store: Pick<ServiceAccountStore, 'deleteServiceAccount'>
  readonly clock: Clock
}

export async function deleteServiceAccount(
  name: string,
  actor: string,
  { store, clock }: DeleteServiceAccountDeps,
): Promise<void> {
  const at = nowInSeconds(clock)
  const audit = { action: 'service_account.deleted', at, subject: name, actor } as const
  if (await store.deleteServiceAccount(name, audit)) return
  throw new OAuthError('not_found', 'service_account.unknown', 'There is no service account with this name.')
}
