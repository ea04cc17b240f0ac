import type { JsonObject } from '../oauth/json.ts'
import type { RegistrationDeps } from './deps.ts'
import type { ManagementRequest } from './read.ts'
import { authorizeManagement } from './steps/authorize-management.ts'
import { checkServerMembers } from './steps/check-server-members.ts'
import { discloseSecret } from './steps/disclose-secret.ts'
import type { IssuedClient } from './steps/issue-credentials.ts'
import { judgeMetadata } from './steps/judge-metadata.ts'
import { replaceClient, reviseClient } from './steps/revise-client.ts'

export interface UpdateRequest extends ManagementRequest {
  readonly metadata: () => Promise<JsonObject>
}

/**
 * Replaces a registration (RFC 7592 §2.2): what is left out is gone or back to its default. Judged by the same rules
 * as a creation. Throws `OAuthError`, and then nothing was changed.
 */
export async function update(request: UpdateRequest, deps: RegistrationDeps): Promise<IssuedClient> {
  const managed = await authorizeManagement(request.clientId, request.credentials, deps.store)
  const requested = await request.metadata()
  const problems = checkServerMembers(requested, managed.client)
  const judged = await judgeMetadata(requested, deps, problems)
  const revised = reviseClient(managed.client, judged, deps)
  await replaceClient(revised, deps.store)
  return discloseSecret({ ...managed, client: revised }, deps)
}
