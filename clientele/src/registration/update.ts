import type { JsonObject } from '../oauth/json.ts'
import type { RegistrationDeps } from './deps.ts'
import type { ManagementRequest } from './read.ts'
import { authorizeManagement } from './steps/authorize-management.ts'
import { checkServerMembers } from './steps/check-server-members.ts'
import { discloseSecret } from './steps/disclose-secret.ts'
import type { IssuedClient } from './steps/issue-credentials.ts'
import { judgeMetadata } from './steps/judge-metadata.ts'
import { replaceClient, reviseClient } from './steps/revise-client.ts'
import { holdProviso } from './steps/settle-admission.ts'
import { replayMarkOf, verifySoftwareStatement } from './steps/verify-software-statement.ts'

export interface UpdateRequest extends ManagementRequest {
  readonly metadata: () => Promise<JsonObject>
}

/**
 * Replaces a registration (RFC 7592 §2.2): what is left out is gone or back to its default, except what was fixed when
 * the client came in. Judged by the same rules as a creation, whoever asks. Throws `OAuthError`, and then nothing was
 * changed.
 */
export async function update(request: UpdateRequest, deps: RegistrationDeps): Promise<IssuedClient> {
  const managed = await authorizeManagement(request.clientId, request.presented, deps)
  const requested = await request.metadata()
  const problems = checkServerMembers(requested, managed.client)
  const vouched = await verifySoftwareStatement(requested, deps, managed.client)
  const judged = await judgeMetadata(
    requested,
    {
      vouched,
      fixed: managed.client.fixed,
      problems,
      authority: { permissions: managed.permissions, client: managed.client },
    },
    deps,
  )
  holdProviso(managed, { metadata: judged.metadata, voucher: vouched?.issuer })
  const revised = reviseClient(managed, judged, vouched, deps)
  const replayMark = replayMarkOf(vouched, deps, managed.client)
  await replaceClient(revised, { managed, replayMark }, deps.store)
  return discloseSecret({ ...managed, client: revised }, deps)
}
