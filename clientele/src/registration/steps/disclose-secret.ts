import type { StoredSecret } from '../../clients/client.ts'
import { currentSecret, secretContext } from '../../clients/secrets.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import type { Sealer } from '../../runtime/sealer.ts'
import type { RegistrationDeps } from '../deps.ts'
import type { ManagedClient } from './authorize-management.ts'
import type { IssuedClient } from './issue-credentials.ts'

/**
 * Opens the sealed copy of the client's current secret: the answer of the client configuration endpoint carries it
 * (RFC 7592 §2.1, appendix A.2). An expired secret is not shown; it can do nothing any more.
 */
export function discloseSecret(
  managed: ManagedClient,
  deps: Pick<RegistrationDeps, 'sealer' | 'clock'>,
): IssuedClient {
  // A gate that lets somebody manage another's registration does not hand over its secret (CVE-2026-89298 in Keycloak).
  if (managed.registrationAccessToken === undefined) return { client: managed.client }
  const secret = currentSecret(managed.client, nowInSeconds(deps.clock))
  if (!secret) return managed
  return { ...managed, clientSecret: open(secret, managed.client.id, deps.sealer) }
}

/**
 * Secrets that were opened, each for as long as the store keeps its record at hand: opening one costs a sixth of a read,
 * and who reads this process's memory finds the sealing key there as well.
 */
const OPENED = new WeakMap<StoredSecret, string>()

function open(secret: StoredSecret, clientId: string, sealer: Sealer): string {
  const known = OPENED.get(secret)
  if (known !== undefined) return known
  const clear = sealer.open(secret.sealed, secretContext(clientId))
  OPENED.set(secret, clear)
  return clear
}
