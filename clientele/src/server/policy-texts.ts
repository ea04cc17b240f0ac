/** Reads policies that the admin API is sent, as the files of the policy folder are read at the start. */
import { adminError } from '../admin/admin-error.ts'
import type { CheckedPolicy, PolicyTexts, WrittenFault, WrittenPolicy } from '../admin/policy-texts.ts'
import { isObject } from '../oauth/json.ts'
import { findUnreachable } from '../policies/check-policies.ts'
import { checkPolicy } from '../policies/check-policy.ts'
import { compilePolicy, type PolicyContext } from '../policies/compile-policy.ts'
import type { Conditions } from '../policies/conditions.ts'
import type { PolicyDefinition } from '../policies/policy-definition.ts'
import { type PolicyFault, renderPolicyPath } from '../policies/policy-error.ts'
import { ConfigError } from './config-error.ts'
import { type WrittenPolicy as PolicyFile, readPolicyFile } from './policy-files.ts'

export interface PolicyTextsDeps {
  /** What the server's own policies were compiled with. */
  readonly context: PolicyContext
  /** How many of them stand in the configuration itself, before those of the folder. */
  readonly inline: number
  /** Resolves when everybody else had their turn; where nobody else is served, it is left out. */
  readonly nextTurn?: () => Promise<void>
}

export function createPolicyTexts({ context, inline, nextTurn }: PolicyTextsDeps): PolicyTexts {
  return {
    async check(written) {
      const read = written.map(readText)
      const files = read.flatMap(({ file }) => file ?? [])
      const beside = withOthers(context, files)
      const unreachable = findUnreachable(inOrder(beside, inline))
      const checked: CheckedPolicy[] = []
      for (const { file, faults, given } of read) {
        if (!file) {
          checked.push({ ...given, faults })
          continue
        }
        // A policy may take a tenth of a second, and a request may bring hundreds.
        await nextTurn?.()
        const found = [...checkPolicy(file.definition, beside), ...findTwin(file, files)]
        const hidden = unreachable.get(file.definition.name)
        checked.push(describe(given, file, hidden ? [...found, hidden] : found, beside))
      }
      return checked
    },
    compile(written) {
      const { file, faults } = readText(written)
      if (!file) throw refusal(faults)
      const beside = withOthers(context, [file])
      const errors = checkPolicy(file.definition, beside)
        .filter(({ severity }) => severity === 'error')
        .map((fault) => locate(fault, file))
        .sort(byLine)
      if (errors.length > 0) throw refusal(errors)
      return compilePolicy(file.definition, beside)
    },
  }
}

interface ReadText {
  readonly given: Pick<CheckedPolicy, 'file' | 'name'>
  /** Undefined where the text is no TOML. */
  readonly file?: PolicyFile
  readonly faults: readonly WrittenFault[]
}

const UNNAMED = 'unnamed'

function readText({ text, file = `${UNNAMED}.toml` }: WrittenPolicy): ReadText {
  const given = { file, name: file.replace(/\.toml$/, '') }
  try {
    const read = readPolicyFile(text, file)
    const { name } = read.definition
    return { given: typeof name === 'string' ? { file, name } : given, file: read, faults: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const faults = error.problems.map(({ where, wrong }) => ({
      severity: 'error' as const,
      ...lineOf(where),
      key: '',
      message: wrong,
    }))
    return { given, faults }
  }
}

/** The server's policies with these in the place of those of their names. */
function withOthers(context: PolicyContext, files: readonly PolicyFile[]): PolicyContext {
  const { own, presets } = context.known
  const brought = files.map(({ definition }) => [definition.name, definition] as const)
  return { ...context, known: { own: new Map([...own, ...brought]), presets } }
}

/** Those of the configuration first, then those of the folder by name: a file is usually named after its policy. */
function inOrder({ known }: PolicyContext, inline: number): Parameters<typeof findUnreachable>[0] {
  const all = [...known.own.values()] as (PolicyDefinition & { readonly name: string })[]
  const files = all.slice(inline).sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...all.slice(0, inline), ...files].map(({ name, when }) => ({
    name,
    ...(isObject(when) ? { when: when as Conditions } : {}),
  }))
}

function findTwin(file: PolicyFile, files: readonly PolicyFile[]): readonly PolicyFault[] {
  const others = files.filter((each) => each !== file && each.definition.name === file.definition.name)
  return others.length === 0
    ? []
    : [{ severity: 'error', path: ['name'], message: 'is the name of another of these policies' }]
}

function describe(
  given: ReadText['given'],
  file: PolicyFile,
  found: readonly PolicyFault[],
  context: PolicyContext,
): CheckedPolicy {
  const isUsable = found.every(({ severity }) => severity === 'warning')
  const faults = found.map((fault) => locate(fault, file)).sort(byLine)
  return {
    ...given,
    ...(isUsable ? { revision: compilePolicy(file.definition, context).revision } : {}),
    faults,
  }
}

function locate({ path, ...fault }: PolicyFault, file: PolicyFile): WrittenFault {
  return { ...fault, ...lineOf(file.whereIs(path)), key: path.length === 0 ? '' : renderPolicyPath(path) }
}

function byLine(a: WrittenFault, b: WrittenFault): number {
  return (a.line ?? 0) - (b.line ?? 0)
}

/** `partner-web.toml:12` → 12. */
function lineOf(where: string): { readonly line?: number } {
  const line = /:(\d+)$/.exec(where)?.[1]
  return line === undefined ? {} : { line: Number(line) }
}

function refusal(faults: readonly WrittenFault[]): Error {
  return adminError(
    faults.map(({ line, key, message, found, allowed }) => ({
      member: key === '' ? 'written' : key,
      reason: 'policy.fault',
      message: [
        message,
        found === undefined ? '' : `; found ${found}`,
        allowed === undefined ? '' : `; allowed is ${allowed}`,
      ].join(''),
      rule: line === undefined ? 'the policy' : `line ${line}`,
    })),
  )
}
