import type { EventEmitter } from 'node:events'
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { ClientRecord } from '../clients/client.ts'
import { isUnregisteredId } from '../clients/unregistered-id.ts'
import type { Capabilities } from '../oauth/capabilities.ts'
import { classifyRedirectUri } from '../oauth/redirect-uri.ts'
import type { ClientStore } from '../stores/store.ts'
import { clientRecordOf } from './find-client.ts'

export interface UnregisteredClientsDeps {
  readonly store: Pick<ClientStore, 'findClient' | 'isClientIdTaken'>
  readonly capabilities: Pick<Capabilities, 'defaultScopes'>
  /** Whether they get refresh tokens. */
  readonly refreshTokens: boolean
}

/**
 * The registry, and beside it every id that nobody registered (RFC 6749 §2.4 leaves that to the server): a public client
 * with PKCE and the default scopes. An id that was registered once stays dead, or a deletion would bring the client back
 * with less to hold it.
 */
export function withUnregisteredClients(deps: UnregisteredClientsDeps): Pick<ClientStore, 'findClient'> {
  return {
    async findClient(id) {
      const registered = await deps.store.findClient(id)
      if (registered !== undefined || !isUnregisteredId(id)) return registered
      return (await deps.store.isClientIdTaken(id)) ? undefined : unregisteredClient(id, deps)
    },
  }
}

export function isUnregistered({ door }: Pick<ClientRecord, 'door'>): boolean {
  return door === 'unregistered'
}

/** Where such a client may be answered: on the web, or on the device of whoever asks (RFC 8252 §7.3). */
export function isSafeRedirectUri(uri: string): boolean {
  return ['https', 'loopback'].includes(classifyRedirectUri(uri).class)
}

/**
 * Whether what an id was given, at `issuedAt`, is none of this client's: somebody registered the id, by choice, that
 * others had used before.
 */
export function isOfEarlierUser(client: ClientRecord, issuedAt: unknown): boolean {
  // Ids of the server's own form were never anybody else's.
  return isUnregisteredId(client.id) && typeof issuedAt === 'number' && issuedAt < client.createdAt
}

/**
 * Errors of such a client end at our page. Its redirect URI is anybody's word: sending a browser there before its user has
 * agreed to anything would make us an open redirector (RFC 9700 §4.11.2).
 */
export function installUnregisteredErrors(provider: Provider): void {
  ;(provider as EventEmitter).on(
    'authorization.error',
    (ctx: KoaContextWithOIDC, error: { allow_redirect?: boolean }) => {
      const client: Client | undefined = ctx.oidc.client
      if (client !== undefined && isUnregistered(clientRecordOf(client))) error.allow_redirect = false
    },
  )
}

function unregisteredClient(
  id: string,
  { capabilities, refreshTokens }: UnregisteredClientsDeps,
): ClientRecord {
  const scopes = capabilities.defaultScopes.filter((scope) => refreshTokens || scope !== 'offline_access')
  return {
    id,
    door: 'unregistered',
    requested: { token_endpoint_auth_method: 'none' },
    granted: {
      redirect_uris: [],
      token_endpoint_auth_method: 'none',
      grant_types: refreshTokens ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
      response_types: ['code'],
      // The engine asks the end-user anew each time for such a one: no consent is taken as given (RFC 8252 §8.6).
      application_type: 'native',
      scope: scopes.join(' '),
      subject_type: 'public',
      id_token_signed_response_alg: 'RS256',
    },
    dropped: [],
    caller: { gate: 'none' },
    secrets: [],
    registrationAccessTokenHash: '',
    createdAt: 0,
    updatedAt: 0,
    revision: 0,
  }
}
