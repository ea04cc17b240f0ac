import type { CapabilityList } from './capabilities.ts'
import type { JsonValue } from './json.ts'
import type { ShapeFault } from './shape-fault.ts'

/**
 * The field table: the only place that knows the members of client metadata. One row each for every entry of IANA's
 * "OAuth Dynamic Client Registration Metadata" registry (2026-03-25) that a client may send, and for the lists of OpenID
 * Connect RP Metadata Choices 1.0. To support a member, add a row; an operator's own members join as rows at the start
 * (`policies/custom-members.ts`). Members without a row are unknown and ignored (RFC 7591 §2).
 */
export interface MetadataField {
  readonly name: string
  readonly shape: Shape
  /** Which list of the server's capabilities a value must be in. */
  readonly oneOf?: CapabilityList
  /** May carry a language tag (RFC 7591 §2.2). */
  readonly taggable?: true
  /**
   * What the server does with it. `kept`: information about the client, returned as sent. `enforced`: the
   * authorization server acts by it. `drop`: asks for something that this server does not do and that a client can
   * do without; left out of the answer. `refuse`: the same, but a client that asks for it relies on it, so silence
   * would be a downgrade. `offer`: a list from which the server chooses a value for the member `offers`; request only.
   */
  readonly support: 'kept' | 'enforced' | 'drop' | 'refuse' | 'offer'
  /** Of a list to choose from: the single-valued member that the choice is registered in (RP Metadata Choices 1.0 §2). */
  readonly offers?: string
  /** An operator's own member. */
  readonly custom?: true
  /** Operators find clients by it. */
  readonly searchable?: true
  /** What else is asked of the value, beyond its shape: an operator's JSON Schema. */
  readonly check?: (value: JsonValue) => ShapeFault | undefined
  readonly source: string
  readonly summary: string
}

export type Shape =
  | 'text'
  | 'long-text'
  | 'texts'
  | 'scope'
  | 'web-url'
  | 'https-url'
  | 'web-urls'
  | 'redirect-uris'
  | 'post-logout-redirect-uris'
  | 'origins'
  | 'boolean'
  | 'seconds'
  | 'jwks'
  | 'object'
  | 'json'

type Row = readonly [
  name: string,
  shape: Shape,
  support: MetadataField['support'],
  source: string,
  summary: string,
  more?: Pick<MetadataField, 'oneOf' | 'taggable' | 'offers'>,
]

const tag = { taggable: true } as const
const RFC7591 = 'RFC 7591 §2'
const OIDCR = 'OpenID Connect Dynamic Client Registration 1.0 §2'
const FEDERATION = 'OpenID Federation 1.0 §5.2'
const NFV = 'ETSI GS NFV-SEC 022'
const MTLS = 'RFC 8705 §2.1.2'
/** Not in the registry: the names that Duende IdentityServer's clients know. */
const DUENDE = 'docs/spec/choices.md'
const CHOICES = 'OpenID Connect RP Metadata Choices 1.0 §2'

