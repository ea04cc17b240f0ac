import { actorOf, type ClientRecord } from '../../clients/client.ts'
import { metadataError, OAuthError } from '../../oauth/errors.ts'
import type { ClientCreation, ReplayMark } from '../../stores/store.ts'
import type { RegistrationDeps } from '../deps.ts'
import { type IssuedClient, issueCredentials, type Origin } from './issue-credentials.ts'
import type { JudgedMetadata } from './judge-metadata.ts'
import { budgetExhausted, type SettledBudgets, settleBudgets } from './settle-budgets.ts'
import { statementReplayed } from './verify-software-statement.ts'

/** So often a generator may make an id that is taken; who needs more has run out of them. */
const MOST_TRIES = 5

/** Where a client comes from, and what proves to have been used by it. */
export interface Creation extends Origin {
  readonly replayMark: ReplayMark | undefined
}

type Creating = Pick<RegistrationDeps, 'store' | 'keys' | 'sealer' | 'clientSecretLifetimeSeconds' | 'fields'>

/**
 * Stores the client, spends the initial access token, the software statement and the budgets and writes the audit record,
 * all or nothing. When this returns, the registration survives a power cut, and only then is it acknowledged.
 */
export async function createClient(
  judged: JudgedMetadata,
  creation: Creation,
  deps: Creating,
): Promise<IssuedClient> {
  const budgets = settleBudgets(judged)
  // Nothing secret is sealed to an id that another client has: each try makes all credentials anew.
  for (let tries = 1; ; tries++) {
    const issued = await issueCredentials(judged, creation, deps)
    const client: ClientRecord = { ...issued.client, ...budgets.holds }
    const outcome = await deps.store.createClient(client, changeOf(client, creation, budgets))
    if (outcome === 'created') return { ...issued, client }
    if (outcome === 'statement_replayed') throw statementReplayed()
    if (outcome === 'token_spent') throw tokenSpent()
    if (outcome !== 'id_taken') throw budgetExhausted(outcome, judged, budgets.named)
    if (creation.chosen.clientId !== undefined) throw idTaken()
    if (tries === MOST_TRIES) {
      throw new Error(`the policy ${judged.policy.name} makes client ids that are all taken`)
    }
  }
}

function changeOf(
  client: ClientRecord,
  { admission: { caller, spends }, replayMark }: Creation,
  { takes }: SettledBudgets,
): ClientCreation {
  return {
    ...(spends === undefined ? {} : { spends }),
    ...(replayMark === undefined ? {} : { replayMark }),
    ...takes,
    audit: {
      action: 'client.registered',
      at: client.createdAt,
      subject: client.id,
      actor: actorOf(caller),
      detail: { revision: client.revision },
    },
  }
}

/** Another request used up the last use between the gate and this write. */
function tokenSpent(): OAuthError {
  return new OAuthError(
    'invalid_token',
    'initial_access_token.spent',
    'The initial access token is not valid.',
  )
}

export function idTaken(): OAuthError {
  return metadataError([
    {
      member: 'client_id',
      reason: 'client_id.taken',
      message: 'another client has this id',
      rule: 'RFC 7591 §3.2.1',
    },
  ])
}
