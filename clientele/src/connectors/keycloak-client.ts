import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import {
  type Bindings,
  checkKnown,
  checkLengths,
  checkMirrorable,
  checkNoWildcards,
} from './check-mirrorable.ts'
import type { ConnectedClient, ConnectedCredentials } from './connector.ts'

/** Mark the clients that a connector made, by its name and by the registry whose clients they are. */
export const CONNECTOR_ATTRIBUTE = 'clientele.connector'
export const REGISTRY_ATTRIBUTE = 'clientele.registry'

/** Who made a client. */
export interface Maker {
  readonly name: string
  /** The public address of the registry: others may mirror into the same server. */
  readonly registry: string
}

const AUTHENTICATORS: Readonly<Record<string, string>> = {
  none: 'client-secret',
  client_secret_basic: 'client-secret',
  client_secret_post: 'client-secret',
  client_secret_jwt: 'client-secret-jwt',
  private_key_jwt: 'client-jwt',
}
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE]

/** The columns of Keycloak's database for all but attributes. */
const MOST_CHARACTERS = 255

/** What a client in Keycloak is bound to by other means than its representation, or by none. */
const BINDINGS: Bindings = {
  // A protocol mapper there, with a salt of its own: other subjects than those that this server would give.
  subject_type: ['public'],
  introspection_encrypted_response_alg: [],
  introspection_signed_response_alg: [],
}

/** The `ClientRepresentation` of a client. Complete, because what a PUT leaves out stays as it was. */
export function toKeycloak(
  client: ConnectedClient,
  { clientSecret }: ConnectedCredentials,
  maker: Maker,
): JsonObject {
  const { metadata } = client
  const { token_endpoint_auth_method: method, redirect_uris, grant_types } = metadata
  const logoutUris = metadata.post_logout_redirect_uris ?? []
  checkMirrorable(client, BINDINGS)
  checkKnown('token_endpoint_auth_method', [method], Object.keys(AUTHENTICATORS))
  checkKnown('grant_types', grant_types, GRANT_TYPES)
  checkKnown('response_types', metadata.response_types, ['code'])
  checkNoWildcards('redirect_uris', redirect_uris)
  checkNoWildcards('post_logout_redirect_uris', logoutUris)
  const { client_name = '', client_uri = '', allowed_cors_origins = [] } = metadata
  checkLengths(
    { client_id: client.id, client_name, client_uri, redirect_uris, allowed_cors_origins },
    MOST_CHARACTERS,
  )
  const isPublic = method === 'none'
  return {
    clientId: client.id,
    name: client_name,
    baseUrl: client_uri,
    protocol: 'openid-connect',
    enabled: true,
    publicClient: isPublic,
    clientAuthenticatorType: AUTHENTICATORS[method]!,
    ...(clientSecret === undefined ? {} : { secret: clientSecret }),
    redirectUris: redirect_uris,
    webOrigins: allowed_cors_origins,
    bearerOnly: false,
    standardFlowEnabled: grant_types.includes('authorization_code'),
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: grant_types.includes('client_credentials') && !isPublic,
    consentRequired: metadata.require_consent !== false,
    // The roles of the end-user that nobody gave to this client stay out of its tokens.
    fullScopeAllowed: false,
    frontchannelLogout: false,
    attributes: attributesOf(metadata, maker, client.revision),
  }
}

/** Attributes are text. An empty one removes what was there. */
function attributesOf(metadata: CompleteMetadata, { name, registry }: Maker, revision: number): JsonObject {
  const { grant_types, jwks, jwks_uri } = metadata
  const needsPkce = metadata.token_endpoint_auth_method === 'none' || metadata.require_pkce === true
  return {
    [CONNECTOR_ATTRIBUTE]: name,
    [REGISTRY_ATTRIBUTE]: registry,
    'clientele.revision': `${revision}`,
    'oauth2.device.authorization.grant.enabled': `${grant_types.includes(DEVICE_CODE)}`,
    'oidc.ciba.grant.enabled': 'false',
    'use.refresh.tokens': `${grant_types.includes('refresh_token')}`,
    'client_credentials.use_refresh_token': 'false',
    'pkce.code.challenge.method': needsPkce ? 'S256' : '',
    // "-" stands for none; left out, Keycloak would take the redirect URIs.
    'post.logout.redirect.uris': metadata.post_logout_redirect_uris?.join('##') || '-',
    'use.jwks.url': `${jwks_uri !== undefined}`,
    'jwks.url': text(jwks_uri),
    'use.jwks.string': `${jwks !== undefined}`,
    'jwks.string': jwks === undefined ? '' : JSON.stringify(jwks),
    'token.endpoint.auth.signing.alg': text(metadata.token_endpoint_auth_signing_alg),
    'id.token.signed.response.alg': text(metadata.id_token_signed_response_alg),
    'id.token.encrypted.response.alg': text(metadata.id_token_encrypted_response_alg),
    'id.token.encrypted.response.enc': text(metadata.id_token_encrypted_response_enc),
    'user.info.response.signature.alg': text(metadata.userinfo_signed_response_alg),
    'user.info.encrypted.response.alg': text(metadata.userinfo_encrypted_response_alg),
    'user.info.encrypted.response.enc': text(metadata.userinfo_encrypted_response_enc),
    'request.object.signature.alg': text(metadata.request_object_signing_alg),
    'request.object.required':
      metadata.require_signed_request_object === true ? 'request or request_uri' : '',
    'require.pushed.authorization.requests': `${metadata.require_pushed_authorization_requests === true}`,
    'dpop.bound.access.tokens': `${metadata.dpop_bound_access_tokens === true}`,
    'backchannel.logout.url': text(metadata.backchannel_logout_uri),
    'backchannel.logout.session.required': `${metadata.backchannel_logout_session_required === true}`,
    'access.token.lifespan': text(metadata.access_token_lifetime),
    logoUri: text(metadata.logo_uri),
    policyUri: text(metadata.policy_uri),
    tosUri: text(metadata.tos_uri),
  }
}

function text(value: JsonValue | undefined): string {
  return value === undefined || value === null ? '' : String(value)
}
