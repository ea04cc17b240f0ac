/** Policies where an operator writes them: tables of the configuration, and a folder of files. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { PolicyDefinition } from '../policies/policy-definition.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type { Config } from './config-schema.ts'
import { parseToml } from './config-sources.ts'
import type { TomlPath } from './toml-lines.ts'

/** A policy, and where each of its keys stands. */
export interface WrittenPolicy {
  readonly definition: PolicyDefinition & { readonly name: string }
  /** `policies/partner-web.toml:12` */
  readonly whereIs: (path: TomlPath) => string
  /** What stands before the key in an error line: empty, or `policies.policy[0].`. */
  readonly prefix: string
}

const STANDARD_FOLDER = './policies'
const EXTENSION = '.toml'

/** Reads the text of a policy file. Without a name of its own the policy is called like the file. */
export function readPolicyFile(text: string, file: string): WrittenPolicy {
  const { document, whereIs } = parseToml(text, file)
  const definition = { name: basename(file, EXTENSION), ...document } as WrittenPolicy['definition']
  return { definition, whereIs, prefix: '' }
}

/** Every policy of the operator, in the order of choice; `whereInConfig` knows the lines of those in the configuration. */
export function readPolicies(
  { policies }: Config,
  whereInConfig: (path: TomlPath) => string,
): readonly WrittenPolicy[] {
  const inline = policies.policy.map((table, index) => ({
    definition: table as unknown as WrittenPolicy['definition'],
    whereIs: (path: TomlPath) => whereInConfig([index, ...path]),
    prefix: `policies.policy[${index}].`,
  }))
  const problems = inline
    .filter(({ definition }) => definition.name === undefined)
    .map(({ prefix, whereIs }) => ({ path: `${prefix}name`, where: whereIs([]), wrong: 'is missing' }))
  const files: WrittenPolicy[] = []
  for (const file of filesIn(policies.folder)) {
    try {
      files.push(readPolicyFile(readFileSync(file, 'utf8'), file))
    } catch (error) {
      problems.push(...problemsOf(error, file))
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return [...inline, ...files]
}

/** By name, so that the order of choice is the one that an operator sees. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(EXTENSION) && !name.startsWith('.'))
      .sort()
      .map((name) => join(folder, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && folder === STANDARD_FOLDER) return []
    const wrong = code === 'ENOENT' ? 'does not exist' : `cannot be read as a folder: ${code}`
    throw new ConfigError([
      { path: 'policies.folder', where: 'configuration', wrong, found: JSON.stringify(folder) },
    ])
  }
}

function problemsOf(error: unknown, file: string): readonly ConfigProblem[] {
  if (error instanceof ConfigError) return error.problems
  return [{ path: file, where: file, wrong: `cannot be read: ${(error as NodeJS.ErrnoException).code}` }]
}
