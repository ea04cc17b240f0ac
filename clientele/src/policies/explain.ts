/**
 * Tells in words what became of a registration: for each member what was asked, what was granted, and whose word or which
 * rule of which policy revision did it. RFC 7591 §3.2.1 lets a server replace values; whoever runs it must know why it did.
 */
import { actorOf } from '../clients/client.ts'
import { memberName } from '../oauth/member-name.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import { explainMember, nameRevision } from './explain-member.ts'
import type { Explainable, Explanation } from './explanation.ts'

export type { Explainable, Explanation } from './explanation.ts'

/** The whole of it. The words name the policy and its rules: they are for operators. */
export function explainClient(record: Explainable): Explanation {
  return {
    introduction: introduce(record),
    members: membersOf(record).map((member) => explainMember(member, record)),
  }
}

function introduce(record: Explainable): readonly string[] {
  const { caller, policy, policyRevision, vouched, proviso } = record
  const owner = caller.owner === undefined ? '' : `, for the owner ${caller.owner}`
  return [
    `It came in through the gate ${actorOf(caller)}${owner}.`,
    policy === undefined
      ? 'It is from before there were policies: the default policy governs its updates.'
      : policyRevision === undefined
        ? `An operator gave it the policy ${policy}, which judges its next update; what is granted is by the one before.`
        : `The policy ${nameRevision(policy, policyRevision)} judged what is granted.`,
    ...(vouched === undefined ? [] : [`${vouched.issuer} vouches for it (RFC 7591 §2.3).`]),
    ...(proviso === undefined ? [] : [PROVISO_WORDS[proviso]]),
  ]
}

const PROVISO_WORDS: Record<NonNullable<Explainable['proviso']>, string> = {
  public_client: 'It was let in without credentials as a public client, and stays one.',
  software_statement: 'It was let in by its software statement, and keeps needing one.',
}

function membersOf(record: Explainable): readonly string[] {
  const { requested, granted, dropped, decisions = [], fixed = {}, vouched, problems = [] } = record
  const named = new Set([
    ...Object.keys(granted),
    ...Object.keys(requested),
    ...Object.keys(fixed),
    ...Object.keys(vouched?.metadata ?? {}),
    ...dropped.map(({ member }) => member),
    ...decisions.map(({ member }) => member),
    ...problems.map(({ member }) => member),
  ])
  const order = [...METADATA_FIELDS.keys()]
  const placeOf = (member: string) => {
    const place = order.indexOf(memberName(member))
    return place === -1 ? order.length : place
  }
  return [...named].sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
}
