/** Ends an initial access token now. The clients that it registered stay. */
import { OAuthError } from '../oauth/errors.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'

export interface RevokeInitialAccessTokenDeps {
  readonly store: Pick<InitialAccessTokenStore, 'revokeInitialAccessToken'>
  readonly clock: Clock
}

/** When it was revoked, in epoch seconds. */
export async function revokeInitialAccessToken(
  id: string,
  actor: string,
  { store, clock }: RevokeInitialAccessTokenDeps,
): Promise<number> {
  const at = nowInSeconds(clock)
  const audit = { action: 'initial_access_token.revoked', at, subject: id, actor } as const
  if (await store.revokeInitialAccessToken(id, at, audit)) return at
  throw new OAuthError(
    'not_found',
    'initial_access_token.unknown',
    'There is no initial access token with this id that is not revoked already.',
  )
}
