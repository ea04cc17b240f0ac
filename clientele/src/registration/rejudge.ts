import type { ClientRecord } from '../clients/client.ts'
import type { CompleteMetadata } from '../oauth/client-metadata.ts'
import type { Problem } from '../oauth/errors.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import { sameJson } from '../oauth/same-json.ts'
import type { Policy } from '../policies/policy.ts'
import type { RegistrationDeps } from './deps.ts'
import { findRefusal, type RefusedInWords, withoutProblems } from './steps/find-refusal.ts'
import { judgeByPolicy } from './steps/judge-by-policy.ts'
import { factsOf } from './steps/judge-metadata.ts'
import { findProvisoRefusal } from './steps/settle-admission.ts'
import { speakOpenly } from './steps/speak-openly.ts'

/** What a policy would make of a client that exists. */
export interface Rejudgement {
  readonly outcome: 'same' | 'changed' | 'refused'
  /** Which granted members would change, and how; empty unless `changed`. */
  readonly differences: readonly Difference[]
  /** Every bad member, where it would be refused; empty where the refusal is not about members. */
  readonly problems: readonly Problem[]
  readonly refusal?: RefusedInWords
}

export interface Difference {
  readonly member: string
  /** Absent where there is none. */
  readonly from?: JsonValue
  readonly to?: JsonValue
}

/**
 * Judges what a client asked for anew, as if it sent the same update again under `policy`. Changes nothing. Its name, if it
 * must be unique, and its limits are not looked at: it has them.
 */
export async function rejudge(
  client: ClientRecord,
  policy: Policy,
  deps: Pick<RegistrationDeps, 'capabilities' | 'fields' | 'clock' | 'checkServable'>,
): Promise<Rejudgement> {
  const parsed = parseClientMetadata(client.requested, [], deps.fields)
  const { caller, fixed, vouched } = client
  const given = { operation: 'update', caller, permissions: [], address: '', vouched, fixed, client } as const
  const judgement = await judgeByPolicy(parsed, factsOf(parsed, given, deps), speakOpenly(policy), deps)
  const revised = { metadata: judgement.draft.metadata, voucher: vouched?.issuer }
  const refusal =
    (await findRefusal(judgement, deps)) ?? findProvisoRefusal({ client, permissions: [] }, revised)
  if (refusal !== undefined) {
    return {
      outcome: 'refused',
      differences: [],
      problems: refusal.problems,
      refusal: withoutProblems(refusal),
    }
  }
  const differences = findDifferences(client.granted, judgement.draft.metadata)
  return { outcome: differences.length === 0 ? 'same' : 'changed', differences, problems: [] }
}

function findDifferences(before: CompleteMetadata, after: CompleteMetadata): readonly Difference[] {
  const members = new Set([...definedIn(before), ...definedIn(after)])
  return [...members].flatMap((member) => {
    const [from, to] = [before[member], after[member]]
    if (sameJson(from, to)) return []
    return { member, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  })
}

function definedIn(metadata: JsonObject): readonly string[] {
  return Object.keys(metadata).filter((member) => metadata[member] !== undefined)
}
