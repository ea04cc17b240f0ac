import { errors, Provider } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import { isAuthMethodNamed, isLive } from '../clients/secrets.ts'
import { isRedirectUriAllowed } from '../oauth/redirect-uri.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import { clientRecordOf } from './find-client.ts'
import { isSafeRedirectUri, isUnregistered } from './unregistered-client.ts'

/** The questions that the engine asks of a client; its published types leave most of them out. */
interface EngineClientQuestions {
  redirectUriAllowed(uri: string): boolean
  postLogoutRedirectUriAllowed(uri: string): boolean
  grantTypeAllowed(type: string): boolean
  responseTypeAllowed(type: string): boolean
  compareClientSecret(secret: string): boolean
  checkClientSecretExpiration(): void
}

/** Where a refused grant is the client's own request, not a clean-up of the engine's. */
const GRANT_ROUTES = new Set(['token', 'device_authorization'])

/**
 * Answers the engine's questions about a client from our record, by the rules that registration goes by: what is
 * registered is enforced, and nothing that registration accepts is refused here.
 */
export function installClientRules(provider: Provider, clock: Clock): void {
  const model = provider.Client as unknown as {
    prototype: EngineClientQuestions
    Schema: { prototype: { redirectUris(): void } }
  }

  // The engine's own idea of redirect URIs differs from ours in places (https on localhost, private-use schemes of web
  // clients), and a client that we accepted would be refused at its first login. One judge, at registration.
  model.Schema.prototype.redirectUris = () => {}

  Object.assign(model.prototype, {
    redirectUriAllowed(uri) {
      const client = clientRecordOf(this)
      if (isUnregistered(client)) return typeof uri === 'string' && isSafeRedirectUri(uri)
      return isAmong(client.granted.redirect_uris, uri)
    },
    postLogoutRedirectUriAllowed(uri) {
      return isAmong(clientRecordOf(this).granted.post_logout_redirect_uris, uri)
    },
    grantTypeAllowed(type) {
      const { grant_types: granted, token_endpoint_auth_method: method } = clientRecordOf(this).granted
      // A public client has nothing to prove itself with (RFC 6749 §4.4); the engine would issue the token.
      const allowed = granted.includes(type) && !(type === 'client_credentials' && method === 'none')
      if (!allowed && isAskedFor(type))
        throw new errors.UnauthorizedClient('this client is not registered for the grant')
      if (type === 'authorization_code' && isAskedFor(type))
        checkCodeRedirectUri(this as EngineClientQuestions)
      return allowed
    },
    responseTypeAllowed(type) {
      if (clientRecordOf(this).granted.response_types.includes(type)) return true
      throw new errors.UnauthorizedClient('this client is not registered for the response_type')
    },
    compareClientSecret(presented) {
      return (
        usesItsMethod(clientRecordOf(this)) &&
        isLiveSecret(clientRecordOf(this), presented, nowInSeconds(clock))
      )
    },
    checkClientSecretExpiration() {
      const now = nowInSeconds(clock)
      if (clientRecordOf(this).secrets.some((secret) => isLive(secret, now))) return
      throw new errors.InvalidClientAuth('the client secret has expired')
    },
  } satisfies EngineClientQuestions & ThisType<object>)
}

/**
 * A code that was sent to a redirect URI which was removed since (RFC 7592 §2.2) may be in the wrong hands: that may be why
 * it was removed. The engine holds the presented one against the code's (RFC 6749 §4.1.3), so this judges both.
 */
function checkCodeRedirectUri(client: EngineClientQuestions): void {
  const uri = Provider.ctx?.oidc?.params?.redirect_uri
  if (typeof uri !== 'string' || client.redirectUriAllowed(uri)) return
  const error = new errors.InvalidGrant('redirect_uri not registered')
  error.error_description = 'the redirect_uri is not registered for this client'
  throw error
}

function isAmong(registered: readonly string[] | undefined, uri: unknown): boolean {
  return typeof uri === 'string' && isRedirectUriAllowed(registered ?? [], uri)
}

/** RFC 6749 §5.2 and RFC 8628 §3.2 call this `unauthorized_client`; the engine says `invalid_request`. */
function isAskedFor(grantType: string): boolean {
  const oidc = Provider.ctx?.oidc
  if (oidc === undefined || !GRANT_ROUTES.has(oidc.route)) return false
  return oidc.route === 'device_authorization'
    ? grantType.endsWith(':device_code')
    : oidc.params?.grant_type === grantType
}

/**
 * A client that named its method is bound to it (RFC 7591 §2). One that named none sends its secret either way: libraries
 * have a default of their own and do not read ours in the answer (RFC 6749 §2.3.1 allows both places).
 */
function usesItsMethod(client: ClientRecord): boolean {
  if (!isAuthMethodNamed(client)) return true
  const inHeader = Provider.ctx?.headers.authorization !== undefined
  return (
    client.granted.token_endpoint_auth_method === (inHeader ? 'client_secret_basic' : 'client_secret_post')
  )
}

function isLiveSecret({ secrets }: ClientRecord, presented: unknown, now: number): boolean {
  if (typeof presented !== 'string') return false
  const hash = sha256(presented)
  return secrets.some((secret) => isLive(secret, now) && sameHash(secret.hash, hash))
}
