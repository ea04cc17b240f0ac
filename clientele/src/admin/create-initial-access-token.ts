/** Makes an initial access token (RFC 7591 §1.2): what lets someone register clients here. */
import { CREDENTIAL_PREFIXES, encodeKey, makeCredential } from '../clients/credential.ts'
import type { InitialAccessTokenRecord } from '../clients/initial-access-token.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { sha256 } from '../runtime/cryptography.ts'
import type { Keys } from '../runtime/time-ordered.ts'
import type { InitialAccessTokenStore } from '../stores/store.ts'
import { type AdminProblem, adminError } from './admin-error.ts'

export interface NewInitialAccessToken {
  /** How many clients it can register; null for no limit. */
  readonly uses: number | null
  /** Null for never. */
  readonly expiresInSeconds: number | null
  /** What it is for, in the operator's words. */
  readonly label?: string
}

export interface CreateInitialAccessTokenDeps {
  readonly store: Pick<InitialAccessTokenStore, 'createInitialAccessToken'>
  readonly clock: Clock
  readonly keys: Keys
}

export interface CreatedInitialAccessToken {
  /** Shown this once: only its hash is kept. */
  readonly token: string
  readonly record: InitialAccessTokenRecord
}

const MOST_USES = 1_000_000
const LONGEST_SECONDS = 10 * 365 * 24 * 3600
const LONGEST_LABEL = 200

export async function createInitialAccessToken(
  request: NewInitialAccessToken,
  actor: string,
  deps: CreateInitialAccessTokenDeps,
): Promise<CreatedInitialAccessToken> {
  check(request)
  const key = deps.keys.next()
  const token = makeCredential(CREDENTIAL_PREFIXES.initialAccessToken, key)
  const createdAt = nowInSeconds(deps.clock)
  const record: InitialAccessTokenRecord = {
    id: encodeKey(key),
    hash: sha256(token),
    ...(request.label === undefined ? {} : { label: request.label }),
    usesLeft: request.uses,
    expiresAt: request.expiresInSeconds === null ? null : createdAt + request.expiresInSeconds,
    createdAt,
  }
  await deps.store.createInitialAccessToken(record, {
    action: 'initial_access_token.created',
    at: createdAt,
    subject: record.id,
    actor,
    detail: { uses: record.usesLeft, expiresAt: record.expiresAt },
  })
  return { token, record }
}

function check(request: NewInitialAccessToken): void {
  const problems: AdminProblem[] = []
  const refuse = (member: string, reason: string, message: string) =>
    problems.push({ member, reason, message, rule: 'RFC 7591 §1.2' })
  if (request.uses !== null && !isWhole(request.uses, MOST_USES)) {
    refuse('uses', 'uses.out_of_range', `must be a whole number from 1 to ${MOST_USES}, or null for no limit`)
  }
  if (request.expiresInSeconds !== null && !isWhole(request.expiresInSeconds, LONGEST_SECONDS)) {
    refuse(
      'expires_in',
      'expires_in.out_of_range',
      `must be whole seconds from 1 to ${LONGEST_SECONDS}, or null for never`,
    )
  }
  if (request.label !== undefined && !isLabel(request.label)) {
    refuse('label', 'label.invalid', `must be 1 to ${LONGEST_LABEL} characters without control characters`)
  }
  if (problems.length > 0) throw adminError(problems)
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}

/** Labels are shown in terminals, where control characters can rewrite the screen. */
function isLabel(text: string): boolean {
  return text.length >= 1 && text.length <= LONGEST_LABEL && !/\p{Cc}/u.test(text)
}
