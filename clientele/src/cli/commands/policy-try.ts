import { readFileSync } from 'node:fs'
import type { PolicyTrial } from '../../admin/try-policy.ts'
import type { Wire } from '../../http/endpoints/admin-answer.ts'
import { CommandError } from '../command-error.ts'
import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'
import { readObject } from '../read-object.ts'
import { type PolicyArgument, readPolicyArgument } from '../read-policy-argument.ts'
import { renderExplanation } from '../render-explanation.ts'
import { renderRefusedMember } from '../render-problem.ts'

export interface PolicyTryOptions extends OperatorOptions, PolicyArgument {
  /** The file with the registration request. */
  readonly body: string
  readonly as?: string
  readonly owner?: string
  readonly permission?: readonly string[]
  /** Each `name=value`. */
  readonly claim?: readonly string[]
  readonly certificateSubject?: string
  readonly address?: string
  /** The file with a software statement. */
  readonly softwareStatement?: string
}

type Trial = Wire<PolicyTrial>

/** `clientele policy try`: what would this request get, and why? Nothing is stored. */
export async function policyTryCommand(options: PolicyTryOptions): Promise<void> {
  const { as, owner, permission, claim, certificateSubject, address } = options
  const request = {
    ...readPolicyArgument(options),
    body: readBody(options),
    ...(as === undefined ? {} : { as }),
    ...(owner === undefined ? {} : { owner }),
    ...(permission === undefined ? {} : { permissions: permission }),
    ...(claim === undefined ? {} : { claims: Object.fromEntries(claim.map(readClaim)) }),
    ...(certificateSubject === undefined ? {} : { certificate_subject: certificateSubject }),
    ...(address === undefined ? {} : { address }),
  }
  const answer = await callOperatorApi('/admin/v1/policies/try', request, options)
  if (options.json) return printJson(answer)
  printLines(...renderTrial(answer as unknown as Trial).map(printable))
}

function renderTrial(trial: Trial): readonly string[] {
  const { outcome, problems, refusal, notes, budgets, explanation } = trial
  const verdict =
    outcome === 'granted'
      ? 'It would be registered.'
      : `It would be refused with ${refusal?.code ?? 'an error'}${problems.length > 0 ? ':' : `: ${refusal?.message}`}`
  return [
    verdict,
    ...problems.map((problem) => `  ${renderRefusedMember(problem)}`),
    `${CHOICE[trial.policy_choice]} ${trial.policy} (revision ${trial.policy_revision}).`,
    ...notes,
    ...budgets.map(({ rule, used, most }) => `It counts against ${rule}: ${used} of ${most} are used.`),
    '',
    // Where it came from and what governs it was said.
    ...renderExplanation(
      { ...explanation, introduction: [] },
      outcome === 'granted' ? 'granted' : 'judged_as',
    ).slice(1),
  ]
}

const CHOICE: Record<Trial['policy_choice'], string> = {
  wanted: 'Tried was the policy',
  credential: 'The credential names the policy',
  chosen: 'The server would choose the policy',
}

/** With the software statement put in (RFC 7591 §2.3). */
function readBody({ body, softwareStatement }: PolicyTryOptions): Record<string, unknown> {
  const asked = readObject('--body', `@${body}`)
  if (softwareStatement === undefined) return asked
  try {
    return { ...asked, software_statement: readFileSync(softwareStatement, 'utf8').trim() }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`--software-statement: ${softwareStatement} cannot be read (${code}).`, {
      cause: error,
    })
  }
}

/** `tenant=acme`; a value that is JSON and no text is that: `admin=true`. */
function readClaim(text: string): readonly [string, unknown] {
  const equals = text.indexOf('=')
  if (equals < 1)
    throw new CommandError(`--claim must be a name and a value, as in tenant=acme, not ${text}.`)
  const value = text.slice(equals + 1)
  try {
    return [text.slice(0, equals), JSON.parse(value)]
  } catch {
    return [text.slice(0, equals), value]
  }
}
