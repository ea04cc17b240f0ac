/** What would a policy make of the clients that exist? Every one is judged anew; nothing is changed. */
import type { ClientRecord } from '../clients/client.ts'
import type { Policies, Policy } from '../policies/policy.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { rejudge } from '../registration/rejudge.ts'
import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { ClientStore } from '../stores/store.ts'
import { adminError } from './admin-error.ts'
import { type FindPolicyDeps, findPolicy, type WantedPolicy } from './find-policy.ts'
import type { ReplayFinding, ReplayNews } from './replay-news.ts'
import { startTally } from './replay-tally.ts'

export type { ReplayFinding, ReplayNews, ReplayProgress, ReplaySummary } from './replay-news.ts'

export interface ReplayRequest extends WantedPolicy {
  /** Only the clients that the policy of this name governs already. */
  readonly governedOnly?: boolean
}

export type ReplayDeps = FindPolicyDeps & {
  readonly policies: Pick<Policies, 'default'>
  readonly store: Pick<ClientStore, 'listClients'>
  readonly registration: RegistrationDeps
  readonly clock: Clock
  /** Resolves when everybody else had their turn of the event loop. */
  readonly nextTurn: () => Promise<void>
  readonly reportFault: (error: unknown) => void
}

/** Clients in memory at a time, and how often progress is told. */
const BATCH = 100

/**
 * The policy is found before anything is answered; the judging goes on as the news is read. One bounded part of the
 * registry at a time, and every other request has its turn between any two clients.
 */
export function replayPolicy(request: ReplayRequest, deps: ReplayDeps): AsyncGenerator<ReplayNews> {
  const policy = findPolicy(request, deps)
  if (policy === undefined) throw adminError([NO_POLICY])
  return judgeAll(policy, request.governedOnly ?? false, deps)
}

const NO_POLICY = {
  member: 'policy',
  reason: 'policy.missing',
  message: 'must name the policy that is replayed',
  rule: 'admin API',
}

async function* judgeAll(
  policy: Policy,
  governedOnly: boolean,
  deps: ReplayDeps,
): AsyncGenerator<ReplayNews> {
  const began = nowInSeconds(deps.clock)
  const total = await countClients(deps)
  yield { type: 'progress', judged: 0, total }
  const tally = startTally()
  let seen = 0
  for await (const client of clientsOf(deps)) {
    // Who came after the beginning is passed over, or a server that registers faster than it judges would never end.
    if (client.createdAt > began) continue
    const isGoverned = (client.policy ?? deps.policies.default.name) === policy.name
    if (isGoverned || !governedOnly) {
      const finding = await judge(client, { policy, isGoverned }, deps)
      tally.count(finding, isGoverned)
      if (finding) yield finding
    }
    seen += 1
    if (seen % BATCH === 0) yield { type: 'progress', judged: seen, total: Math.max(seen, total) }
    await deps.nextTurn()
  }
  yield { type: 'progress', judged: seen, total: seen }
  yield { type: 'summary', policy: policy.name, policyRevision: policy.revision, ...tally.sums, notes: NOTES }
}

const NOTES = [
  'A stored client has no network address and takes nothing of a limit: conditions on networks hold for none here, and limits and unique names were not looked at.',
]

/** Undefined for a client that would stay as it is. */
async function judge(
  client: ClientRecord,
  { policy, isGoverned }: { readonly policy: Policy; readonly isGoverned: boolean },
  { registration, reportFault }: ReplayDeps,
): Promise<ReplayFinding | undefined> {
  const name = client.granted.client_name
  const shown = {
    type: 'client',
    clientId: client.id,
    ...(name === undefined ? {} : { clientName: name }),
    isGoverned,
  } as const
  try {
    const { outcome, ...rest } = await rejudge(client, policy, registration)
    return outcome === 'same' ? undefined : { ...shown, outcome, ...rest }
  } catch (error) {
    // One client that cannot be judged must not hide what becomes of the others.
    reportFault(error)
    return { ...shown, outcome: 'failed', differences: [], problems: [] }
  }
}

async function* clientsOf({ store }: ReplayDeps): AsyncGenerator<ClientRecord> {
  let after: string | undefined
  do {
    const page = await store.listClients({ limit: BATCH, ...(after === undefined ? {} : { after }) })
    yield* page
    after = page.length < BATCH ? undefined : page.at(-1)!.id
  } while (after !== undefined)
}

async function countClients(deps: ReplayDeps): Promise<number> {
  let count = 0
  for await (const _ of clientsOf(deps)) {
    count += 1
    if (count % BATCH === 0) await deps.nextTurn()
  }
  return count
}
