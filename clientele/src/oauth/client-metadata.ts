import type { JsonObject } from './json.ts'

/**
 * Client metadata (RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2) with its wire names. Localized
 * variants (`client_name#ja-Jpan-JP`) stand beside the plain members. The members named here are those that rules speak
 * of; `metadata-fields.ts` has the whole table.
 */
export interface ClientMetadata extends JsonObject {
  readonly redirect_uris?: readonly string[]
  readonly token_endpoint_auth_method?: string
  readonly token_endpoint_auth_signing_alg?: string
  readonly grant_types?: readonly string[]
  readonly response_types?: readonly string[]
  readonly application_type?: string
  readonly client_name?: string
  readonly client_uri?: string
  readonly logo_uri?: string
  readonly tos_uri?: string
  readonly policy_uri?: string
  readonly scope?: string
  readonly contacts?: readonly string[]
  readonly jwks_uri?: string
  readonly jwks?: JsonObject
  readonly software_id?: string
  readonly software_version?: string
  readonly sector_identifier_uri?: string
  readonly subject_type?: string
  readonly id_token_signed_response_alg?: string
  readonly userinfo_signed_response_alg?: string
  readonly introspection_signed_response_alg?: string
  readonly request_object_signing_alg?: string
  readonly require_signed_request_object?: boolean
  readonly require_pushed_authorization_requests?: boolean
  readonly dpop_bound_access_tokens?: boolean
  readonly default_max_age?: number
  readonly require_auth_time?: boolean
  readonly post_logout_redirect_uris?: readonly string[]
  readonly backchannel_logout_uri?: string
  readonly backchannel_logout_session_required?: boolean
  readonly access_token_lifetime?: number
  readonly identity_token_lifetime?: number
  readonly authorization_code_lifetime?: number
  readonly absolute_refresh_token_lifetime?: number
  readonly sliding_refresh_token_lifetime?: number
  readonly refresh_token_expiration?: string
  readonly refresh_token_usage?: string
  readonly access_token_type?: string
  readonly require_consent?: boolean
  readonly allow_remember_consent?: boolean
  readonly consent_lifetime?: number
  readonly allowed_cors_origins?: readonly string[]
  readonly require_pkce?: boolean
  readonly coordinate_lifetime_with_user_session?: boolean
  readonly require_client_secret?: boolean
  readonly enable_local_login?: boolean
}

/** Metadata after defaults: what every later rule may rely on. */
export interface CompleteMetadata extends ClientMetadata {
  readonly redirect_uris: readonly string[]
  readonly token_endpoint_auth_method: string
  readonly grant_types: readonly string[]
  readonly response_types: readonly string[]
  readonly application_type: string
  readonly scope: string
  readonly id_token_signed_response_alg: string
  readonly subject_type: string
}
