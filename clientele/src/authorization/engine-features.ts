import { type Client, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import { type Capabilities, DEVICE_CODE } from '../oauth/capabilities.ts'
import type { EngineConfigurationDeps } from './engine-deps.ts'
import { clientRecordOf } from './find-client.ts'
import { chooseResource, findResourceServer } from './resource-servers.ts'
import { isUnregistered } from './unregistered-client.ts'

/** What can be had at all, from the one value that registration and discovery read too. */
export function supported(capabilities: Capabilities): Record<string, unknown> {
  return {
    scopes: [...capabilities.scopes],
    responseTypes: [...capabilities.responseTypes],
    subjectTypes: [...capabilities.subjectTypes],
    acrValues: [...capabilities.acrValues],
    clientAuthMethods: [...capabilities.authMethods],
    enabledJWA: {
      clientAuthSigningAlgValues: [...capabilities.authSigningAlgs],
      idTokenSigningAlgValues: [...capabilities.idTokenSigningAlgs],
      userinfoSigningAlgValues: [...capabilities.userinfoSigningAlgs],
      introspectionSigningAlgValues: [...capabilities.introspectionSigningAlgs],
      requestObjectSigningAlgValues: [...capabilities.requestObjectSigningAlgs],
      dPoPSigningAlgValues: [...capabilities.dpopSigningAlgs],
      idTokenEncryptionAlgValues: [...capabilities.encryptionAlgs],
      idTokenEncryptionEncValues: [...capabilities.encryptionEncs],
      userinfoEncryptionAlgValues: [...capabilities.encryptionAlgs],
      userinfoEncryptionEncValues: [...capabilities.encryptionEncs],
      introspectionEncryptionAlgValues: [...capabilities.encryptionAlgs],
      introspectionEncryptionEncValues: [...capabilities.encryptionEncs],
      // Encrypted request objects need keys of ours that are for nothing else.
      requestObjectEncryptionAlgValues: [],
      requestObjectEncryptionEncValues: [],
    },
  }
}

/** Which of the engine's features are on. Its own registration is not: clients come from our registry. */
export function engineFeatures({ capabilities, pages }: EngineConfigurationDeps): Configuration['features'] {
  const on = { enabled: true }
  return {
    devInteractions: { enabled: false },
    registration: { enabled: false },
    backchannelLogout: on,
    clientCredentials: { enabled: capabilities.grantTypes.includes('client_credentials') },
    dPoP: on,
    deviceFlow: {
      enabled: capabilities.grantTypes.includes(DEVICE_CODE),
      charset: 'base-20',
      mask: '****-****',
      // Shown beside the code so that a person can tell whose request it is; the address would be a proxy's.
      deviceInfo: (ctx) => ({ ua: ctx.get('user-agent').slice(0, 256) }),
      userCodeInputSource: (ctx, form, out, error) => pages.userCodeInput(ctx, form, out, error),
      userCodeConfirmSource: (ctx, form, client, info, code) =>
        pages.userCodeConfirm(ctx, form, client, info, code),
      successSource: (ctx) => pages.userCodeSuccess(ctx),
    },
    encryption: { enabled: capabilities.encryptionAlgs.length > 0 },
    introspection: { enabled: true, allowedPolicy: mayIntrospect as never },
    jwtIntrospection: on,
    jwtUserinfo: on,
    pushedAuthorizationRequests: on,
    requestObjects: { enabled: capabilities.requestObjectSigningAlgs.length > 0 },
    resourceIndicators: {
      enabled: true,
      defaultResource: chooseResource as never,
      // A refresh or a code exchange that names no resource is for the granted one (RFC 8707 §2.2).
      useGrantedResource: async () => true,
      getResourceServerInfo: async (_ctx, resource, client) => findResourceServer(resource, client),
    },
    revocation: { enabled: true, allowedPolicy: mayRevoke as never },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => pages.logout(ctx, form),
      postLogoutSuccessSource: (ctx) => pages.postLogoutSuccess(ctx),
    },
    userinfo: on,
  }
}

/**
 * A client asks about its own tokens, if it can prove that they are (RFC 7662 §2.1: the endpoint requires authorization,
 * and a public client has none). A resource server asks about those of others; anybody could be one who registers
 * themselves, so somebody must answer for it. A refresh token is never a resource server's business.
 */
function mayIntrospect(_ctx: KoaContextWithOIDC, client: Client, token: IntrospectedToken): boolean {
  if (client.clientAuthMethod === 'none') return false
  if (token.clientId === client.clientId) return true
  return token.kind !== 'RefreshToken' && isAnsweredFor(clientRecordOf(client))
}

/** Whether it came in by somebody's leave: an initial access token, an operator's key, a trusted issuer. */
function isAnsweredFor(client: ClientRecord): boolean {
  return !isUnregistered(client) && !['open', 'open_public'].includes(client.caller.gate)
}

interface IntrospectedToken {
  readonly clientId?: string | undefined
  readonly kind: string
}

/** Only its own: the request is refused and the client is told (RFC 7009 §2.1). */
function mayRevoke(_ctx: KoaContextWithOIDC, client: Client, token: IntrospectedToken): boolean {
  if (token.clientId === client.clientId) return true
  throw new errors.InvalidRequest('the token was not issued to this client')
}
