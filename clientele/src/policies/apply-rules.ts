import type { RecordedDecision } from '../clients/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { DroppedValue } from '../oauth/draft.ts'
import type { Problem } from '../oauth/errors.ts'
import type { JsonValue } from '../oauth/json.ts'
import { memberName } from '../oauth/member-name.ts'
import { sameJson } from '../oauth/same-json.ts'
import { elementsOf } from './elements-of.ts'
import type { Amendment, Decision, Denial, Facts, Policy, Refusal, Rule } from './policy.ts'

/** What the rules of one round did. */
export interface AppliedRules<Metadata extends ClientMetadata> {
  /** With every amendment in place. */
  readonly metadata: Metadata
  /** The amendments, one by one: `to` is absent where the member went. */
  readonly decisions: readonly RecordedDecision[]
  /** What was asked for and went. */
  readonly dropped: readonly DroppedValue[]
  readonly problems: readonly Problem[]
  readonly denials: readonly (Denial & { readonly rule: string })[]
}

/** Whose rules they are, and what they may know. */
export interface RuleSetting {
  readonly policy: Pick<Policy, 'name' | 'revision' | 'explain'>
  readonly facts: Facts
}

/**
 * Lets rules act one by one, each on what the one before left. They return decisions; here these are put into effect:
 * what a credential fixed is not amended but refused, and a list that would be narrowed to nothing is refused too, because
 * to the next reader an empty list means its default.
 */
export async function applyRules<Metadata extends ClientMetadata>(
  rules: readonly Rule<Metadata>[],
  metadata: Metadata,
  setting: RuleSetting,
): Promise<AppliedRules<Metadata>> {
  const applied = { metadata, decisions: [], dropped: [], problems: [], denials: [] } as Applying<Metadata>
  for (const rule of rules) {
    const decided = rule.decide(applied.metadata, setting.facts)
    // Nearly all rules answer at once, and a turn of the queue for each would cost more than they do.
    const decisions = isPromise(decided) ? await decided : decided
    for (const decision of decisions) apply(decision, rule.name, applied, setting)
  }
  return applied
}

interface Applying<Metadata extends ClientMetadata> extends AppliedRules<Metadata> {
  metadata: Metadata
  readonly decisions: RecordedDecision[]
  readonly dropped: DroppedValue[]
  readonly problems: Problem[]
  readonly denials: (Denial & { readonly rule: string })[]
}

function apply<Metadata extends ClientMetadata>(
  decision: Decision,
  rule: string,
  applied: Applying<Metadata>,
  setting: RuleSetting,
): void {
  if (decision.kind === 'deny') {
    applied.denials.push({ ...decision, rule })
  } else if (decision.kind === 'refuse') {
    applied.problems.push(problemOf(decision, rule, setting.policy))
  } else {
    amend(decision, rule, applied, setting)
  }
}

function amend<Metadata extends ClientMetadata>(
  { member, effect, to, because }: Amendment,
  rule: string,
  applied: Applying<Metadata>,
  { policy, facts }: RuleSetting,
): void {
  const from = applied.metadata[member]
  if (sameJson(from, to)) return
  const refuse = (reason: string, message: string) =>
    applied.problems.push(problemOf({ kind: 'refuse', member, reason, because: message }, rule, policy))
  if (isFixed(member, facts)) return void refuse('fixed', `is fixed by the credential, and ${because}`)
  if (effect === 'narrowed' && isEmpty(to)) return void refuse('nothing_left', because)
  const { [member]: _, ...others } = applied.metadata
  applied.metadata = (to === undefined ? others : { ...others, [member]: to }) as Metadata
  applied.decisions.push({
    member,
    effect,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    rule,
    because,
  })
  applied.dropped.push(...lostValues(member, from, to, facts.requested))
}

/** What a credential fixed covers the member's translations too (`oauth/overlay.ts`). */
function isFixed(member: string, { fixed = {} }: Facts): boolean {
  const name = memberName(member)
  return Object.keys(fixed).some((each) => memberName(each) === name)
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

/** What the client itself asked for and will not have: one entry for each element of a list, each value of a scope. */
function lostValues(
  member: string,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
  requested: ClientMetadata,
): readonly DroppedValue[] {
  const kept = elementsOf(member, to)
  const asked = elementsOf(member, requested[member])
  return elementsOf(member, from)
    .filter((value) => asked.some((each) => sameJson(each, value)))
    .filter((value) => !kept.some((each) => sameJson(each, value)))
    .map((value) => ({ member, value, reason: `${memberName(member)}.policy` }))
}

/** What the client is told: the member and the rule in words; names only where the policy is public. */
function problemOf(
  { member, reason, because, index }: Refusal,
  rule: string,
  policy: RuleSetting['policy'],
): Problem {
  return {
    member,
    reason: `${memberName(member)}.${reason}`,
    message: because,
    rule: citeRule(rule, policy),
    ...(index === undefined ? {} : { index }),
  }
}

/** How a rule of a policy is spoken of to a client. */
export function citeRule(rule: string, { name, revision, explain }: RuleSetting['policy']): string {
  return explain === 'public' ? `policy ${name} (${revision}): ${rule}` : 'the policy of this server'
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof (value as Promise<Value>).then === 'function'
}
