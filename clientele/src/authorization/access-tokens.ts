import type { Provider } from 'oidc-provider'
import { type ClientStore, StoreUnavailable } from '../stores/store.ts'
import { ARTIFACT_PREFIXES } from './artifact-ids.ts'

/** What is known of an access token that this server issued and that is valid now. */
export interface FoundAccessToken {
  readonly clientId: string
  readonly accountId?: string
  readonly scopes: readonly string[]
  /** Those of them that somebody with a say gave the client. */
  readonly entrustedScopes: readonly string[]
  readonly isSenderConstrained: boolean
}

export interface AccessTokens {
  isOne(value: string): boolean
  find(value: string): Promise<FoundAccessToken | undefined>
}

export interface AccessTokensDeps {
  /** Asked each time: the engine is replaced when signing keys change. */
  readonly provider: () => Provider
  readonly store: Pick<ClientStore, 'findClient'>
}

const FOR_ITSELF = `${ARTIFACT_PREFIXES.ClientCredentials}_`
const FOR_AN_END_USER = `${ARTIFACT_PREFIXES.AccessToken}_`

/**
 * Looks up an access token of this server, for its own endpoints: as the engine does it, so that expiry, revocation and
 * a session that ended count here too. A token for another resource server (RFC 8707) is a JWT and is not found.
 */
export function createAccessTokens({ provider, store }: AccessTokensDeps): AccessTokens {
  return {
    isOne: (value) => value.startsWith(FOR_ITSELF) || value.startsWith(FOR_AN_END_USER),
    async find(value) {
      const token = await findToken(provider(), value).catch(unwrap)
      if (!token?.clientId || token.aud !== undefined) return undefined
      const client = await store.findClient(token.clientId)
      if (!client) return undefined
      // The registered scope is the ceiling at the moment of use: a narrowed client's older tokens are narrowed with it.
      const ceiling = client.granted.scope.split(' ')
      const { entrustedScopes = [] } = client
      const scopes = (token.scope ?? '').split(' ').filter((scope) => scope !== '' && ceiling.includes(scope))
      return {
        clientId: token.clientId,
        ...(token.accountId === undefined ? {} : { accountId: token.accountId }),
        scopes,
        entrustedScopes: scopes.filter((scope) => entrustedScopes.includes(scope)),
        isSenderConstrained: token.isSenderConstrained(),
      }
    },
  }
}

interface EngineToken {
  readonly clientId?: string
  readonly accountId?: string
  readonly scope?: string
  readonly aud?: unknown
  isSenderConstrained(): boolean
}

async function findToken(provider: Provider, value: string): Promise<EngineToken | undefined> {
  const found = value.startsWith(FOR_ITSELF)
    ? await provider.ClientCredentials.find(value)
    : await provider.AccessToken.find(value)
  return found as EngineToken | undefined
}

/** The engine's adapter words a store that is away for the engine's own answers (`reachable.ts`); this is not one. */
function unwrap(error: unknown): never {
  const { cause } = error as { readonly cause?: unknown }
  throw cause instanceof StoreUnavailable ? cause : error
}
