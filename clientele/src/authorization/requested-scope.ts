import { type Client, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Capabilities } from '../oauth/capabilities.ts'
import { parseScope } from '../oauth/scope.ts'
import { clientRecordOf } from './find-client.ts'

/** Scopes that mean an end-user, which a client that acts for itself has none of (RFC 6749 §4.4). */
const END_USER_SCOPES = new Set(['openid', 'offline_access', 'profile', 'email', 'address', 'phone'])

/** As much of the request as an error repeats. */
const LONGEST_ECHO = 200

interface OidcContext {
  readonly route: string
  readonly params?: Record<string, unknown>
  entity(name: string, value: unknown): void
}

interface ClientModel {
  readonly prototype: { responseModeAllowed(...question: unknown[]): boolean }
}

/** The authorization requests that asked for `offline_access`, before the engine takes it away. */
const asksForOfflineAccess = new WeakSet<object>()

/**
 * The scope of a request, before anybody is asked to sign in for it.
 *
 * - One that names no scope asks for all that the client has registered (RFC 6749 §3.3): many MCP clients name none, and
 *   the engine would end their login with `access_denied` for want of anything to grant.
 * - One that names only what nobody can grant is `invalid_scope` (RFC 6749 §4.1.2.1); granting something else instead
 *   would give what was not asked for.
 *
 * The engine has no place for either, so they are put in at its last question before it looks at the scope: about the
 * response mode for an authorization request (by then a request object has been unpacked, RFC 9101 §6.3), who the client
 * is for the others.
 */
export function installRequestedScope(provider: Provider, { scopes }: Pick<Capabilities, 'scopes'>): void {
  const known = new Set(scopes)
  const client = (provider.Client as unknown as ClientModel).prototype
  const responseModeAllowedAsIs = client.responseModeAllowed
  client.responseModeAllowed = function (...question) {
    const oidc = Provider.ctx?.oidc as OidcContext | undefined
    settle(oidc, this, registeredScope(this), known)
    if (oidc !== undefined && scopeOf(oidc).includes('offline_access')) asksForOfflineAccess.add(oidc)
    return responseModeAllowedAsIs.apply(this, question)
  }

  const context = provider.OIDCContext.prototype as unknown as OidcContext
  const entityAsIs = context.entity
  context.entity = function (name, value) {
    if (name === 'Client') {
      const { route, params } = this
      if (route === 'device_authorization')
        settle(this, value as Client, registeredScope(value as Client), known)
      else if (route === 'token' && params?.grant_type === 'client_credentials') {
        settle(this, value as Client, withoutEndUser(registeredScope(value as Client)), known)
      }
    }
    entityAsIs.call(this, name, value)
  }
}

/**
 * Gives `offline_access` back that the engine took away because the request does not say `prompt=consent`. OpenID Connect
 * Core 1.0 §11 leaves other conditions to the server: here a client with the refresh token grant gets a refresh token
 * anyway, and the consent page says so every time.
 */
export function keepOfflineAccess({ oidc }: KoaContextWithOIDC): void {
  const params = oidc.params as Record<string, unknown> | undefined
  if (params === undefined || !asksForOfflineAccess.has(oidc) || !mayRefresh(oidc.client!)) return
  const scope = scopeOf(oidc as unknown as OidcContext)
  if (!scope.includes('offline_access')) params.scope = [...scope, 'offline_access'].join(' ')
}

function settle(
  context: OidcContext | undefined,
  client: object,
  standard: string,
  known: ReadonlySet<string>,
): void {
  if (context?.params === undefined) return
  if (context.params.scope === undefined && standard !== '') context.params.scope = standard
  const asked = scopeOf(context)
  const isPossible = (scope: string) => known.has(scope) && (scope !== 'offline_access' || mayRefresh(client))
  if (asked.length === 0 || asked.some(isPossible)) return
  const echo = asked.join(' ').slice(0, LONGEST_ECHO)
  throw new errors.InvalidScope(`none of these scope values can be granted to this client: ${echo}`, echo)
}

/** The values that are asked for; none where the text is not a scope at all, which the engine refuses. */
function scopeOf({ params }: OidcContext): readonly string[] {
  return typeof params?.scope === 'string' ? (parseScope(params.scope) ?? []) : []
}

function mayRefresh(client: object): boolean {
  return clientRecordOf(client).granted.grant_types.includes('refresh_token')
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
