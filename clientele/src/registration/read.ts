import type { Presented } from '../gates/gate.ts'
import type { RegistrationDeps } from './deps.ts'
import { authorizeManagement } from './steps/authorize-management.ts'
import { discloseSecret } from './steps/disclose-secret.ts'
import type { IssuedClient } from './steps/issue-credentials.ts'
import { noteTokenUse } from './steps/note-token-use.ts'

export interface ManagementRequest {
  readonly clientId: string
  readonly presented: Presented
}

/**
 * Reads a registration (RFC 7592 §2.1): everything that is registered, with the current secret and token; a new token
 * where the policy rotates it with every use.
 */
export async function read(request: ManagementRequest, deps: RegistrationDeps): Promise<IssuedClient> {
  const managed = await authorizeManagement(request.clientId, request.presented, deps)
  return discloseSecret(await noteTokenUse(managed, deps), deps)
}
