import type { CheckedPolicy, WrittenFault } from '../../admin/policy-texts.ts'
import { loadConfig } from '../../server/config.ts'
import { NoServerRunning } from '../find-operator-target.ts'
import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'
import { readPolicyFile, type WrittenPolicyFile } from '../read-policy-argument.ts'

/** `clientele policy check`: exit code 1 when one of the files cannot be used. */
export async function policyCheckCommand(files: readonly string[], options: OperatorOptions): Promise<void> {
  const policies = files.map(readPolicyFile)
  const { answer, notes } = await check(policies, options)
  const checked = answer.policies as readonly CheckedPolicy[]
  if (options.json) printJson(answer)
  else
    printLines(
      ...checked.flatMap((each, index) => renderChecked(each, files[index]!)).map(printable),
      ...notes,
    )
  if (checked.some(({ faults }) => errorsIn(faults) > 0)) process.exitCode = 1
}

/** By the running server, which knows best what it can do; where none runs, as one would that started here. */
async function check(
  policies: readonly WrittenPolicyFile[],
  options: OperatorOptions,
): Promise<{ readonly answer: Record<string, unknown>; readonly notes: readonly string[] }> {
  try {
    return { answer: await callOperatorApi('/admin/v1/policies/check', { policies }, options), notes: [] }
  } catch (error) {
    if (!(error instanceof NoServerRunning) || options.data !== undefined) throw error
    const { createLocalPolicyTexts } = await import('../../server/local-policy-texts.ts')
    const config = loadConfig({ environment: process.env, ignorePolicies: true })
    const notes = [
      'No server is running: this was checked by the configuration that one would start with here.',
    ]
    return { answer: { policies: await createLocalPolicyTexts(config).check(policies) }, notes }
  }
}

function renderChecked({ name, revision, faults }: CheckedPolicy, file: string): readonly string[] {
  const errors = errorsIn(faults)
  const warnings = faults.length - errors
  const isAs = revision === undefined ? '' : ` The policy ${name} has the revision ${revision}.`
  const sum =
    faults.length === 0 ? 'nothing is wrong.' : `${count(errors, 'error')}, ${count(warnings, 'warning')}.`
  return [...faults.map((fault) => renderFault(fault, file)), `${file}: ${sum}${isAs}`]
}

/** `partner.toml:12: error: redirect_uris.hosts[0] …`: the form that editors find the place by. */
function renderFault({ severity, line, key, message, ...more }: WrittenFault, file: string): string {
  const place = line === undefined ? file : `${file}:${line}`
  const ends = [
    more.found === undefined ? '' : `; found ${more.found}`,
    more.allowed === undefined ? '' : `; allowed is ${more.allowed}`,
    more.nearest === undefined ? '' : `; the nearest known key is ${more.nearest}`,
  ]
  return `${place}: ${severity}: ${key === '' ? 'the policy' : key} ${message}${ends.join('')}`
}

function errorsIn(faults: readonly WrittenFault[]): number {
  return faults.filter(({ severity }) => severity === 'error').length
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
