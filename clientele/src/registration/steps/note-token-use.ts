import { actorOf, type ClientRecord } from '../../clients/client.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import type { RegistrationDeps } from '../deps.ts'
import { goneMeanwhile, type ManagedClient } from './authorize-management.ts'
import { findGoverningPolicy } from './governing-policy.ts'
import { rotateAccessToken, useAccessToken } from './rotate-access-token.ts'

/**
 * What a read does to registration access tokens: where the policy rotates them with every use it hands out a new one, and
 * the use of a new one ends the one before. Most reads write nothing.
 */
export async function noteTokenUse(
  managed: ManagedClient,
  deps: Pick<RegistrationDeps, 'store' | 'clock' | 'policies'>,
): Promise<ManagedClient> {
  const { client, registrationAccessToken } = managed
  if (registrationAccessToken === undefined) return managed
  const now = nowInSeconds(deps.clock)
  const credentials = findGoverningPolicy(client, deps)?.credentials
  const rotates = credentials?.registrationAccessTokenRotation === 'use'
  const next = rotates
    ? rotateAccessToken(client, registrationAccessToken, credentials, now)
    : { client: useAccessToken(client, registrationAccessToken), registrationAccessToken }
  if (next.client === client) return managed
  const revised = { ...next.client, revision: client.revision + 1 }
  const outcome = await replace(revised, managed, now, deps)
  if (outcome === 'gone') throw goneMeanwhile(managed)
  // Somebody else was first: what they were told is not used yet, and until then the token that was shown is good.
  return outcome === 'replaced'
    ? { ...managed, client: revised, registrationAccessToken: next.registrationAccessToken }
    : managed
}

function replace(
  client: ClientRecord,
  { manager }: ManagedClient,
  at: number,
  { store }: Pick<RegistrationDeps, 'store'>,
) {
  const action = 'registration_access_token.rotated'
  const audit = {
    action,
    at,
    subject: client.id,
    actor: actorOf(manager),
    detail: { revision: client.revision },
  } as const
  return store.replaceClient(client, { audit })
}
