import type { ClientRecord } from '../clients/client.ts'
import { isLive, needsSecret, secretContext } from '../clients/secrets.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import type { JsonObject } from '../oauth/json.ts'
import { scopeValues } from '../oauth/scope.ts'
import { randomText } from '../runtime/cryptography.ts'
import type { Sealer } from '../runtime/sealer.ts'

/**
 * What the engine is told of a client: the members that it enforces and nothing else. Names, contacts and pages stay with
 * our record, which the sign-in pages read.
 */
export const ENFORCED = [
  'application_type',
  'backchannel_logout_session_required',
  'backchannel_logout_uri',
  'default_acr_values',
  'default_max_age',
  'dpop_bound_access_tokens',
  'grant_types',
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'id_token_signed_response_alg',
  'introspection_encrypted_response_alg',
  'introspection_encrypted_response_enc',
  'introspection_signed_response_alg',
  'jwks',
  'jwks_uri',
  'post_logout_redirect_uris',
  'redirect_uris',
  'request_object_signing_alg',
  'require_auth_time',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'response_modes',
  'response_types',
  'sector_identifier_uri',
  'subject_type',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'userinfo_signed_response_alg',
] as const

/**
 * Stands in for the secret of clients whose secret is only compared: the engine insists on one. It is random and never
 * leaves the process, so that even a fault that made a key of it would make a key that nobody has.
 */
const PLACEHOLDER = randomText(32)

/** The members that the engine enforces, without id and secret: equal for clients that differ in nothing else. */
export function projectMetadata(metadata: ClientMetadata, capabilities: Capabilities): JsonObject {
  const projected: Record<string, JsonObject[string]> = {}
  for (const member of ENFORCED) if (metadata[member] !== undefined) projected[member] = metadata[member]
  // An operator may have withdrawn a scope since; the engine would refuse the whole client for it.
  const supported = scopeValues(metadata.scope).filter((scope) => capabilities.scopes.includes(scope))
  if (supported.length > 0) projected.scope = supported.join(' ')
  return projected
}

/** The projection of a stored client. Only `client_secret_jwt` needs its secret in clear (OpenID Connect Core 1.0 §9). */
export function projectClient(
  client: ClientRecord,
  now: number,
  { capabilities, sealer }: { readonly capabilities: Capabilities; readonly sealer: Sealer },
): JsonObject {
  const projected = { ...projectMetadata(client.granted, capabilities), client_id: client.id }
  // The engine insists on some; `client-rules.ts` judges them, and two make it never fill in one that is missing.
  if (client.door === 'unregistered') return { ...projected, redirect_uris: ['urn:none:1', 'urn:none:2'] }
  if (!needsSecret(client.granted)) return projected
  const live = client.secrets.find((secret) => isLive(secret, now))
  const inClear = client.granted.token_endpoint_auth_method === 'client_secret_jwt' && live !== undefined
  return {
    ...projected,
    client_secret: inClear ? sealer.open(live.sealed, secretContext(client.id)) : PLACEHOLDER,
  }
}

/** A projection to try out: complete, of no client. */
export function projectCandidate(projected: JsonObject): JsonObject {
  const secret = needsSecret(projected as unknown as CompleteMetadata) ? { client_secret: PLACEHOLDER } : {}
  return { ...projected, ...secret, client_id: 'candidate' }
}
