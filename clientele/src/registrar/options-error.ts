/** What is wrong with the options of a registrar, found when it is made: every problem at once. */

/** One option that cannot be used. */
export interface OptionProblem {
  /** The option by its place: `issuer`, `policies[0].redirect_uris.hosts`. */
  readonly option: string
  /** What is wrong, as the end of a sentence that begins with the option. */
  readonly wrong: string
  /** What is allowed there. */
  readonly allowed?: string
  /** The nearest known name. */
  readonly nearest?: string
}

/** Thrown by `createRegistrar`: the options cannot be used. Values are not repeated, because one of them is a key. */
export class RegistrarOptionsError extends Error {
  readonly problems: readonly OptionProblem[]

  constructor(problems: readonly OptionProblem[]) {
    super(['The options of createRegistrar cannot be used:', ...problems.map(renderProblem)].join('\n'))
    this.name = 'RegistrarOptionsError'
    this.problems = problems
  }
}

function renderProblem({ option, wrong, allowed, nearest }: OptionProblem): string {
  const more = allowed === undefined ? '' : `; allowed is ${allowed}`
  return `  ${option} ${wrong}${more}${nearest === undefined ? '' : `; the nearest known name is ${nearest}`}`
}
