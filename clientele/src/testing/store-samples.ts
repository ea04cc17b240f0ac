import type { ApiKeyRecord } from '../clients/api-key.ts'
import type { ClientRecord } from '../clients/client.ts'
import { encodeKey } from '../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import type { ServiceAccountRecord } from '../clients/service-account.ts'
import { createKeys, uuidFromKey } from '../runtime/time-ordered.ts'
import type {
  AccountRecord,
  ArtifactRecord,
  AuditAction,
  AuditRecord,
  SigningKeyRecord,
} from '../stores/store.ts'

/** The second in which every sample was made. */
export const SAMPLE_TIME = 1_790_000_000

const keys = createKeys({ milliseconds: () => SAMPLE_TIME * 1000 })

/** The key of a record that nobody has yet. */
export function sampleKey(): number {
  return keys.next()
}

/** A client as registration stores it, with an id of its own. */
export function sampleClient(override: Partial<ClientRecord> = {}): ClientRecord {
  const metadata = {
    client_name: 'Sample',
    redirect_uris: ['https://client.example/callback'],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  const defaults = {
    application_type: 'web',
    scope: 'openid',
    id_token_signed_response_alg: 'ES256',
    subject_type: 'public',
  }
  return {
    id: uuidFromKey(sampleKey()),
    door: 'registration_request',
    requested: metadata,
    granted: { ...metadata, ...defaults },
    dropped: [{ member: 'grant_types', value: ['implicit'], reason: 'grant_types.unsupported' }],
    caller: { gate: 'open' },
    secrets: [{ hash: 'h', sealed: 's', createdAt: SAMPLE_TIME, expiresAt: 0 }],
    registrationAccessTokenHash: 'r',
    createdAt: SAMPLE_TIME,
    updatedAt: SAMPLE_TIME,
    revision: 1,
    ...override,
  }
}

/** The audit record of `action` on `subject`. */
export function sampleAudit(subject: string, action: AuditAction = 'client.registered'): AuditRecord {
  return { action, at: SAMPLE_TIME, subject, actor: 'open' }
}

/** An initial access token with one use and no expiry. */
export function sampleInitialAccessToken(
  override: Partial<InitialAccessTokenRecord> = {},
): InitialAccessTokenRecord {
  return {
    id: encodeKey(sampleKey()),
    hash: 'h',
    usesLeft: 1,
    expiresAt: null,
    createdAt: SAMPLE_TIME,
    ...override,
  }
}

/** An API key that may register, without expiry. */
export function sampleApiKey(override: Partial<ApiKeyRecord> = {}): ApiKeyRecord {
  return {
    id: encodeKey(sampleKey()),
    hash: 'h',
    permissions: ['authenticate', 'oauth-client-registration'],
    expiresAt: null,
    createdAt: SAMPLE_TIME,
    ...override,
  }
}

/** A service account with a name of its own that may register. */
export function sampleServiceAccount(override: Partial<ServiceAccountRecord> = {}): ServiceAccountRecord {
  return {
    name: `service-${encodeKey(sampleKey())}`,
    passwordHash: '$argon2id$',
    owner: `service_account:${encodeKey(sampleKey())}`,
    permissions: ['authenticate', 'oauth-client-registration'],
    createdAt: SAMPLE_TIME,
    ...override,
  }
}

/** An access token under a growing id. */
export function sampleArtifact(override: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return {
    kind: 'AccessToken',
    id: encodeKey(sampleKey()),
    hash: 'h',
    payload: { scope: 'openid' },
    clientId: 'c',
    expiresAt: SAMPLE_TIME + 600,
    ...override,
  }
}

/** An account with an email address of its own. */
export function sampleAccount(override: Partial<AccountRecord> = {}): AccountRecord {
  const id = uuidFromKey(sampleKey())
  return {
    id,
    email: `${id}@client.example`,
    passwordHash: '$argon2id$',
    createdAt: SAMPLE_TIME,
    ...override,
  }
}

/** A signing key. */
export function sampleSigningKey(override: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  const kid = encodeKey(sampleKey())
  const publicJwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid }
  return { kid, alg: 'ES256', publicJwk, sealedPrivateJwk: 's', createdAt: SAMPLE_TIME, ...override }
}
