import type { Credentials } from '../oauth/authorization-header.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { RegistrationDeps } from './deps.ts'
import { createClient } from './steps/create-client.ts'
import { identifyCaller } from './steps/identify-caller.ts'
import { type IssuedClient, issueCredentials } from './steps/issue-credentials.ts'
import { judgeMetadata } from './steps/judge-metadata.ts'

export interface RegistrationRequest {
  readonly credentials: Credentials
  /** Reads the body. Called only when the caller is known: a stranger's body is not parsed. */
  readonly metadata: () => Promise<JsonObject>
}

/**
 * Registers a client (RFC 7591 §3), in the order of the specification: who asks, what do they say, what of it can be
 * granted, their credentials, one atomic write. Throws `OAuthError`, and then nothing was registered.
 */
export async function register(request: RegistrationRequest, deps: RegistrationDeps): Promise<IssuedClient> {
  const admission = await identifyCaller(request.credentials, deps.gates)
  const requested = await request.metadata()
  const judged = await judgeMetadata(requested, deps)
  const issued = issueCredentials(judged, admission.caller, deps)
  await createClient(issued.client, admission, deps.store)
  return issued
}
