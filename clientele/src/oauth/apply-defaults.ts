import { type Capabilities, DEVICE_CODE } from './capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from './client-metadata.ts'
import type { Draft, DroppedValue } from './draft.ts'
import { ENCRYPTED_RESPONSES } from './encrypted-responses.ts'
import type { Problem } from './errors.ts'
import { classifyRedirectUri } from './redirect-uri.ts'
import { withoutIdleBehaviour } from './token-behaviour.ts'

/**
 * Puts the defaults in as values (RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2) and makes grants and
 * response types agree (RFC 7591 §2.1), always towards less. No default goes beyond what the server can do (RFC 7591 §3.2.1).
 */
export function applyDefaults(
  draft: Draft<ClientMetadata>,
  capabilities: Capabilities,
): Draft<CompleteMetadata> {
  const asked = draft.metadata
  const dropped = [...draft.dropped]
  const problems: Problem[] = []
  const redirectUris = asked.redirect_uris ?? []
  const applicationType = inferApplicationType(asked, redirectUris, dropped)
  const authMethod = asked.token_endpoint_auth_method ?? defaultAuthMethod(capabilities, problems)
  const named =
    asked.grant_types ?? supportedGrants(defaultGrantTypes(draft, redirectUris), capabilities, problems)
  const grantTypes = consistentGrantTypes(named, authMethod, dropped)
  const idTokenAlg =
    asked.id_token_signed_response_alg ?? standardOr('RS256', capabilities.idTokenSigningAlgs)
  const complete: CompleteMetadata = {
    ...withoutMeaningless(asked, authMethod, dropped),
    ...encryptionDefaults(asked, idTokenAlg),
    redirect_uris: redirectUris,
    token_endpoint_auth_method: authMethod,
    grant_types: grantTypes,
    response_types: consistentResponseTypes(asked, grantTypes, dropped),
    application_type: applicationType,
    scope: asked.scope ?? capabilities.defaultScopes.join(' '),
    subject_type: asked.subject_type ?? standardOr('public', capabilities.subjectTypes),
    id_token_signed_response_alg: idTokenAlg,
  }
  const faulty = new Set(draft.problems.map(({ member }) => member))
  const news = problems.filter(({ member }) => !faulty.has(member))
  return {
    ...draft,
    dropped,
    problems: [...draft.problems, ...news],
    metadata: withoutIdleBehaviour(complete, dropped),
  }
}

/** The server may put another value in the place of what a client leaves out, and the answer shows it (RFC 7591 §2, §3.2.1). */
function standardOr(standard: string, supported: readonly string[]): string {
  return supported.includes(standard) ? standard : (supported[0] ?? standard)
}

/** Another way to show the secret is no other client; one that has none, or keys instead, is: that a client must say itself. */
function defaultAuthMethod({ authMethods }: Capabilities, problems: Problem[]): string {
  const method = ['client_secret_basic', 'client_secret_post'].find((known) => authMethods.includes(known))
  if (method !== undefined) return method
  problems.push(unnamed('token_endpoint_auth_method', 'client_secret_basic', authMethods))
  return 'client_secret_basic'
}

function supportedGrants(
  standard: readonly string[],
  { grantTypes }: Capabilities,
  problems: Problem[],
): readonly string[] {
  const kept = standard.filter((grant) => grantTypes.includes(grant))
  if (kept.some(givesRefreshTokens)) return kept
  problems.push(unnamed('grant_types', standard[0]!, grantTypes))
  return standard
}

function unnamed(member: string, standard: string, supported: readonly string[]): Problem {
  return {
    member,
    reason: `${member}.unsupported`,
    message: `must be named: where it is left out it means ${standard}, which is not supported; supported: ${supported.join(', ')}`,
    rule: 'RFC 7591 §2',
  }
}

/**
 * `application_type` does not exist in RFC 7591, most clients of it never send it, and some send `web` with a loopback
 * or private-use redirect URI (Cursor, oidc-agent). Such a client is native whatever it said: nobody is locked out for
 * an omission, and the answer shows what was registered.
 */
function inferApplicationType(
  asked: ClientMetadata,
  redirectUris: readonly string[],
  dropped: DroppedValue[],
): string {
  // Another value stays, for the consistency check to refuse.
  if (asked.application_type !== undefined && asked.application_type !== 'web') return asked.application_type
  const installed = redirectUris.some(isOfInstalledProgram)
  if (installed && asked.application_type === 'web') {
    dropped.push({ member: 'application_type', value: 'web', reason: 'application_type.inferred' })
  }
  return installed ? 'native' : 'web'
}

