import { type Client, errors, type Grant, type KoaContextWithOIDC, type RefreshToken } from 'oidc-provider'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { consentEndsAt, isConsentMissing } from './consent-terms.ts'
import { clientRecordOf } from './find-client.ts'
import { isSuperseded } from './refresh-rotation.ts'
import type { EngineSettings } from './settings.ts'

/**
 * How long a client's refresh tokens live and what a use does to them: `refresh_token_expiration`,
 * `absolute_refresh_token_lifetime`, `sliding_refresh_token_lifetime` and `refresh_token_usage`.
 */
export interface RefreshTermsDeps {
  readonly settings: EngineSettings
  readonly clock: Clock
}

/** Late in a token's life, in percent of it. */
const LATE = 70

/** The life of a refresh token that is issued or rotated now. Never beyond the consent that it stands on. */
export function refreshTokenSeconds(
  token: RefreshToken,
  client: Client,
  grant: Grant | undefined,
  { settings, clock }: RefreshTermsDeps,
): number {
  const { granted } = clientRecordOf(client)
  const now = nowInSeconds(clock)
  const end = Math.min(familyEnd(token, granted, settings), consentEndsAt(grant, granted))
  return Math.max(1, Math.min(slidingSeconds(granted, settings), end - now))
}

/**
 * Whether this use rotates the token. A client that names no `refresh_token_usage`: always for public clients (RFC 9700
 * §2.2.2). A confidential client's token is bound to its authentication, so reuse needs its secret too, and a rotation whose
 * answer is lost only signs the end-user out: there it happens late in the token's life, to give one in use a new term.
 * What an update has ended since is refused here.
 */
export async function settleRefresh(ctx: KoaContextWithOIDC, deps: RefreshTermsDeps): Promise<boolean> {
  const { RefreshToken: token, Client: client, Grant: grant } = ctx.oidc.entities
  if (token === undefined || client === undefined) return true
  const { granted } = clientRecordOf(client)
  const now = nowInSeconds(deps.clock)
  const end = Math.min(familyEnd(token, granted, deps.settings), consentEndsAt(grant, granted))
  if (end <= now || isConsentMissing(grant, granted))
    throw new errors.InvalidGrant('refresh token is expired')
  if (isSuperseded(token)) return true
  switch (granted.refresh_token_usage) {
    case 'OneTimeOnly':
      return true
    case 'ReUse':
      // One that was issued before its client was bound to a key is a copy in anybody's hands.
      if (client.clientAuthMethod === 'none' && !token.isSenderConstrained()) return true
      await prolong(token, now + refreshTokenSeconds(token, client, grant, deps))
      return false
    default:
      return client.clientAuthMethod === 'none' || token.ttlPercentagePassed() >= LATE
  }
}

/**
 * The end of a reused token moves with its use. Of two uses at once the later end may be lost to the earlier, which differs
 * by moments; a token that is revoked meanwhile stays dead, because its grant is gone (RFC 7009 §2.1).
 */
async function prolong(token: RefreshToken, until: number): Promise<void> {
  if (until <= (token.exp ?? 0)) return
  token.exp = until
  await token.save()
}

/** When no refresh works any more, however often the token was used. */
function familyEnd(
  { iiat }: Pick<RefreshToken, 'iiat'>,
  { refresh_token_expiration: expiration, absolute_refresh_token_lifetime: absolute = 0 }: ClientMetadata,
  settings: EngineSettings,
): number {
  if (absolute > 0) return iiat! + absolute
  return expiration === 'Absolute' ? iiat! + settings.refreshTokenLifetimeSeconds : Number.POSITIVE_INFINITY
}

function slidingSeconds(granted: ClientMetadata, settings: EngineSettings): number {
  if (granted.refresh_token_expiration === 'Absolute') return Number.POSITIVE_INFINITY
  return granted.sliding_refresh_token_lifetime ?? settings.refreshTokenLifetimeSeconds
}
