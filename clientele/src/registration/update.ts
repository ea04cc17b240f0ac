import type { JsonObject } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { RegistrationDeps } from './deps.ts'
import type { ManagementRequest } from './read.ts'
import type { AnsweredClient } from './register.ts'
import { authorizeManagement } from './steps/authorize-management.ts'
import { checkServerMembers } from './steps/check-server-members.ts'
import { discloseSecret } from './steps/disclose-secret.ts'
import { findChanges } from './steps/find-changes.ts'
import { getGoverningPolicy } from './steps/governing-policy.ts'
import { judgeMetadata } from './steps/judge-metadata.ts'
import { reviseClient } from './steps/revise-client.ts'
import { holdProviso } from './steps/settle-admission.ts'
import { replayMarkOf, verifySoftwareStatement } from './steps/verify-software-statement.ts'

export interface UpdateRequest extends ManagementRequest {
  readonly metadata: () => Promise<JsonObject>
}

/**
 * Replaces a registration (RFC 7592 §2.2): what is left out is gone or back to its default, except what was fixed when
 * the client came in. Judged as a creation, by the policy that governed that, in its newest revision, whoever asks. Throws
 * `OAuthError`, and then nothing was changed.
 */
export async function update(request: UpdateRequest, deps: RegistrationDeps): Promise<AnsweredClient> {
  const managed = await authorizeManagement(request.clientId, request.presented, deps)
  const { client, permissions } = managed
  const body = await request.metadata()
  const policy = getGoverningPolicy(client, deps)
  const parsed = parseClientMetadata(body, checkServerMembers(body, client), deps.fields)
  const vouched = await verifySoftwareStatement(body, parsed, deps, client)
  const { fixed, caller } = client
  const { address } = request.presented
  const judged = await judgeMetadata(
    parsed,
    { operation: 'update', policy, caller, permissions, address, vouched, fixed, client },
    deps,
  )
  holdProviso(managed, { metadata: judged.metadata, voucher: vouched?.issuer })
  const replayMark = replayMarkOf(vouched, deps, client)
  const revised = await reviseClient(managed, judged, { vouched, replayMark }, deps)
  return { ...discloseSecret({ ...managed, ...revised }, deps), changes: findChanges(judged) }
}
