import type { ClientRecord, Vouched } from '../../clients/client.ts'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Draft } from '../../oauth/draft.ts'
import type { Problem } from '../../oauth/errors.ts'
import type { ParsedMetadata } from '../../oauth/parse-metadata.ts'
import type { Facts, Policy, Situation } from '../../policies/policy.ts'
import { nowInSeconds } from '../../runtime/clock.ts'
import type { RegistrationDeps } from '../deps.ts'
import { findRefusal } from './find-refusal.ts'
import { type Judgement, judgeByPolicy } from './judge-by-policy.ts'

/** What is settled before the client's own words are looked at. */
export interface GivenValues {
  readonly operation: Facts['operation']
  /** Exactly one governs the client. */
  readonly policy: Policy
  readonly caller: Situation['caller']
  readonly permissions: Situation['permissions']
  readonly address: string
  readonly vouched?: Vouched | undefined
  readonly fixed?: ClientMetadata | undefined
  /** At an update: the client as it is stored. */
  readonly client?: ClientRecord
  /** Problems that the verb itself has with the request. */
  readonly problems?: readonly Problem[]
}

/** What is granted, by which policy, and what that did. */
export interface JudgedMetadata extends Draft<CompleteMetadata> {
  readonly policy: Policy
  readonly facts: Facts
  readonly decisions: Judgement['decisions']
}

type Judging = Pick<RegistrationDeps, 'capabilities' | 'fields' | 'clock' | 'checkServable'>

/**
 * From what was asked to what is granted, the same for a creation and an update, whoever asks. Throws one error with every
 * problem of the request, or the policy's denial; last the authorization server has its own word.
 */
export async function judgeMetadata(
  parsed: ParsedMetadata,
  given: GivenValues,
  deps: Judging,
): Promise<JudgedMetadata> {
  const facts = factsOf(parsed, given, deps)
  const judgement = await judgeByPolicy(parsed, facts, given.policy, deps)
  const refusal = await findRefusal(judgement, deps)
  if (refusal !== undefined) throw refusal
  const { draft, decisions } = judgement
  return { ...draft, policy: given.policy, facts, decisions }
}

/** What the rules may know of a request. */
export function factsOf(
  parsed: ParsedMetadata,
  given: Omit<GivenValues, 'policy'>,
  { capabilities, clock }: Pick<RegistrationDeps, 'capabilities' | 'clock'>,
): Facts {
  const { operation, caller, permissions, address, vouched, fixed, client } = given
  return {
    operation,
    caller,
    permissions,
    address,
    ...(vouched === undefined ? {} : { vouched }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(client === undefined ? {} : { client }),
    claimed: parsed.metadata,
    requested: parsed.metadata,
    capabilities,
    now: nowInSeconds(clock),
  }
}
