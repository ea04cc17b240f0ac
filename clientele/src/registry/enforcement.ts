import { isRedirectUriAllowed as isAmong } from '../oauth/redirect-uri.ts'
import { scopeValues } from '../oauth/scope.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import { hasSecret, type RegistryClient, type SecretHash } from './registry-client.ts'

/**
 * What another authorization server asks about a client before it serves it, answered by the rules that registration goes
 * by: registered means enforced. Pure: the time is handed in.
 */

/**
 * Whether the client may be served at all at `now` (epoch seconds): it is active and, where it authenticates with a secret, has one
 * that has not expired. Ask this first, and again when a token of the client is used.
 */
export function isUsable(client: RegistryClient, now: number): boolean {
  if (client.status !== 'active') return false
  return !hasSecret(client) || client.secret_hashes.some((secret) => isLive(secret, now))
}

/**
 * Whether the client registered this redirect URI: equal character by character (RFC 9700 §2.1), but for the port of a
 * loopback address, which an installed program chooses when it runs (RFC 8252 §7.3). When it is false, show the end-user a
 * page: never redirect there (RFC 6749 §4.1.2.1).
 */
export function isRedirectUriAllowed(client: RegistryClient, uri: string): boolean {
  return typeof uri === 'string' && isAmong(client.metadata.redirect_uris, uri)
}

/** Whether the client may use the grant (RFC 6749 §5.2, `unauthorized_client`). Public clients have no client credentials. */
export function isGrantTypeAllowed(client: RegistryClient, grantType: string): boolean {
  const { grant_types, token_endpoint_auth_method } = client.metadata
  const hasNothingToProve = grantType === 'client_credentials' && token_endpoint_auth_method === 'none'
  return grant_types.includes(grantType) && !hasNothingToProve
}

/** Whether the client may ask for the response type (RFC 6749 §4.1.2.1, `unauthorized_client`). */
export function isResponseTypeAllowed(client: RegistryClient, responseType: string): boolean {
  return client.metadata.response_types.includes(responseType)
}

/** Where a secret may stand in a request (RFC 6749 §2.3.1). */
const SECRET_PLACES = ['client_secret_basic', 'client_secret_post']

/**
 * Whether the client may authenticate so: by the one method that it registered, and no weaker one (RFC 7591 §2). One that named
 * none was given `client_secret_basic` and may send its secret either way: libraries have a default of their own.
 */
export function isAuthMethodAllowed(client: RegistryClient, method: string): boolean {
  const { token_endpoint_auth_method: registered } = client.metadata
  if (registered === method) return true
  const isDefault = client.token_endpoint_auth_method_named === false && registered === 'client_secret_basic'
  return isDefault && SECRET_PLACES.includes(method)
}

/**
 * The scopes of a request that the client may have, in the order of the request; all that are registered when it names none
 * (RFC 6749 §3.3). Empty when nothing is left: a client without a scope has none, not all.
 */
export function allowedScopes(client: RegistryClient, requested?: string): readonly string[] {
  const registered = scopeValues(client.metadata.scope)
  if (requested === undefined) return registered
  return scopeValues(requested).filter((scope) => registered.includes(scope))
}

/**
 * Whether a presented secret is one of the client's that have not expired at `now` (epoch seconds), compared in constant
 * time. False for a client whose method has no secret.
 */
export function verifyClientSecret(client: RegistryClient, secret: string, now: number): boolean {
  if (typeof secret !== 'string' || !hasSecret(client)) return false
  const hash = sha256(secret)
  return client.secret_hashes.some((stored) => isLive(stored, now) && sameHash(stored.hash, hash))
}

/**
 * Whether an authorization request of the client must have a code challenge (RFC 7636): always for public clients
 * (RFC 9700 §2.1.1), and for those that registered so.
 */
export function isPkceRequired(client: RegistryClient): boolean {
  return client.metadata.token_endpoint_auth_method === 'none' || client.metadata.require_pkce === true
}

function isLive({ expires_at }: SecretHash, now: number): boolean {
  return expires_at === 0 || expires_at > now
}
