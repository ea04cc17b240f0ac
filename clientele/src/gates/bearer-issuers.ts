import { type ClaimTest, passesClaimTest } from '../clients/claim-test.ts'
import { bearerOf } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { Clock } from '../runtime/clock.ts'
import { KeysUnavailable } from '../runtime/issuer-keys.ts'
import { claimedIssuer, JwtFault, type TrustedJwtIssuer, verifyJwt } from '../runtime/verify-jwt.ts'
import { checkOperationScope, type OperationScopes } from './bearer-scopes.ts'
import type { Gate, Permission } from './gate.ts'
import { scopesOf } from './token-scopes.ts'

/** Another authorization server whose access tokens the operator takes. */
export interface BearerIssuer extends TrustedJwtIssuer {
  /** This server's name in `aud`: a token for somebody else is not for us (RFC 9068 §4). */
  readonly audiences: readonly string[]
  readonly scopes: OperationScopes
  /** All of them must pass. */
  readonly requiredClaims: readonly ClaimTest[]
  /** What its tokens may do beyond registering, and managing what they registered. */
  readonly permissions: readonly Permission[]
}

/** Characters of a token; a longer one is not parsed. */
const LONGEST_TOKEN = 8192

/** Admits who holds an access token in JWT form (RFC 9068) of an issuer that the operator trusts. */
export function bearerIssuersGate(issuers: readonly BearerIssuer[], clock: Clock): Gate {
  const byName = new Map(issuers.map((issuer) => [issuer.issuer, issuer]))
  const find = (token: string) => byName.get(claimedIssuer(token) ?? '')
  return {
    name: 'bearer',
    challenge: 'Bearer',
    // Another issuer's token is nobody's here, and refused as such; the claim chooses the keys, and proves nothing.
    recognizes: ({ credentials }) => find(bearerOf(credentials)) !== undefined,
    async admit({ credentials, operation }) {
      const token = bearerOf(credentials)
      const issuer = find(token)!
      const claims = await verify(token, issuer, clock)
      if (!issuer.requiredClaims.every((test) => passesClaimTest(claims, test))) {
        throw new OAuthError(
          'insufficient_scope',
          'access_token.required_claim',
          'The access token does not permit this.',
        )
      }
      checkOperationScope(scopesOf(claims), operation, issuer.scopes)
      const subject = subjectOf(claims)
      // An issuer has no fragment, so no other issuer's subject reads the same.
      const id = `${issuer.issuer}#${subject}`
      return { caller: { gate: 'bearer', id, owner: id, claims }, permissions: issuer.permissions }
    },
  }
}

async function verify(token: string, issuer: BearerIssuer, clock: Clock): Promise<JsonObject> {
  if (token.length > LONGEST_TOKEN) throw refused('too_long')
  try {
    const claims = await verifyJwt(token, issuer, clock)
    // RFC 7800: bound to a key that a mere bearer does not prove.
    if (claims.cnf !== undefined) throw refused('sender_constrained')
    if (subjectOf(claims) === '') throw refused('subject')
    return claims
  } catch (error) {
    if (error instanceof JwtFault) throw refused(error.reason, error)
    if (error instanceof KeysUnavailable) throw keysUnavailable(error)
    throw error
  }
}

/** Whom the token stands for: the end-user or the client itself (RFC 9068 §2.2). */
function subjectOf({ sub, client_id }: JsonObject): string {
  if (typeof sub === 'string') return sub
  return typeof client_id === 'string' ? client_id : ''
}

/** The reason goes to the log; the caller reads one sentence for all of them. */
function refused(reason: string, cause?: unknown): OAuthError {
  return new OAuthError('invalid_token', `access_token.${reason}`, 'The access token is not valid.', {
    cause,
  })
}

function keysUnavailable(cause: KeysUnavailable): OAuthError {
  return new OAuthError(
    'temporarily_unavailable',
    'access_token.keys_unavailable',
    'The keys that prove this access token cannot be fetched right now; nothing was changed. Try again.',
    { cause, retryAfterSeconds: cause.retryAfterSeconds },
  )
}
