import type { RecordedDecision } from '../clients/client.ts'
import type { Presented } from '../gates/gate.ts'
import type { JsonObject } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { RegistrationDeps } from './deps.ts'
import { chooseCredentials } from './steps/choose-credentials.ts'
import { createClient } from './steps/create-client.ts'
import { findChanges } from './steps/find-changes.ts'
import { identifyCaller } from './steps/identify-caller.ts'
import type { IssuedClient } from './steps/issue-credentials.ts'
import { judgeAdmission } from './steps/judge-admission.ts'
import { replayMarkOf, verifySoftwareStatement } from './steps/verify-software-statement.ts'

export interface RegistrationRequest {
  readonly presented: Presented
  /** Reads the body. Called only when the caller is known: a stranger's body is not parsed. */
  readonly metadata: () => Promise<JsonObject>
}

/** A client as its registration or update left it. */
export interface AnsweredClient extends IssuedClient {
  /** What the policy changed, for the answer to say. */
  readonly changes: readonly RecordedDecision[]
}

/**
 * Registers a client (RFC 7591 §3), in the order of the specification: who asks, what do they say, who vouches for it,
 * what of it can be granted and by which policy, their credentials, one atomic write. Throws `OAuthError`, and then nothing
 * was registered.
 */
export async function register(
  { presented, metadata }: RegistrationRequest,
  deps: RegistrationDeps,
): Promise<AnsweredClient> {
  const admissions = await identifyCaller(presented, deps)
  const body = await metadata()
  const parsed = parseClientMetadata(body, [], deps.fields)
  const vouched = await verifySoftwareStatement(body, parsed, deps)
  const { admission, judged } = await judgeAdmission(parsed, { admissions, presented, vouched }, deps)
  const chosen = chooseCredentials(body, admission, judged.policy.credentials)
  const replayMark = replayMarkOf(vouched, deps)
  const issued = await createClient(judged, { admission, vouched, chosen, replayMark }, deps)
  return { ...issued, changes: findChanges(judged) }
}
