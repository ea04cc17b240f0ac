/** Ends an API key now. The clients that it registered stay. */
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ApiKeyStore } from '../stores/store.ts'

export interface RevokeApiKeyDeps {
  readonly store: Pick<ApiKeyStore, 'revokeApiKey'>
  readonly clock: Clock
}

/** When it was revoked, in epoch seconds. */
export async function revokeApiKey(
  id: string,
  actor: string,
  { store, clock }: RevokeApiKeyDeps,
): Promise<number> {
  const at = nowInSeconds(clock)
  if (await store.revokeApiKey(id, at, { action: 'api_key.revoked', at, subject: id, actor })) return at
  throw new OAuthError(
    'not_found',
    'api_key.unknown',
    'There is no API key with this id that is not revoked already.',
  )
}