// biome-ignore format: a table is read by its columns
const ROWS: readonly Row[] = [
  ['redirect_uris', 'redirect-uris', 'enforced', RFC7591, 'Where the user agent may be sent back to.'],
  ['token_endpoint_auth_method', 'text', 'enforced', RFC7591, 'How the client authenticates at the token endpoint.', { oneOf: 'authMethods' }],
  ['grant_types', 'texts', 'enforced', RFC7591, 'The grants that the client may use.'],
  ['response_types', 'texts', 'enforced', RFC7591, 'The response types that the client may ask for.'],
  ['client_name', 'text', 'kept', RFC7591, 'The name that people see.', tag],
  ['client_uri', 'web-url', 'kept', RFC7591, 'A page about the client.', tag],
  ['logo_uri', 'web-url', 'kept', RFC7591, 'A picture of the client.', tag],
  ['scope', 'scope', 'enforced', RFC7591, 'The scope values that the client may ask for.'],
  ['contacts', 'texts', 'kept', RFC7591, 'How to reach the people behind the client.'],
  ['tos_uri', 'web-url', 'kept', RFC7591, 'The terms of service.', tag],
  ['policy_uri', 'web-url', 'kept', RFC7591, 'How the client uses what it learns.', tag],
  ['jwks_uri', 'https-url', 'enforced', RFC7591, "The client's public keys, by reference."],
  ['jwks', 'jwks', 'enforced', RFC7591, "The client's public keys, by value."],
  ['software_id', 'text', 'kept', RFC7591, 'The same for all installations of one piece of software.'],
  ['software_version', 'text', 'kept', RFC7591, 'Its version, compared by equality only.'],
  ['application_type', 'text', 'enforced', OIDCR, '`web` or `native`.'],
  ['sector_identifier_uri', 'https-url', 'refuse', OIDCR, 'Names one sector for several hosts of a pairwise client.'],
  ['subject_type', 'text', 'enforced', OIDCR, '`public` or `pairwise` subject identifiers.', { oneOf: 'subjectTypes' }],
  ['id_token_signed_response_alg', 'text', 'enforced', OIDCR, 'How ID Tokens are signed.', { oneOf: 'idTokenSigningAlgs' }],
  ['id_token_encrypted_response_alg', 'text', 'enforced', OIDCR, 'How the key of encrypted ID Tokens is wrapped.', { oneOf: 'encryptionAlgs' }],
  ['id_token_encrypted_response_enc', 'text', 'enforced', OIDCR, 'How ID Tokens are encrypted.', { oneOf: 'encryptionEncs' }],
  ['userinfo_signed_response_alg', 'text', 'enforced', OIDCR, 'How UserInfo responses are signed; plain JSON when absent.', { oneOf: 'userinfoSigningAlgs' }],
  ['userinfo_encrypted_response_alg', 'text', 'enforced', OIDCR, 'How the key of encrypted UserInfo responses is wrapped.', { oneOf: 'encryptionAlgs' }],
  ['userinfo_encrypted_response_enc', 'text', 'enforced', OIDCR, 'How UserInfo responses are encrypted.', { oneOf: 'encryptionEncs' }],
  ['request_object_signing_alg', 'text', 'enforced', OIDCR, 'The only algorithm accepted for request objects.', { oneOf: 'requestObjectSigningAlgs' }],
  ['request_object_encryption_alg', 'text', 'drop', OIDCR, 'Encrypted request objects are not supported.'],
  ['request_object_encryption_enc', 'text', 'drop', OIDCR, 'Encrypted request objects are not supported.'],
  ['token_endpoint_auth_signing_alg', 'text', 'enforced', OIDCR, 'The only algorithm accepted for client assertions.', { oneOf: 'authSigningAlgs' }],
  ['default_max_age', 'seconds', 'enforced', OIDCR, 'Sign in again after this many seconds.'],
  ['require_auth_time', 'boolean', 'enforced', OIDCR, 'ID Tokens carry `auth_time`.'],
  ['default_acr_values', 'texts', 'drop', OIDCR, 'Authentication context classes are not supported.'],
  ['initiate_login_uri', 'https-url', 'kept', OIDCR, 'Where a third party may start a login.'],
  ['request_uris', 'web-urls', 'drop', OIDCR, 'Request objects by reference are not supported; use PAR (RFC 9126).'],
  ['claims_redirect_uris', 'web-urls', 'drop', 'UMA 2.0 Grant §2', 'UMA is not supported.'],
  ['nfv_token_signed_response_alg', 'text', 'drop', NFV, 'Not supported.'],
  ['nfv_token_encrypted_response_alg', 'text', 'drop', NFV, 'Not supported.'],
  ['nfv_token_encrypted_response_enc', 'text', 'drop', NFV, 'Not supported.'],
  ['tls_client_certificate_bound_access_tokens', 'boolean', 'refuse', 'RFC 8705 §3.4', 'Certificate-bound access tokens are not supported; DPoP is.'],
  ['tls_client_auth_subject_dn', 'text', 'drop', MTLS, 'Mutual TLS is not supported.'],
  ['tls_client_auth_san_dns', 'text', 'drop', MTLS, 'Mutual TLS is not supported.'],
  ['tls_client_auth_san_uri', 'text', 'drop', MTLS, 'Mutual TLS is not supported.'],
  ['tls_client_auth_san_ip', 'text', 'drop', MTLS, 'Mutual TLS is not supported.'],
  ['tls_client_auth_san_email', 'text', 'drop', MTLS, 'Mutual TLS is not supported.'],
  ['require_signed_request_object', 'boolean', 'enforced', 'RFC 9101 §10.5', 'Authorization requests must be signed.'],
  ['require_pushed_authorization_requests', 'boolean', 'enforced', 'RFC 9126 §6', 'Authorization requests must be pushed.'],
  ['introspection_signed_response_alg', 'text', 'enforced', 'RFC 9701 §6', 'How introspection responses are signed.', { oneOf: 'introspectionSigningAlgs' }],
  ['introspection_encrypted_response_alg', 'text', 'enforced', 'RFC 9701 §6', 'How the key of encrypted introspection responses is wrapped.', { oneOf: 'encryptionAlgs' }],
  ['introspection_encrypted_response_enc', 'text', 'enforced', 'RFC 9701 §6', 'How introspection responses are encrypted.', { oneOf: 'encryptionEncs' }],
  ['frontchannel_logout_uri', 'web-url', 'drop', 'Front-Channel Logout 1.0 §2', 'Front-channel logout is not supported; back-channel logout is.'],
  ['frontchannel_logout_session_required', 'boolean', 'drop', 'Front-Channel Logout 1.0 §2', 'Front-channel logout is not supported.'],
  ['backchannel_logout_uri', 'web-url', 'enforced', 'Back-Channel Logout 1.0 §2.2', 'Is told when a session ends.'],
  ['backchannel_logout_session_required', 'boolean', 'enforced', 'Back-Channel Logout 1.0 §2.2', 'Logout tokens carry `sid`.'],
  ['post_logout_redirect_uris', 'post-logout-redirect-uris', 'enforced', 'RP-Initiated Logout 1.0 §3.1', 'Where the user agent may be sent after logout.'],
  ['authorization_details_types', 'texts', 'drop', 'RFC 9396 §10', 'Rich authorization requests are not supported.'],
  ['dpop_bound_access_tokens', 'boolean', 'enforced', 'RFC 9449 §5.2', 'Access tokens are always bound to a DPoP key.'],
  ['client_registration_types', 'texts', 'kept', FEDERATION, 'Ways of registration in a federation.'],
  ['signed_jwks_uri', 'https-url', 'kept', FEDERATION, 'A signed JWK Set for federations.'],
  ['organization_name', 'text', 'kept', FEDERATION, 'Who stands behind the client.', tag],
  ['description', 'long-text', 'kept', FEDERATION, 'What the client does.', tag],
  ['keywords', 'texts', 'kept', FEDERATION, 'Words to find it by.', tag],
  ['information_uri', 'web-url', 'kept', FEDERATION, 'A page with more about it.', tag],
  ['organization_uri', 'web-url', 'kept', FEDERATION, 'The page of who stands behind it.', tag],
  ['use_mtls_endpoint_aliases', 'boolean', 'drop', 'FAPI 2.0 Security Profile §5.2.2.1.1', 'Mutual TLS is not supported.'],
  ['encrypted_response_enc_values_supported', 'texts', 'kept', 'OpenID4VP 1.0 §5.1', 'What the client can decrypt.'],
  ['vp_formats_supported', 'object', 'kept', 'OpenID4VP 1.0 §11.1', 'The credential formats that the client understands.'],
  ['access_token_lifetime', 'seconds', 'enforced', DUENDE, "Seconds that the client's access tokens live."],
  ['access_token_type', 'text', 'enforced', DUENDE, '`Jwt`: always a signed JWT. `Reference`: always opaque, and stored. Left out, a JWT where a `resource` is named.', { oneOf: 'accessTokenTypes' }],
  ['identity_token_lifetime', 'seconds', 'enforced', DUENDE, 'Seconds that ID Tokens live.'],
  ['authorization_code_lifetime', 'seconds', 'enforced', DUENDE, 'Seconds that authorization codes live.'],
  ['absolute_refresh_token_lifetime', 'seconds', 'enforced', DUENDE, 'Seconds from the sign-in on after which no refresh works any more; 0 for no other end than that of the consent.'],
  ['sliding_refresh_token_lifetime', 'seconds', 'enforced', DUENDE, 'Seconds that a refresh token lives unused; each use starts them anew.'],
  ['refresh_token_expiration', 'text', 'enforced', DUENDE, '`Sliding`: a use prolongs it. `Absolute`: it ends when its absolute lifetime does.', { oneOf: 'refreshTokenExpirations' }],
  ['refresh_token_usage', 'text', 'enforced', DUENDE, '`OneTimeOnly`: each use gives a new refresh token. `ReUse`: it stays the same.', { oneOf: 'refreshTokenUsages' }],
  ['require_consent', 'boolean', 'enforced', DUENDE, 'Whether the end-user is asked. False only where a policy allows it.'],
  ['allow_remember_consent', 'boolean', 'enforced', DUENDE, 'False: the end-user is asked at every sign-in.'],
  ['consent_lifetime', 'seconds', 'enforced', DUENDE, 'Seconds that a consent holds, and what was issued on it.'],
  ['allowed_cors_origins', 'origins', 'enforced', DUENDE, "Browser origins that may call the authorization server's endpoints for this client; any, when left out."],
  ['require_pkce', 'boolean', 'enforced', DUENDE, 'True: PKCE in every authorization request, with no exception for requests with a `nonce`.'],
  ['coordinate_lifetime_with_user_session', 'boolean', 'enforced', DUENDE, "Whether tokens end with the end-user's session at this server."],
  ['require_client_secret', 'boolean', 'enforced', DUENDE, 'Must agree with `token_endpoint_auth_method`.'],
  ['enable_local_login', 'boolean', 'enforced', DUENDE, 'Always true: end-users sign in at this server.'],
  ['update_access_token_claims_on_refresh', 'boolean', 'refuse', DUENDE, 'Access tokens carry no claims of the end-user that could be brought up to date.'],
  ['identity_provider_restrictions', 'texts', 'refuse', DUENDE, 'End-users sign in at this server itself; there are no identity providers to choose from.'],
  ['allowed_identity_token_signing_algorithms', 'texts', 'refuse', DUENDE, 'Name the one algorithm in `id_token_signed_response_alg`.'],
  ['subject_types_supported', 'texts', 'offer', CHOICES, 'Subject types to choose from.', { offers: 'subject_type' }],
  ['id_token_signing_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for signed ID Tokens.', { offers: 'id_token_signed_response_alg' }],
  ['id_token_encryption_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for the key of encrypted ID Tokens.', { offers: 'id_token_encrypted_response_alg' }],
  ['id_token_encryption_enc_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for encrypted ID Tokens.', { offers: 'id_token_encrypted_response_enc' }],
  ['userinfo_signing_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for signed UserInfo responses.', { offers: 'userinfo_signed_response_alg' }],
  ['userinfo_encryption_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for the key of encrypted UserInfo responses.', { offers: 'userinfo_encrypted_response_alg' }],
  ['userinfo_encryption_enc_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for encrypted UserInfo responses.', { offers: 'userinfo_encrypted_response_enc' }],
  ['request_object_signing_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for request objects.', { offers: 'request_object_signing_alg' }],
  ['token_endpoint_auth_methods_supported', 'texts', 'offer', CHOICES, 'Authentication methods to choose from.', { offers: 'token_endpoint_auth_method' }],
  ['token_endpoint_auth_signing_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for client assertions.', { offers: 'token_endpoint_auth_signing_alg' }],
  ['introspection_signing_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for signed introspection responses.', { offers: 'introspection_signed_response_alg' }],
  ['introspection_encryption_alg_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for the key of encrypted introspection responses.', { offers: 'introspection_encrypted_response_alg' }],
  ['introspection_encryption_enc_values_supported', 'texts', 'offer', CHOICES, 'Algorithms to choose from, for encrypted introspection responses.', { offers: 'introspection_encrypted_response_enc' }],
  ['request_object_encryption_alg_values_supported', 'texts', 'drop', CHOICES, 'Encrypted request objects are not supported.'],
  ['request_object_encryption_enc_values_supported', 'texts', 'drop', CHOICES, 'Encrypted request objects are not supported.'],
]

