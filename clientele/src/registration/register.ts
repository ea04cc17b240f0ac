import type { Presented } from '../gates/gate.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { RegistrationDeps } from './deps.ts'
import { chooseCredentials } from './steps/choose-credentials.ts'
import { createClient } from './steps/create-client.ts'
import { identifyCaller } from './steps/identify-caller.ts'
import { type IssuedClient, issueCredentials } from './steps/issue-credentials.ts'
import { judgeMetadata } from './steps/judge-metadata.ts'
import { commonPermissions, settleAdmission } from './steps/settle-admission.ts'
import { replayMarkOf, verifySoftwareStatement } from './steps/verify-software-statement.ts'

export interface RegistrationRequest {
  readonly presented: Presented
  /** Reads the body. Called only when the caller is known: a stranger's body is not parsed. */
  readonly metadata: () => Promise<JsonObject>
}

/**
 * Registers a client (RFC 7591 §3), in the order of the specification: who asks, what do they say, who vouches for it,
 * what of it can be granted, their credentials, one atomic write. Throws `OAuthError`, and then nothing was registered.
 */
export async function register(request: RegistrationRequest, deps: RegistrationDeps): Promise<IssuedClient> {
  const admissions = await identifyCaller(request.presented, deps)
  const requested = await request.metadata()
  const vouched = await verifySoftwareStatement(requested, deps)
  const judged = await judgeMetadata(
    requested,
    { vouched, fixed: admissions[0]?.fixed, authority: { permissions: commonPermissions(admissions) } },
    deps,
  )
  const admission = settleAdmission(
    admissions,
    { metadata: judged.metadata, voucher: vouched?.issuer },
    request.presented,
    deps.gates,
  )
  const chosen = chooseCredentials(requested, admission)
  const issued = issueCredentials(judged, { admission, vouched, chosen }, deps)
  await createClient(issued.client, { ...admission, replayMark: replayMarkOf(vouched, deps) }, deps.store)
  return issued
}
