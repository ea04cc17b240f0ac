import type { ClientRecord } from '../../clients/client.ts'
import { metadataError, OAuthError } from '../../oauth/errors.ts'
import { memberName } from '../../oauth/member-name.ts'
import { citeRule } from '../../policies/apply-rules.ts'
import type { NamedBudget, Policy } from '../../policies/policy.ts'
import type { Budget, BudgetExhausted } from '../../stores/store.ts'
import type { JudgedMetadata } from './judge-metadata.ts'

/** Which budgets a client counts against. */
export interface SettledBudgets {
  readonly named: readonly NamedBudget[]
  /** For the record: what it gives back when it is deleted. */
  readonly holds: Pick<ClientRecord, 'holds'>
  /** For the store: what it takes now. */
  readonly takes: { readonly budgets?: readonly Budget[] }
}

/**
 * Asks the policy which budgets a client counts against. Budgets with a window
 * count registrations, and an update is none; of the standing ones it takes what it does not hold already.
 */
export function settleBudgets({ policy, metadata, facts }: JudgedMetadata): SettledBudgets {
  const named = policy.budgetsOf(metadata, facts)
  if (named.length === 0) return { named, holds: {}, takes: {} }
  const standing = named.filter(({ windowEnds }) => windowEnds === undefined)
  const taken = facts.operation === 'register' ? named : standing
  const holds = [...new Set(standing.map(({ key }) => key))]
  return {
    named,
    holds: holds.length === 0 ? {} : { holds },
    takes: taken.length === 0 ? {} : { budgets: taken.map(toBudget) },
  }
}

function toBudget({ key, most, windowEnds }: NamedBudget): Budget {
  return { key, most, ...(windowEnds === undefined ? {} : { windowEnds }) }
}

/** The error for a budget of which nothing is left. */
export function budgetExhausted(
  { exhausted }: BudgetExhausted,
  { policy, facts }: { readonly policy: Policy; readonly facts: JudgedMetadata['facts'] },
  budgets: readonly NamedBudget[],
): OAuthError {
  const budget = budgets.find(({ key }) => key === exhausted)
  if (budget === undefined) throw new Error('the store ran out of a budget that nobody asked for')
  const { because, member, rule, windowEnds } = budget
  if (member !== undefined) {
    const cited = citeRule(rule, policy)
    return metadataError([{ member, reason: `${memberName(member)}.taken`, message: because, rule: cited }])
  }
  const message = policy.explain === 'public' ? `${because} (${citeRule(rule, policy)})` : because
  return windowEnds === undefined
    ? new OAuthError('access_denied', 'limits.reached', message)
    : new OAuthError('slow_down', 'limits.reached', message, {
        retryAfterSeconds: Math.max(1, windowEnds - facts.now),
      })
}
