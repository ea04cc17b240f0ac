import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { ClientRecord, StoredSecret } from './client.ts'

const SECRET_METHODS = new Set(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])

/** Whether a client of this metadata has a secret (RFC 7591 §2: `none` has none). */
export function needsSecret(metadata: Pick<CompleteMetadata, 'token_endpoint_auth_method'>): boolean {
  return SECRET_METHODS.has(metadata.token_endpoint_auth_method)
}

/**
 * Whether the client, its gate or its software statement chose `token_endpoint_auth_method`; otherwise it is the default
 * (RFC 7591 §2), and the secret may come in the header or in the body (RFC 6749 §2.3.1).
 */
export function isAuthMethodNamed({ requested, fixed, vouched }: ClientRecord): boolean {
  return [requested, fixed, vouched?.metadata].some(
    (source) => source?.token_endpoint_auth_method !== undefined,
  )
}

/** What a sealed secret is bound to: moved to another client's record, it does not open. */
export function secretContext(clientId: string): string {
  return `client_secret:${clientId}`
}

/** The newest secret that has not expired at `now` (epoch seconds). */
export function currentSecret(client: Pick<ClientRecord, 'secrets'>, now: number): StoredSecret | undefined {
  return client.secrets.find((secret) => isLive(secret, now))
}

/** Whether a secret may still be used; 0 means for ever (RFC 7591 §3.2.1). */
export function isLive(secret: StoredSecret, now: number): boolean {
  return secret.expiresAt === 0 || secret.expiresAt > now
}
