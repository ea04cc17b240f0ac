/** What became of one member of a registration: whose word, or which rule of which policy revision, did it. */
import { actorOf, type Dropped, type RecordedDecision } from '../clients/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import type { JsonValue } from '../oauth/json.ts'
import { memberName } from '../oauth/member-name.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import { sameJson } from '../oauth/same-json.ts'
import { counterpartOf } from '../oauth/settle-offers.ts'
import { wordsForDrop } from './explain-drop.ts'
import type { Explainable, ExplainedMember, ExplainedStep } from './explanation.ts'

/** Everything that happened to one member; at least one step. */
export function explainMember(member: string, record: Explainable): ExplainedMember {
  const requested = record.requested[member]
  const granted = record.granted[member]
  const drops = record.dropped.filter((each) => each.member === member)
  const decisions = (record.decisions ?? []).filter((each) => each.member === member)
  const steps = [
    ...explainVoucher(member, record),
    ...explainFixed(member, record),
    ...drops.flatMap((each) => explainDrop(each, decisions)),
    ...decisions.map((each) => explainDecision(each, record)),
    ...explainProblems(member, record),
  ]
  const cover = findCover(member, record)
  return {
    member,
    ...(requested === undefined ? {} : { requested }),
    ...(granted === undefined ? {} : { granted }),
    steps: [
      ...steps,
      ...explainRest({ cover, member, requested, granted, decisions, isSettled: steps.length > 0 }),
    ],
  }
}

function explainVoucher(member: string, { vouched }: Explainable): readonly ExplainedStep[] {
  const value = vouched?.metadata[member]
  if (vouched === undefined || value === undefined) return []
  const words = `The software statement of ${vouched.issuer} says ${show(value)}, and its word counts before the client's (RFC 7591 §2.3).`
  return [{ by: 'software_statement', words }]
}

function explainFixed(member: string, { fixed, caller }: Explainable): readonly ExplainedStep[] {
  const value = fixed?.[member]
  if (value === undefined) return []
  const words = `The credential that it was registered with (${actorOf(caller)}) fixes ${show(value)}, whatever is asked, now and at every update.`
  return [{ by: 'credential', words }]
}

/** What a rule of the policy dropped is told with the rule. */
function explainDrop(dropped: Dropped, decisions: readonly RecordedDecision[]): readonly ExplainedStep[] {
  const why = wordsForDrop(dropped)
  if (why === undefined && decisions.length > 0) return []
  return [{ by: 'server', words: `${show(dropped.value)} was dropped: ${why ?? dropped.reason}.` }]
}

function explainDecision(decision: RecordedDecision, record: Explainable): ExplainedStep {
  const { member, rule, because } = decision
  const policy = nameJudge(record)
  const words = `The rule ${rule} of ${policy} ${WHAT_IT_DID[decision.effect](decision)}: ${member} ${because.replace(/\.$/, '')}.`
  return { by: 'policy', rule, words }
}

function explainProblems(member: string, { problems = [] }: Explainable): readonly ExplainedStep[] {
  return problems
    .filter((each) => each.member === member)
    .map(({ message, rule, index }) => {
      const place = index === undefined ? member : `${member}[${index}]`
      return { by: 'server', words: `It would be refused: ${place} ${message.replace(/\.$/, '')} (${rule}).` }
    })
}

const WHAT_IT_DID: Record<RecordedDecision['effect'], (decision: RecordedDecision) => string> = {
  default: ({ to }) => `put in ${show(to)}`,
  forced: ({ from, to }) =>
    to === undefined
      ? `took away ${show(from)}`
      : `set it to ${show(to)}${from === undefined ? '' : ` instead of ${show(from)}`}`,
  chosen: ({ from, to }) => `chose ${show(to)}${from === undefined ? '' : ` instead of ${show(from)}`}`,
  narrowed: ({ from, to }) => `left ${show(to)} of ${show(from)}`,
  dropped: ({ from }) => `dropped ${show(from)}`,
}

/** Who settled the member, so that its translations and the list to choose it from do not count (`oauth/overlay.ts`). */
function findCover(member: string, { fixed = {}, vouched }: Explainable): Ending['cover'] {
  const name = memberName(member)
  const isIn = (metadata: ClientMetadata) =>
    Object.keys(metadata).some((each) => [name, counterpartOf(name)].includes(memberName(each)))
  if (isIn(fixed)) return 'credential'
  return isIn(vouched?.metadata ?? {}) ? 'software_statement' : undefined
}

const COVERS = {
  credential: 'It does not count beside what the credential fixes.',
  software_statement: 'It does not count beside what the software statement says.',
} as const

interface Ending {
  readonly cover: keyof typeof COVERS | undefined
  readonly member: string
  readonly requested: JsonValue | undefined
  readonly granted: JsonValue | undefined
  readonly decisions: readonly RecordedDecision[]
  /** Whether something was said about the member already. */
  readonly isSettled: boolean
}

/** What is left to say when everybody's words were told. */
function explainRest(ending: Ending): readonly ExplainedStep[] {
  const { cover, member, requested, granted, decisions, isSettled } = ending
  // A value that a rule took away and that has a default comes back as that.
  const isRefilled = decisions.length > 0 && decisions.at(-1)?.to === undefined && granted !== undefined
  if (isSettled && !isRefilled) return []
  if (granted === undefined && cover) return [{ by: cover, words: COVERS[cover] }]
  if (granted === undefined) return [{ by: 'server', words: 'It was not granted.' }]
  if (requested === undefined || isRefilled)
    return [{ by: 'standard', words: wordsForDefault(member, granted) }]
  if (sameJson(requested, granted)) return [{ by: 'client', words: 'It was granted as asked.' }]
  const words = `The server brought it into agreement with what it can do and with the other members (RFC 7591 §2.1, §3.2.1): ${show(granted)}.`
  return [{ by: 'server', words }]
}

function wordsForDefault(member: string, granted: JsonValue): string {
  const section = METADATA_FIELDS.get(memberName(member))?.source ?? 'RFC 7591 §2'
  const special: Readonly<Record<string, string>> = {
    application_type: `Told from the redirect URIs (${section}).`,
    response_types: 'They follow from the grant types (RFC 7591 §2.1).',
    scope: `The default scope of this server (${section}).`,
  }
  if (Array.isArray(granted) && granted.length === 0) return `There are none (${section}).`
  return special[member] ?? `The default of ${section}.`
}

/** What decided: the policy that governs, unless an operator put it in the place of the one that judged. */
function nameJudge({ policy, policyRevision }: Explainable): string {
  if (policy !== undefined && policyRevision === undefined) return 'the policy before'
  return nameRevision(policy ?? 'default', policyRevision)
}

/** A policy as it is spoken of to operators. */
export function nameRevision(policy: string, revision: string | undefined): string {
  return revision === undefined ? policy : `${policy} (revision ${revision})`
}

const LONGEST_SHOWN = 200

/** A value within a sentence. */
function show(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
