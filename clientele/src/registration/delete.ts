import { actorOf } from '../clients/client.ts'
import { nowInSeconds } from '../runtime/clock.ts'
import type { RegistrationDeps } from './deps.ts'
import type { ManagementRequest } from './read.ts'
import { authorizeManagement, goneMeanwhile } from './steps/authorize-management.ts'

/**
 * Deletes a registration (RFC 7592 §2.3). The registration access token dies with it, and so does everything that the
 * authorization server issued to the client: an artifact of a client that does not exist is dead at its next look-up.
 */
export async function deleteRegistration(request: ManagementRequest, deps: RegistrationDeps): Promise<void> {
  const managed = await authorizeManagement(request.clientId, request.presented, deps)
  const { client, manager } = managed
  const deleted = await deps.store.deleteClient(client.id, {
    action: 'client.deleted',
    at: nowInSeconds(deps.clock),
    subject: client.id,
    actor: actorOf(manager),
  })
  // Of two deletions at once, the second finds nothing (RFC 7592 §2.3: as if the token were invalid).
  if (!deleted) throw goneMeanwhile(managed)
}
