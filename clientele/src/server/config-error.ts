import { StartError } from './start-error.ts'

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** `registration.anonymous`, or the file when it cannot be read at all. */
  readonly path: string
  /** Where it was set: `clientele.toml:4`, `CLIENTELE_SERVER__PORT`, `--port`. */
  readonly where: string
  /** What was found, or undefined where the value does not matter (an unknown key may hold a secret). */
  readonly found?: string
  /** What is wrong, as the end of a sentence that begins with the path. */
  readonly wrong: string
  /** What is allowed. */
  readonly allowed?: string
  /** The nearest known key. */
  readonly nearest?: string
}

/** The configuration cannot be used. Holds every problem at once, so that one edit can mend them all. */
export class ConfigError extends StartError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(['The configuration cannot be used:', ...problems.map(renderConfigProblem)].join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

function renderConfigProblem(problem: ConfigProblem): string {
  const found = problem.found === undefined ? '' : `; found ${problem.found}`
  const allowed = problem.allowed === undefined ? '' : `; allowed is ${problem.allowed}`
  const nearest = problem.nearest === undefined ? '' : `; the nearest known key is ${problem.nearest}`
  return `  ${problem.path} ${problem.wrong} (${problem.where})${found}${allowed}${nearest}`
}
