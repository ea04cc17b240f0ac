import type { JsonObject, JsonValue } from '../oauth/json.ts'
import type { ClientRecord, RecordedDecision } from './client.ts'
import { needsSecret } from './secrets.ts'

/** Credentials in clear, for one answer. */
export interface DisclosedCredentials {
  readonly clientSecret?: string
  /** Absent where the caller has not shown it; then its address is left out too (OIDC Registration §3.2: both or neither). */
  readonly registrationAccessToken?: string
  readonly registrationClientUri: string
  /** What the policy changed just now; said in the answer to a creation or update only. */
  readonly changes?: readonly RecordedDecision[]
}

/**
 * The client information response (RFC 7591 §3.2.1, RFC 7592 §3): what is granted, never what was asked. No member is
 * null or empty text. Two may be empty lists, because leaving them out would mean their default: `response_types`, and
 * `redirect_uris`, which MCP clients require in every answer.
 */
export function renderClientInformation(client: ClientRecord, disclosed: DisclosedCredentials): JsonObject {
  const information: Record<string, JsonValue> = {
    client_id: client.id,
    client_id_issued_at: client.createdAt,
  }
  if (disclosed.clientSecret !== undefined) information.client_secret = disclosed.clientSecret
  if (needsSecret(client.granted)) {
    information.client_secret_expires_at = client.secrets[0]?.expiresAt ?? 0
  }
  if (disclosed.registrationAccessToken !== undefined) {
    information.registration_access_token = disclosed.registrationAccessToken
    information.registration_client_uri = disclosed.registrationClientUri
  }
  // Byte for byte as it was sent (RFC 7591 §3.2.1); its claims stand below, as what is granted.
  if (client.vouched) information.software_statement = client.vouched.statement
  for (const member of Object.keys(client.granted)) {
    const value = client.granted[member]
    if (value !== undefined && value !== null && value !== '') information[member] = value
  }
  const { changes = [] } = disclosed
  // Ours, beside the standard's members: the client need not compare what it sent with what it got (RFC 7591 §3.2.1).
  if (changes.length > 0) information.metadata_changes = changes.map(renderChange)
  return information
}

/** Which member, and the rule in words. Which rule of which policy it was is not the client's to know. */
function renderChange({ member, effect, because }: RecordedDecision): JsonObject {
  return { member, effect, because }
}