function isOfInstalledProgram(uri: string): boolean {
  // The judge is dear and is asked again over the final metadata; of https it need not be asked here.
  if (uri.startsWith('https:')) return false
  const judged = classifyRedirectUri(uri).class
  return judged === 'loopback' || judged === 'private-use'
}

function consistentGrantTypes(
  asked: readonly string[],
  authMethod: string,
  dropped: DroppedValue[],
): readonly string[] {
  let grantTypes = asked
  const drop = (value: string, reason: string) => {
    grantTypes = grantTypes.filter((grant) => grant !== value)
    dropped.push({ member: 'grant_types', value, reason: `grant_types.${reason}` })
  }
  // Only confidential clients may use it (RFC 6749 §4.4); alone, it is refused by the consistency check instead.
  if (authMethod === 'none' && grantTypes.includes('client_credentials') && grantTypes.length > 1) {
    drop('client_credentials', 'public_client')
  }
  // Nothing that such a client can do gives it a refresh token (RFC 6749 §4.4.3).
  if (grantTypes.includes('refresh_token') && !grantTypes.some(givesRefreshTokens) && grantTypes.length > 1) {
    drop('refresh_token', 'without_code')
  }
  return grantTypes
}

/**
 * RFC 7591 §2 says `authorization_code`. A client that calls itself native and names no grants at all gets
 * `refresh_token` beside it: ownCloud's apps send nothing and refresh all the same (docs/spec/choices.md). Where a policy took
 * the grants away that a client named, one that named none of these gets none: it sends back what it read (RFC 7592 §2.2),
 * and its type, which it had not named before, must not give it more than it has.
 */
function defaultGrantTypes(
  { metadata, requested }: Draft<ClientMetadata>,
  redirectUris: readonly string[],
): readonly string[] {
  const isNative = metadata.application_type === 'native' && redirectUris.length > 0
  return isNative && (requested.grant_types?.includes('refresh_token') ?? true)
    ? ['authorization_code', 'refresh_token']
    : ['authorization_code']
}

function consistentResponseTypes(
  asked: ClientMetadata,
  grantTypes: readonly string[],
  dropped: DroppedValue[],
): readonly string[] {
  const hasCode = grantTypes.includes('authorization_code')
  if (!asked.response_types) return hasCode ? ['code'] : []
  // Settled by a gate, not by the client: it stands, and the consistency check refuses the grant.
  if (asked.response_types.length === 0) return []
  if (!hasCode && asked.response_types.includes('code')) {
    dropped.push({ member: 'response_types', value: 'code', reason: 'response_types.without_grant' })
  }
  return hasCode ? ['code'] : []
}

export function givesRefreshTokens(grant: string): boolean {
  return grant === 'authorization_code' || grant === DEVICE_CODE
}

/** `token_endpoint_auth_signing_alg` says nothing for a method that signs nothing. */
function withoutMeaningless(
  asked: ClientMetadata,
  authMethod: string,
  dropped: DroppedValue[],
): ClientMetadata {
  const { token_endpoint_auth_signing_alg: alg, ...rest } = asked
  if (alg === undefined || authMethod.endsWith('_jwt')) return asked
  dropped.push({
    member: 'token_endpoint_auth_signing_alg',
    value: alg,
    reason: 'token_endpoint_auth_signing_alg.without_assertion',
  })
  return rest
}

/**
 * `*_enc` is A128CBC-HS256 where its `*_alg` was given (OIDC Registration §2). The engine encrypts UserInfo responses
 * only when they are signed, so such a client gets them signed like its ID Tokens, and the answer says so.
 */
function encryptionDefaults(asked: ClientMetadata, idTokenAlg: string): ClientMetadata {
  const defaults: Record<string, string> = {}
  for (const { alg, enc } of ENCRYPTED_RESPONSES) {
    if (asked[alg] && !asked[enc]) defaults[enc] = 'A128CBC-HS256'
  }
  if (asked.userinfo_encrypted_response_alg && !asked.userinfo_signed_response_alg) {
    defaults.userinfo_signed_response_alg = idTokenAlg
  }
  return defaults
}
