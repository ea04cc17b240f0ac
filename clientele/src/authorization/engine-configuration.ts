import { createHmac } from 'node:crypto'
import { type Client, type Configuration, errors, type JWKS, type KoaContextWithOIDC } from 'oidc-provider'
import { nowInSeconds } from '../runtime/clock.ts'
import type { Sealer } from '../runtime/sealer.ts'
import { createAdapter } from './adapter.ts'
import { clientLifetimes } from './client-lifetimes.ts'
import { consentPolicy, findConsent } from './consent-terms.ts'
import type { EngineConfigurationDeps } from './engine-deps.ts'
import { engineFeatures, supported } from './engine-features.ts'
import { CLAIMS_OF_SCOPES } from './engine-pages.ts'
import { ENGINE_PATHS } from './engine-paths.ts'
import { clientRecordOf } from './find-client.ts'
import { settleRefresh } from './refresh-terms.ts'
import { keepOfflineAccess } from './requested-scope.ts'

/** How far ahead a client assertion may expire (RFC 7523 §3): its `jti` is remembered until then. */
const LONGEST_ASSERTION_SECONDS = 24 * 3600

/** What of the engine is switched on, and the decisions that it leaves to us. Everything else stays off. */
export function engineConfiguration(deps: EngineConfigurationDeps): Configuration {
  const { capabilities, settings, pages } = deps
  return {
    adapter: (kind: string) => createAdapter(kind, deps),
    jwks: { keys: deps.signingKeys } as unknown as JWKS,
    findAccount: deps.findEndUser,
    fetch: ((url: string | URL, request: RequestInit) => deps.fetch(String(url), request as never)) as never,
    fetchResponseBodyLimits: { jwks_uri: 65_536, sector_identifier_uri: 65_536 },
    cookies: cookies(deps),
    routes: {
      authorization: ENGINE_PATHS.authorization,
      code_verification: ENGINE_PATHS.deviceVerification,
      device_authorization: ENGINE_PATHS.deviceAuthorization,
      end_session: ENGINE_PATHS.endSession,
      introspection: ENGINE_PATHS.introspection,
      jwks: ENGINE_PATHS.jwks,
      pushed_authorization_request: ENGINE_PATHS.pushedAuthorizationRequest,
      revocation: ENGINE_PATHS.revocation,
      token: ENGINE_PATHS.token,
      userinfo: ENGINE_PATHS.userinfo,
    },
    interactions: {
      policy: consentPolicy(),
      url: (_ctx, interaction) => pages.interactionPath(interaction.uid),
    },
    renderError: (ctx, out, error) => pages.renderError(ctx, out, error),

    ...(supported(capabilities) as Partial<Configuration>),
    features: engineFeatures(deps),
    clientDefaults: { id_token_signed_response_alg: 'ES256' } as never,
    claims: Object.fromEntries(
      Object.entries(CLAIMS_OF_SCOPES).filter(
        ([scope]) => scope === 'openid' || capabilities.scopes.includes(scope),
      ),
    ) as Record<string, string[]>,
    // As OpenID Connect Core 1.0 §5.4 says: with an access token at hand, claims of a scope are fetched with it.
    conformIdTokenClaims: true,
    pairwiseIdentifier: pairwiseIdentifier(deps.sealer),
    clientBasedCORS: (_ctx, origin, client) => isOriginAllowed(client, origin),
    pkce: { required: isPkceRequired },
    // The token request repeats the redirect URI of the authorization request (RFC 6749 §4.1.3); none is filled in.
    allowOmittingSingleRegisteredRedirectUri: false,
    // The engine runs this last of its checks, whether or not a request has the parameter.
    extraParams: { access_type: (ctx: KoaContextWithOIDC) => keepOfflineAccess(ctx) } as never,
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => {
      if (Number(claims.exp) <= nowInSeconds(deps.clock) + LONGEST_ASSERTION_SECONDS) return
      throw new errors.InvalidClientAuth('the assertion expires too far ahead')
    },

    loadExistingGrant: (ctx) => findConsent(ctx, deps.clock),
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: (ctx) => settleRefresh(ctx, deps),
    expiresWithSession: async (ctx) => endsWithSession(ctx.oidc.client!),
    // What is revoked is revoked whole: the consent goes with the tokens (RFC 7009 §2.1).
    revokeGrantPolicy: () => true,
    ttl: clientLifetimes(settings, deps.clock),
  }
}

function cookies({ issuer, sealer }: EngineConfigurationDeps): Configuration['cookies'] {
  const options = { httpOnly: true, sameSite: 'lax', signed: true } as const
  // The prefixes keep a neighbour on a sibling domain from planting one (RFC 6265bis §4.1.3). Below a path there may be
  // another issuer beside us on this host: the session of one is not sent to the other, and does not replace its own.
  const https = issuer.startsWith('https:')
  const { pathname } = new URL(issuer)
  const forSession = pathname === '/' ? '__Host-' : '__Secure-'
  return {
    keys: [sealer.derive('cookies').toString('base64url')],
    names: {
      session: `${https ? forSession : ''}clientele_session`,
      interaction: `${https ? '__Secure-' : ''}clientele_interaction`,
      resume: `${https ? '__Secure-' : ''}clientele_resume`,
    },
    long: { ...options, path: pathname },
    short: options,
  }
}

/**
 * PKCE from everybody, with the one exception that OAuth 2.1 §7.5.1 and RFC 9700 §2.1.1 leave open: a confidential
 * OpenID Connect client that sends a `nonce` has the same protection, and older ones (mod_auth_openidc) know no PKCE.
 */
function isPkceRequired(ctx: KoaContextWithOIDC, client: Client): boolean {
  if (client.clientAuthMethod === 'none' || clientRecordOf(client).granted.require_pkce) return true
  const { nonce, scope } = ctx.oidc.params ?? {}
  return !(typeof nonce === 'string' && String(scope).split(' ').includes('openid'))
}

/**
 * None of these endpoints reads a cookie, so that any origin may call (RFC 9700 §2.6); a client that names its origins is
 * held to them, and a page elsewhere cannot use its id or its tokens from a browser.
 */
function isOriginAllowed(client: Client, origin: string): boolean {
  return clientRecordOf(client).granted.allowed_cors_origins?.includes(origin) ?? true
}

/**
 * A client that may refresh keeps what it has when the browser's session ends; others lose it with the session. A client
 * registered for `coordinate_lifetime_with_user_session` has it as it says.
 */
function endsWithSession(client: Client): boolean {
  const { coordinate_lifetime_with_user_session: coordinated, grant_types } = clientRecordOf(client).granted
  return coordinated ?? !grant_types.includes('refresh_token')
}

/** OpenID Connect Core 1.0 §8.1: the same for one sector, unlinkable between sectors, not to be turned back. */
function pairwiseIdentifier(sealer: Sealer): NonNullable<Configuration['pairwiseIdentifier']> {
  const key = sealer.derive('pairwise')
  return async (_ctx, accountId, client) =>
    createHmac('sha256', key).update(`${client.sectorIdentifier}\n${accountId}`).digest('base64url')
}
