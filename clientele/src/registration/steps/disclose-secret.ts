import { currentSecret, secretContext } from '../../clients/secrets.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
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
  return { ...managed, clientSecret: deps.sealer.open(secret.sealed, secretContext(managed.client.id)) }
}
