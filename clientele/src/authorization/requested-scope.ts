import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { type Capabilities, DEVICE_CODE } from '../oauth/capabilities.ts'
import { clientRecordOf } from './find-client.ts'
import { checkScope, narrowScope, noneOf, scopeValues } from './narrow-scope.ts'

/** Scopes that mean an end-user, which a client that acts for itself has none of (RFC 6749 §4.4). */
const END_USER_SCOPES = new Set(['openid', 'offline_access', 'profile', 'email', 'address', 'phone'])

interface OidcContext {
  readonly route: string
  readonly params?: Record<string, unknown>
  readonly entities: Readonly<Record<string, { readonly scope?: string } | undefined>>
  entity(name: string, value: unknown): void
}

interface ClientModel {
  readonly prototype: {
    responseModeAllowed(...question: unknown[]): boolean
    grantTypeAllowed(type: string): boolean
  }
}

/** What a token is made from that stands on a consent. */
const SOURCES = ['RefreshToken', 'AuthorizationCode', 'DeviceCode'] as const

/** The authorization requests that asked for `offline_access` and can get it, before the engine takes it away. */
const asksForOfflineAccess = new WeakSet<object>()

/**
 * The scope of a request, before anybody is asked to sign in for it. What can be granted is what is asked for, registered
 * and supported, all three; the engine lets values pass that it does not know, and would write them into a token.
 *
 * - One that names no scope asks for all that the client has registered (RFC 6749 §3.3): many MCP clients name none, and
 *   the engine would end their login with `access_denied` for want of anything to grant.
 * - One that names something that can be granted is narrowed to it, and the answer's `scope` says so.
 * - One that names only what cannot be granted is `invalid_scope` (RFC 6749 §4.1.2.1); granting something else instead
 *   would give what was not asked for.
 *
 * The engine has no place for this, so it is put in at its last question before it looks at the scope: about the response
 * mode for an authorization request (by then a request object has been unpacked, RFC 9101 §6.3), about the grant type for
 * the others (by then the client has authenticated, so that nobody else learns what it registered).
 */
export function installRequestedScope(provider: Provider, { scopes }: Pick<Capabilities, 'scopes'>): void {
  const known = new Set(scopes)
  const client = (provider.Client as unknown as ClientModel).prototype
  const { responseModeAllowed: responseModeAllowedAsIs, grantTypeAllowed: grantTypeAllowedAsIs } = client
  client.responseModeAllowed = function (...question) {
    const oidc = Provider.ctx?.oidc as OidcContext | undefined
    if (oidc?.params !== undefined) {
      narrowScope(oidc.params, grantable(this, known))
      if (scopeValues(oidc.params).includes('offline_access')) asksForOfflineAccess.add(oidc)
    }
    return responseModeAllowedAsIs.apply(this, question)
  }
  client.grantTypeAllowed = function (type) {
    const allowed = grantTypeAllowedAsIs.call(this, type)
    const oidc = Provider.ctx?.oidc as OidcContext | undefined
    if (allowed && oidc?.params !== undefined) settleGrant(oidc.route, type, oidc.params, this, known)
    return allowed
  }

  const context = provider.OIDCContext.prototype as unknown as OidcContext
  const entityAsIs = context.entity
  context.entity = function (name, value) {
    entityAsIs.call(this, name, value)
    // The engine's last word before it stores the token.
    if (name === 'AccessToken' && this.route === 'token') checkSomethingRemains(this)
  }
}

/**
 * Gives `offline_access` back that the engine took away because the request does not say `prompt=consent`. OpenID Connect
 * Core 1.0 §11 leaves other conditions to the server: here a client with the refresh token grant gets a refresh token
 * anyway, and the consent page says so every time.
 */
export function keepOfflineAccess({ oidc }: KoaContextWithOIDC): void {
  const params = oidc.params as Record<string, unknown> | undefined
  if (params === undefined || !asksForOfflineAccess.has(oidc)) return
  const scope = scopeValues(params)
  if (!scope.includes('offline_access')) params.scope = [...scope, 'offline_access'].join(' ')
}

function settleGrant(
  route: string,
  type: string,
  params: Record<string, unknown>,
  client: object,
  known: ReadonlySet<string>,
): void {
  const possible = grantable(client, known)
  if (route === 'device_authorization' && type === DEVICE_CODE) narrowScope(params, possible)
  if (route !== 'token' || params.grant_type !== type) return
  if (type === 'client_credentials') {
    const standard = possible.filter((scope) => !END_USER_SCOPES.has(scope))
    // A value of ours that the client did not register is left in: the engine refuses the request for it.
    const refused = [...known].filter((scope) => !registeredScopes(client).includes(scope))
    narrowScope(params, possible, { standard, refused })
  }
  // RFC 6749 §6: what was never granted is refused by the engine; what was withdrawn since is cut by `scope-ceiling.ts`.
  if (type === 'refresh_token') checkScope(params, possible)
}

/** A consent of which nothing is left, because the client's scope was narrowed since, gives no token without a scope. */
function checkSomethingRemains({ params, entities }: OidcContext): void {
  const consented = SOURCES.map((source) => entities[source]?.scope).find((scope) => scope !== undefined)
  const asked = typeof params?.scope === 'string' ? params.scope : consented
  if (!asked || entities.AccessToken?.scope) return
  throw noneOf(asked, 'any more')
}

/** What is registered and supported: an operator may have withdrawn a scope since. */
function grantable(client: object, known: ReadonlySet<string>): readonly string[] {
  return registeredScopes(client).filter(
    (scope) => known.has(scope) && (scope !== 'offline_access' || mayRefresh(client)),
  )
}

/** Whether `offline_access` means something to this client. */
function mayRefresh(client: object): boolean {
  return clientRecordOf(client).granted.grant_types.includes('refresh_token')
}

function registeredScopes(client: object): readonly string[] {
  return clientRecordOf(client).granted.scope.split(' ')
}
