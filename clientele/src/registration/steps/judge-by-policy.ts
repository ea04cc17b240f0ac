import type { RecordedDecision } from '../../clients/client.ts'
import { applyDefaults } from '../../oauth/apply-defaults.ts'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { findProblems } from '../../oauth/consistency.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { OAuthError, Problem } from '../../oauth/errors.ts'
import { negotiate } from '../../oauth/negotiate.ts'
import { overlay } from '../../oauth/overlay.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'
import { sameJson } from '../../oauth/same-json.ts'
import { scopeValues } from '../../oauth/scope.ts'
import { type AppliedRules, applyRules } from '../../policies/apply-rules.ts'
import type { Facts, Policy } from '../../policies/policy.ts'
import type { RegistrationDeps } from '../deps.ts'
import { checkFixed } from './check-fixed.ts'
import { checkKeys } from './check-keys.ts'
import { mergeDecisions } from './merge-decisions.ts'
import { denialError, unsettledProblem } from './policy-problems.ts'
import { withholdPrivilegedScopes } from './withhold-privileged-scopes.ts'
import { withoutConsequences } from './without-consequences.ts'

/** What a policy makes of a request, refused or not: nothing is thrown, so that it can also be shown and rehearsed. */
export interface Judgement {
  readonly draft: Draft<CompleteMetadata>
  /** What the policy did to what was asked. */
  readonly decisions: readonly RecordedDecision[]
  /** Every problem of the request at once. */
  readonly problems: readonly Problem[]
  /** Nobody gets this, whatever else is wrong with it. */
  readonly denial?: OAuthError
}

type Judging = Pick<RegistrationDeps, 'capabilities' | 'fields'>

/** So often may rules change what the ones before settled; who needs more goes round in circles. */
const MOST_ROUNDS = 4

/**
 * Overlay, the policy's first round, what the server can do, then defaults and the policy's second round until it changes
 * nothing any more; last keys and consistency over the result. Rules amend what the defaults are made from, not the
 * defaults themselves: whatever follows from a member is found anew when a rule changes it.
 */
export async function judgeByPolicy(
  parsed: ParsedMetadata,
  facts: Facts,
  policy: Policy,
  deps: Judging,
): Promise<Judgement> {
  const setting = { policy, facts }
  // What a trusted issuer claims wins over the client's words (RFC 7591 §2.3), and what the gate fixed over both.
  const settled = overlay(overlay(parsed, facts.vouched?.metadata), facts.fixed)
  const asked = await applyRules(policy.askedRules, settled.metadata, setting)
  const done = [asked as AppliedRules<ClientMetadata>]

  let base = negotiate({ ...settled, ...partOf(settled, asked) }, deps.capabilities, deps.fields)
  let complete = complement(base)
  const granting = { policy, facts: { ...facts, counted: asked.metadata } }
  let granted = await applyRules(policy.grantedRules, complete.metadata, granting)
  for (let round = 1; granted.decisions.length > 0 && round < MOST_ROUNDS; round++) {
    done.push(granted)
    base = renegotiate(base, granted)
    complete = complement(base)
    granted = await applyRules(policy.grantedRules, complete.metadata, granting)
  }

  const dropped = [...complete.dropped, ...done.flatMap((round) => round.dropped)]
  // A member whose own value is bad was left out of the metadata; a rule that misses it now has nothing to add.
  const faulty = new Set(complete.problems.map(({ member }) => member))
  const news = granted.problems.filter(({ member, index }) => index !== undefined || !faulty.has(member))
  const unsettled = granted.decisions.map((decision) => unsettledProblem(decision, policy))
  const draft = checkKeys(
    checkFixed(
      {
        ...complete,
        dropped,
        problems: withoutTwins([...complete.problems, ...news, ...unsettled]),
      },
      facts.fixed,
      deps,
    ),
  )
  const [denied] = [...asked.denials, ...granted.denials]
  // What went and came back as a default was not lost.
  const isAsAsked = ({ member }: { readonly member: string }) =>
    facts.requested[member] !== undefined && sameJson(facts.requested[member], draft.metadata[member])
  return {
    draft: { ...draft, dropped: draft.dropped.filter((value) => !isAsAsked(value)) },
    decisions: mergeDecisions(done.flatMap((round) => round.decisions)),
    problems: withoutConsequences(findProblems(draft), facts.requested),
    ...(denied === undefined ? {} : { denial: denialError(denied, policy) }),
  }

  function complement(from: Draft<ClientMetadata>): Draft<CompleteMetadata> {
    const { permissions, fixed, client } = facts
    const allowed = [fixed?.scope, client?.granted.scope].flatMap(scopeValues)
    return withholdPrivilegedScopes(
      applyDefaults(from, deps.capabilities),
      { permissions, allowed },
      deps.capabilities.privilegedScopes,
    )
  }

  /** Puts the amendments into what the defaults are made from. What a policy writes is held against the server as well. */
  function renegotiate(from: Draft<ClientMetadata>, { decisions }: AppliedRules<CompleteMetadata>) {
    const metadata: Record<string, unknown> = { ...from.metadata }
    for (const { member, to } of decisions) {
      if (to === undefined) delete metadata[member]
      else metadata[member] = to
    }
    const again = negotiate({ ...from, metadata: metadata as ClientMetadata }, deps.capabilities, deps.fields)
    return { ...again, dropped: [...from.dropped, ...again.dropped] }
  }
}

/** The first round's metadata and problems; what was asked stays what was asked. */
function partOf(settled: ParsedMetadata, asked: AppliedRules<ClientMetadata>): ParsedMetadata {
  return {
    requested: settled.requested ?? settled.metadata,
    metadata: asked.metadata,
    problems: asked.problems.length === 0 ? settled.problems : [...settled.problems, ...asked.problems],
  }
}

/** A rule that acts in both rounds may have the same to say in both. */
function withoutTwins(problems: readonly Problem[]): readonly Problem[] {
  const identify = ({ member, reason, index }: Problem) => JSON.stringify([member, reason, index])
  return problems.length < 2
    ? problems
    : [...new Map(problems.map((problem) => [identify(problem), problem])).values()]
}
