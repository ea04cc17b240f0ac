import type { Client, KoaContextWithOIDC, ResourceServer } from 'oidc-provider'
import { errors } from 'oidc-provider'
import { BOUNDS } from '../oauth/bounds.ts'
import { isWebUrl } from '../oauth/web-url.ts'
import { resourceTokenFormat } from './access-token-format.ts'

/**
 * The `resource` of RFC 8707, which every MCP client sends. A token for a resource is a JWT (RFC 9068), unless the client
 * is registered for opaque ones, that only this resource takes, so that one resource server cannot replay it at another; whoever runs the resource checks the issuer's
 * signature and need not ask us. Any web address may be named: resources are not registered yet.
 */
export function findResourceServer(resource: string, client: Client): ResourceServer {
  // The engine has refused fragments already.
  if (resource.length > BOUNDS.uriLength || !isWebUrl(resource)) {
    throw new errors.InvalidTarget('resource must be an absolute http or https URL')
  }
  return {
    audience: resource,
    // The registered scope is the ceiling here too.
    scope: client.scope?.trim() ?? '',
    ...resourceTokenFormat(client),
  } as unknown as ResourceServer
}

/** Which resource a token is for when the request names none but several were granted: the engine takes one at a time. */
export function chooseResource(
  _ctx: KoaContextWithOIDC,
  _client: Client,
  granted?: string | string[],
): string | string[] {
  return Array.isArray(granted) ? (granted[0] ?? []) : (granted ?? [])
}
