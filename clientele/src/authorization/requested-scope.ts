import { type Client, Provider } from 'oidc-provider'
import { clientRecordOf } from './find-client.ts'

/** Scopes that mean an end-user, which a client that acts for itself has none of (RFC 6749 §4.4). */
const END_USER_SCOPES = new Set(['openid', 'offline_access', 'profile', 'email', 'address', 'phone'])

interface OidcContext {
  readonly route: string
  readonly params?: Record<string, unknown>
  entity(name: string, value: unknown): void
}

interface ClientModel {
  readonly prototype: { responseModeAllowed(...question: unknown[]): boolean }
}

/**
 * A request that names no scope asks for all that the client has registered (RFC 6749 §3.3): many MCP clients name none,
 * and the engine would end their login with `access_denied` for want of anything to grant. The engine has no place for
 * such a default, so it is put in at its last question before it looks at the scope: about the response mode for an
 * authorization request (by then a request object has been unpacked, RFC 9101 §6.3), who the client is for the others.
 */
export function installDefaultScope(provider: Provider): void {
  const client = (provider.Client as unknown as ClientModel).prototype
  const responseModeAllowedAsIs = client.responseModeAllowed
  client.responseModeAllowed = function (...question) {
    fillIn(Provider.ctx?.oidc as OidcContext | undefined, registeredScope(this))
    return responseModeAllowedAsIs.apply(this, question)
  }

  const context = provider.OIDCContext.prototype as unknown as OidcContext
  const entityAsIs = context.entity
  context.entity = function (name, value) {
    if (name === 'Client') {
      const { route, params } = this
      if (route === 'device_authorization') fillIn(this, registeredScope(value as Client))
      else if (route === 'token' && params?.grant_type === 'client_credentials') {
        fillIn(this, withoutEndUser(registeredScope(value as Client)))
      }
    }
    entityAsIs.call(this, name, value)
  }
}

function fillIn(context: OidcContext | undefined, scope: string): void {
  if (context?.params !== undefined && context.params.scope === undefined && scope !== '')
    context.params.scope = scope
}

function registeredScope(client: object): string {
  return clientRecordOf(client).granted.scope
}

function withoutEndUser(scope: string): string {
  return scope
    .split(' ')
    .filter((value) => !END_USER_SCOPES.has(value))
    .join(' ')
}
