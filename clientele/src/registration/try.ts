import type { Caller, Dropped, RecordedDecision, Vouched } from '../clients/client.ts'
import type { Admission } from '../gates/gate.ts'
import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import type { Problem } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import type { NamedBudget, Policy } from '../policies/policy.ts'
import type { RegistrationDeps } from './deps.ts'
import { choosePolicy } from './steps/choose-policy.ts'
import { findChoiceRefusal } from './steps/find-choice-refusal.ts'
import { findRefusal, type Refused, type RefusedInWords, withoutProblems } from './steps/find-refusal.ts'
import { judgeByPolicy } from './steps/judge-by-policy.ts'
import { factsOf, type JudgedMetadata } from './steps/judge-metadata.ts'
import { holds, possibleAdmissions } from './steps/settle-admission.ts'
import { budgetExhausted, settleBudgets } from './steps/settle-budgets.ts'
import { speakOpenly } from './steps/speak-openly.ts'
import { verifySoftwareStatement } from './steps/verify-software-statement.ts'

/** A registration request that is only thought through. */
export interface Trial {
  readonly body: JsonObject
  /** Who would ask, as a gate would admit them; its `policy` counts as in a registration. */
  readonly admission: Admission
  /** Where the request would come from; empty for nowhere in particular. */
  readonly address: string
  /** Tried instead of the one that would be chosen. */
  readonly policy?: Policy
  /** What vouches for it. A software statement in the body is verified when this is left out. */
  readonly vouched?: Vouched
}

/** What such a request would get, and why. */
export interface TrialOutcome {
  /** The policy that was tried. */
  readonly policy: Policy
  /** Who would have registered it, and who vouches for it. */
  readonly caller: Caller
  readonly vouched?: Vouched
  /** What the client itself asked for, of what is known here. */
  readonly requested: ClientMetadata
  readonly outcome: 'granted' | 'refused'
  /** What would be granted; of a refused request, how far it came. */
  readonly granted: CompleteMetadata
  readonly decisions: readonly RecordedDecision[]
  readonly dropped: readonly Dropped[]
  /** Every bad member at once; empty where the refusal is not about members. */
  readonly problems: readonly Problem[]
  /** As the client would be answered, and with the name of the rule, which a client is told only where the policy is public. */
  readonly refusal?: RefusedInWords
  /** Which budgets it would take one of. */
  readonly budgets: readonly TrialBudget[]
}

export interface TrialBudget extends NamedBudget {
  readonly used: number
  readonly isExhausted: boolean
}

/**
 * Thinks a registration through, by the code that registers: what would be granted, what the policy would do, what would be
 * refused. Stores nothing and spends nothing. Throws only what is not the policy's: a software statement that is not good.
 */
export async function tryRegistration(trial: Trial, deps: RegistrationDeps): Promise<TrialOutcome> {
  const parsed = parseClientMetadata(trial.body, [], deps.fields)
  const vouched = trial.vouched ?? (await verifySoftwareStatement(trial.body, parsed, deps))
  const [admission = trial.admission] = possibleAdmissions([trial.admission], vouched?.issuer)
  const { address } = trial
  const policy = speakOpenly(trial.policy ?? choosePolicy(admission, { parsed, vouched, address }, deps))
  const { caller, permissions, fixed } = admission
  const facts = factsOf(parsed, { operation: 'register', caller, permissions, address, vouched, fixed }, deps)
  const judgement = await judgeByPolicy(parsed, facts, policy, deps)
  const { draft, decisions } = judgement
  const refused = await findRefusal(judgement, deps)
  const judged: JudgedMetadata = { ...draft, policy, facts, decisions }
  const budgets = refused === undefined ? await countBudgets(judged, deps) : []
  const registered = { metadata: draft.metadata, voucher: vouched?.issuer }
  const refusal =
    refused ??
    (holds(admission, registered) ? undefined : NOT_ADMITTED) ??
    (await findChoiceRefusal(trial.body, admission, policy, deps)) ??
    findExhausted(judged, budgets)
  return {
    policy,
    caller,
    ...(vouched === undefined ? {} : { vouched }),
    requested: draft.requested,
    outcome: refusal === undefined ? 'granted' : 'refused',
    granted: draft.metadata,
    decisions,
    dropped: draft.dropped,
    problems: refusal?.problems ?? [],
    ...(refusal === undefined ? {} : { refusal: withoutProblems(refusal) }),
    budgets,
  }
}

const NOT_ADMITTED: Refused = {
  code: 'invalid_token',
  reason: 'credentials.missing',
  message: 'This gate does not admit such a client; it needs credentials.',
  problems: [],
}

async function countBudgets(
  judged: JudgedMetadata,
  { store }: Pick<RegistrationDeps, 'store'>,
): Promise<readonly TrialBudget[]> {
  const { named } = settleBudgets(judged)
  return Promise.all(
    named.map(async (budget) => {
      const used = await store.countBudget(budget.key, judged.facts.now)
      return { ...budget, used, isExhausted: used >= budget.most }
    }),
  )
}

function findExhausted(judged: JudgedMetadata, budgets: readonly TrialBudget[]): Refused | undefined {
  const exhausted = budgets.find(({ isExhausted }) => isExhausted)
  return exhausted && budgetExhausted({ exhausted: exhausted.key }, judged, budgets)
}
