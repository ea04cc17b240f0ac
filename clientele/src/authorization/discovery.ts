import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import { REGISTRATION_PATH } from '../oauth/paths.ts'
import { CLAIMS_OF_SCOPES } from './engine-pages.ts'
import { ENGINE_PATHS } from './engine-paths.ts'
import { PROMPT_VALUES } from './requested-prompt.ts'

export interface RegistrationAddress {
  /** Whether clients can register at all. */
  readonly registration?: boolean
  /** The host on which they do, without a closing slash. Default: the issuer. */
  readonly registrationUrl?: string
}

/**
 * The metadata document of RFC 8414 §2 and OpenID Connect Discovery 1.0 §3: one text for both addresses, made from the
 * issuer and the capabilities alone, never from what a request calls the server. What is not supported is left out, and
 * so is an array without elements (RFC 8414 §3.2).
 */
export function renderDiscovery(
  issuer: string,
  capabilities: Capabilities,
  { registration = true, registrationUrl = issuer }: RegistrationAddress = {},
): JsonObject {
  const at = (path: string) => issuer + path
  const usesAssertions = capabilities.authMethods.some((method) => method.endsWith('_jwt'))
  const authentication = {
    methods: capabilities.authMethods,
    ...(usesAssertions ? { algs: capabilities.authSigningAlgs } : {}),
  }
  // A public client proves nothing, so it may not ask (RFC 7662 §2.1).
  const introspection = {
    ...authentication,
    methods: authentication.methods.filter((method) => method !== 'none'),
  }
  const members: Record<string, JsonValue | undefined> = {
    issuer,
    authorization_endpoint: at(ENGINE_PATHS.authorization),
    token_endpoint: at(ENGINE_PATHS.token),
    jwks_uri: at(ENGINE_PATHS.jwks),
    registration_endpoint: registration ? registrationUrl + REGISTRATION_PATH : undefined,
    userinfo_endpoint: at(ENGINE_PATHS.userinfo),
    introspection_endpoint: introspection.methods.length > 0 ? at(ENGINE_PATHS.introspection) : undefined,
    revocation_endpoint: at(ENGINE_PATHS.revocation),
    pushed_authorization_request_endpoint: at(ENGINE_PATHS.pushedAuthorizationRequest),
    device_authorization_endpoint: capabilities.grantTypes.some((grant) => grant.endsWith(':device_code'))
      ? at(ENGINE_PATHS.deviceAuthorization)
      : undefined,
    end_session_endpoint: at(ENGINE_PATHS.endSession),

    scopes_supported: capabilities.scopes,
    claims_supported: claimsOf(capabilities.scopes),
    claim_types_supported: ['normal'],
    claims_parameter_supported: false,
    response_types_supported: capabilities.responseTypes,
    response_modes_supported: ['query', 'form_post', 'fragment'],
    grant_types_supported: capabilities.grantTypes,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: capabilities.subjectTypes,
    acr_values_supported: capabilities.acrValues,
    prompt_values_supported: PROMPT_VALUES,

    token_endpoint_auth_methods_supported: authentication.methods,
    token_endpoint_auth_signing_alg_values_supported: authentication.algs,
    introspection_endpoint_auth_methods_supported: introspection.methods,
    introspection_endpoint_auth_signing_alg_values_supported: introspection.algs,
    revocation_endpoint_auth_methods_supported: authentication.methods,
    revocation_endpoint_auth_signing_alg_values_supported: authentication.algs,

    ...signed('id_token', capabilities.idTokenSigningAlgs, capabilities),
    ...signed('userinfo', capabilities.userinfoSigningAlgs, capabilities),
    ...signed('introspection', capabilities.introspectionSigningAlgs, capabilities),
    request_parameter_supported: capabilities.requestObjectSigningAlgs.length > 0,
    // Its default is true (OpenID Connect Discovery 1.0 §3): an omission would announce it.
    request_uri_parameter_supported: false,
    request_object_signing_alg_values_supported: capabilities.requestObjectSigningAlgs,
    dpop_signing_alg_values_supported: capabilities.dpopSigningAlgs,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => isPresent(value)))
}

/**
 * The paths of the document on the issuer's host. For an issuer with a path, RFC 8414 §3.1 inserts the well-known segment
 * before it and OpenID Connect Discovery 1.0 §4 appends it; clients do either with either name.
 */
export function discoveryPaths(issuer: string): readonly string[] {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const wellKnown = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
  if (path === '') return wellKnown
  return [...wellKnown.map((segment) => segment + path), ...wellKnown.map((segment) => path + segment)]
}

function signed(
  kind: string,
  algs: readonly string[],
  { encryptionAlgs, encryptionEncs }: Capabilities,
): JsonObject {
  return {
    [`${kind}_signing_alg_values_supported`]: algs,
    [`${kind}_encryption_alg_values_supported`]: encryptionAlgs,
    [`${kind}_encryption_enc_values_supported`]: encryptionEncs,
  }
}

function claimsOf(scopes: readonly string[]): readonly string[] {
  return [
    ...new Set([...scopes.flatMap((scope) => CLAIMS_OF_SCOPES[scope] ?? []), 'auth_time', 'iss', 'sid']),
  ]
}

function isPresent(value: JsonValue | undefined): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}
