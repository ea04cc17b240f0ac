import { bearerOf } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import { checkOperationScope, type OperationScopes } from './bearer-scopes.ts'
import type { Gate } from './gate.ts'

/** What is known of an access token of our own authorization server that is valid now. */
export interface OwnAccessToken {
  readonly clientId: string
  /** The end-user who consented; absent for a token that the client got for itself. */
  readonly accountId?: string
  readonly scopes: readonly string[]
  /** Those of them that somebody with a say gave the client (`ClientRecord.entrustedScopes`); others open nothing here. */
  readonly entrustedScopes: readonly string[]
  /** RFC 9449, RFC 8705: bound to a key, which a mere bearer does not prove. */
  readonly isSenderConstrained: boolean
}

/** The access tokens that our own authorization server issues. */
export interface OwnAccessTokens {
  /** Whether a text has the form of one; proves nothing. */
  isOne(token: string): boolean
  /** Undefined for one that is unknown, expired or revoked, or whose client is gone. */
  find(token: string): Promise<OwnAccessToken | undefined>
}

/**
 * Admits who holds an access token of our own authorization server with the scope for the operation (RFC 6750): a client
 * that was given the scope `register`, and did not just take it, gets a token by the client credentials grant and
 * registers others with it. The token is looked up in the store, so one that was revoked a moment ago is worth nothing.
 */
export function bearerGate(tokens: OwnAccessTokens, scopes: OperationScopes): Gate {
  return {
    name: 'bearer',
    challenge: 'Bearer',
    recognizes: ({ credentials }) => tokens.isOne(bearerOf(credentials)),
    async admit({ credentials, operation }) {
      const token = await tokens.find(bearerOf(credentials))
      if (!token) throw refused('unknown')
      // RFC 9449 §7.1, RFC 8705 §3: shown without its proof it is a stolen one.
      if (token.isSenderConstrained) throw refused('sender_constrained')
      checkOperationScope(token.scopes, operation, scopes)
      checkEntrusted(token, scopes[operation])
      const { clientId, accountId } = token
      const owner = accountId === undefined ? `client:${clientId}` : `account:${accountId}`
      return {
        caller: {
          gate: 'bearer',
          id: clientId,
          owner,
          claims: {
            client_id: clientId,
            scope: token.scopes.join(' '),
            ...(accountId ? { sub: accountId } : {}),
          },
        },
        permissions: [],
      }
    },
  }
}

/** A client that took the scope itself, while anybody could have it, does not get in by it now. */
function checkEntrusted({ entrustedScopes }: OwnAccessToken, scope: string): void {
  if (scope === '' || entrustedScopes.includes(scope)) return
  throw new OAuthError(
    'insufficient_scope',
    'access_token.scope_not_entrusted',
    'The client has this scope by its own word alone, which opens nothing here.',
  )
}

function refused(reason: 'unknown' | 'sender_constrained'): OAuthError {
  return new OAuthError('invalid_token', `access_token.${reason}`, 'The access token is not valid.')
}
