import type { ReplayFinding, ReplaySummary } from '../../admin/replay-policy.ts'
import type { Wire } from '../../http/endpoints/admin-answer.ts'
import { CommandError } from '../command-error.ts'
import type { OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'
import { readNews } from '../read-news.ts'
import { type PolicyArgument, readPolicyArgument } from '../read-policy-argument.ts'
import { shorten } from '../render-explanation.ts'
import { renderRefusedMember } from '../render-problem.ts'

export interface PolicyReplayOptions extends OperatorOptions, PolicyArgument {
  readonly governedOnly?: boolean
}

type Finding = Omit<Wire<ReplayFinding>, 'type'>
type Summary = Omit<Wire<ReplaySummary>, 'type'>

/** `clientele policy replay`: what would the policy make of the clients that exist? Nothing is changed. */
export async function policyReplayCommand(options: PolicyReplayOptions): Promise<void> {
  const wanted = readPolicyArgument(options)
  if (wanted.policy === undefined && wanted.written === undefined)
    throw new CommandError('Give --policy a name or a file: the policy that is replayed.')
  const request = { ...wanted, governed_only: options.governedOnly ?? false }
  const progress = { done: 'judged', what: 'judged', options }
  const { findings, summary } = await readNews<Finding, Summary>(
    '/admin/v1/policies/replay',
    request,
    progress,
  )
  if (options.json) return printJson({ ...summary, clients: findings })
  printLines(...[...renderFindings(findings), ...renderSummary(summary)].map(printable))
}

function renderFindings(findings: readonly Finding[]): readonly string[] {
  const parts: readonly [Finding['outcome'], string][] = [
    ['refused', 'Would be refused:'],
    ['changed', 'Would change:'],
    ['failed', 'Could not be judged (the log of the server says why):'],
  ]
  return parts.flatMap(([outcome, head]) => {
    const those = findings.filter((each) => each.outcome === outcome)
    return those.length === 0 ? [] : [head, ...those.flatMap(renderFinding), '']
  })
}

function renderFinding({ client_id, client_name, outcome, ...rest }: Finding): readonly string[] {
  const name = client_name === undefined ? '' : ` (${client_name})`
  const refusal =
    rest.problems.length > 0 ? rest.problems.map(renderRefusedMember) : [rest.refusal?.message ?? '']
  const changes = rest.differences.map(
    ({ member, from, to }) => `${member}: ${shorten(from) ?? 'nothing'} → ${shorten(to) ?? 'nothing'}`,
  )
  const reasons = outcome === 'refused' ? refusal : changes
  return [`  ${client_id}${name}`, ...reasons.map((each) => `    ${each}`)]
}

function renderSummary(summary: Summary): readonly string[] {
  const { judged, same, changed, refused, failed, governed, policy, policy_revision } = summary
  return [
    `${judged} ${judged === 1 ? 'client' : 'clients'} judged by ${policy} (revision ${policy_revision}), which governs ${governed} of them now:`,
    `  ${same} would stay as they are`,
    `  ${changed} would change${counts(summary.members)}`,
    `  ${refused} would be refused${counts(summary.reasons)}`,
    ...(failed === 0 ? [] : [`  ${failed} could not be judged`]),
    ...summary.notes,
  ]
}

/** The most frequent first. */
function counts(of: Readonly<Record<string, number>>): string {
  const each = Object.entries(of).sort(([, a], [, b]) => b - a)
  return each.length === 0 ? '' : ` (${each.map(([name, number]) => `${name}: ${number}`).join(', ')})`
}
