import type { Vouched } from '../clients/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import type { StatementVerifier } from '../registration/statement-verifier.ts'
import type { Clock } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import { KeysUnavailable } from '../runtime/issuer-keys.ts'
import { claimedIssuer, JwtFault, readProvedClaims, verifyJwt } from '../runtime/verify-jwt.ts'
import type { ReplayMark } from '../stores/store.ts'
import { readStatement } from './read-statement.ts'
import type { TrustedStatementIssuer } from './trusted-statement-issuer.ts'

/** Whom to trust, and what is asked of every statement. */
export interface StatementVerifierOptions {
  readonly issuers: readonly TrustedStatementIssuer[]
  readonly isRequired: boolean
  /** Characters of a statement; a longer one is not parsed. */
  readonly longestStatement: number
  readonly clock: Clock
  /** The members that a statement may speak of; the standard's when left out. */
  readonly fields?: ReadonlyMap<string, MetadataField>
}

/** The kind of artifact that remembers a statement's `jti`. */
const REPLAY = 'StatementReplay'

/** Proves software statements (RFC 7591 §2.3) against the issuers that the operator trusts. */
export function createStatementVerifier(options: StatementVerifierOptions): StatementVerifier {
  const { clock } = options
  const byName = new Map(options.issuers.map((issuer) => [issuer.issuer, issuer]))
  return {
    isRequired: options.isRequired,
    async verify(statement) {
      if (statement.length > options.longestStatement) {
        throw invalid('too_long', `It must have at most ${options.longestStatement} characters.`)
      }
      const issuer = byName.get(claimedIssuer(statement) ?? '')
      // A text that is no JWT, one without an issuer, and one of somebody unknown prove equally little.
      if (!issuer) throw invalid('untrusted', 'It must be a JWT of an issuer that this server trusts.')
      const claims = await prove(statement, issuer, clock)
      if (issuer.isSingleUse && !isName(claims.jti)) throw invalid('jti', 'It must have a jti.')
      return readStatement(statement, claims, issuer, options.fields)
    },
    replayMark(vouched) {
      const issuer = byName.get(vouched.issuer)
      return issuer?.isSingleUse ? makeReplayMark(vouched, issuer) : undefined
    },
  }
}

async function prove(statement: string, issuer: TrustedStatementIssuer, clock: Clock): Promise<JsonObject> {
  try {
    return await verifyJwt(statement, issuer, clock)
  } catch (error) {
    if (error instanceof JwtFault) throw invalid(error.reason, SENTENCES[error.reason], error)
    if (error instanceof KeysUnavailable) {
      throw new OAuthError(
        'temporarily_unavailable',
        'software_statement.keys_unavailable',
        'The keys of the issuer of the software statement cannot be fetched right now; nothing was changed. Try again.',
        { cause: error, retryAfterSeconds: error.retryAfterSeconds },
      )
    }
    throw error
  }
}

/** Kept until the statement would be refused for its age anyway. */
function makeReplayMark({ issuer, statement }: Vouched, rules: TrustedStatementIssuer): ReplayMark {
  const { jti, exp, iat } = readProvedClaims(statement)
  const ends = [
    ...(typeof exp === 'number' ? [exp] : []),
    ...(typeof iat === 'number' && rules.maxAgeSeconds !== undefined ? [iat + rules.maxAgeSeconds] : []),
  ]
  return {
    kind: REPLAY,
    // Hashed, because a jti may be of any length.
    id: sha256(JSON.stringify([issuer, jti])),
    ...(ends.length > 0 ? { expiresAt: Math.ceil(Math.min(...ends) + rules.clockSkewSeconds) } : {}),
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** A statement is no secret of the caller's to guess, so the answer says what is wrong with it. */
const SENTENCES: Record<JwtFault['reason'], string> = {
  malformed: 'It is not a signed JWT.',
  header: 'Its header has a member that is not taken here.',
  type: 'Its typ is not taken here.',
  algorithm: 'Its alg is not one that this server takes from this issuer.',
  unknown_key: 'Its issuer has no key that could have signed it.',
  signature: 'Its signature is not valid.',
  issuer: 'Its issuer is not the one that signed it.',
  audience: 'It is for another audience.',
  expiry_missing: 'It must have an exp.',
  expired: 'It has expired.',
  not_yet_valid: 'It is not valid yet.',
  issued_in_the_future: 'Its iat is in the future.',
  too_old: 'It is too old.',
  claim_type: 'It must have an iat, exp and nbf that are numbers, where they are needed.',
}

function invalid(reason: string, sentence: string, cause?: unknown): OAuthError {
  return new OAuthError(
    'invalid_software_statement',
    `software_statement.${reason}`,
    `The software statement is not valid. ${sentence}`,
    { cause },
  )
}