/** The table, by member name, in the registry's order. */
export const METADATA_FIELDS: ReadonlyMap<string, MetadataField> = new Map(
  ROWS.map(([name, shape, support, source, summary, more]) => [
    name,
    { name, shape, support, source, summary, ...more },
  ]),
)

/**
 * Members that the server alone sets. In a registration request they have no effect (RFC 7591 §6: the server chooses
 * the `client_id`); what an update may say of them is RFC 7592 §2.2's.
 */
export const SERVER_MEMBERS = [
  'client_id',
  'client_secret',
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

/**
 * Members that others define and this server does not know: no operator's own member may have their names, because clients
 * mean something else by them. RFC 7591 §2.3; JARM §3; CIBA Core 1.0 §4; RFC 8414 §2.
 */
export const FOREIGN_MEMBERS: readonly string[] = [
  'software_statement',
  'metadata_changes',
  'response_modes',
  'authorization_signed_response_alg',
  'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc',
  'authorization_signing_alg_values_supported',
  'authorization_encryption_alg_values_supported',
  'authorization_encryption_enc_values_supported',
  'backchannel_token_delivery_mode',
  'backchannel_client_notification_endpoint',
  'backchannel_authentication_request_signing_alg',
  'backchannel_authentication_request_signing_alg_values_supported',
  'backchannel_user_code_parameter',
  'credential_offer_endpoint',
  'introspection_endpoint_auth_method',
  'introspection_endpoint_auth_signing_alg',
  'revocation_endpoint_auth_method',
  'revocation_endpoint_auth_signing_alg',
]
