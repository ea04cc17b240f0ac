import type { Client, Provider } from 'oidc-provider'
import { clientRecordOf } from './find-client.ts'

/** What is known of an access token before it is issued. */
export interface IssuedToken {
  readonly client?: Client
  resourceServer?: { readonly accessTokenFormat?: string } | undefined
}

type ResourceServerModel = new (identifier: string, server: object) => { readonly accessTokenFormat?: string }

/**
 * The form of an access token (`access_token_type`). A client that names none gets a JWT where it names a resource and an
 * opaque token elsewhere; one of type `Jwt` gets a JWT everywhere, for the default resource where it names none (RFC 9068
 * §3), and a `Reference` token is opaque also for a resource.
 */
export function settleTokenFormat(token: IssuedToken, provider: Provider): string {
  if (token.resourceServer === undefined && isJwtClient(token.client)) {
    const ResourceServer = (provider as unknown as { ResourceServer: ResourceServerModel }).ResourceServer
    token.resourceServer = new ResourceServer(defaultResource(provider.issuer), JWT_TOKENS)
  }
  return token.resourceServer?.accessTokenFormat ?? 'opaque'
}

/** How tokens for a resource are made for this client. */
export function resourceTokenFormat(
  client: Client,
): typeof JWT_TOKENS | { readonly accessTokenFormat: 'opaque' } {
  const isReference = clientRecordOf(client).granted.access_token_type === 'Reference'
  return isReference ? { accessTokenFormat: 'opaque' } : JWT_TOKENS
}

/** ES256: a signature costs a tenth of an RS256 one. */
const JWT_TOKENS = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } } as const

/** No address that anything listens on or trusts: what takes such a token has to be told to. */
function defaultResource(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/resources`
}

function isJwtClient(client: Client | undefined): boolean {
  return client !== undefined && clientRecordOf(client).granted.access_token_type === 'Jwt'
}
