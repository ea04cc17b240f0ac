/** What is wrong with a policy, found before any request; every fault at once. */

/** One thing that is wrong with a policy as it is written. */
export interface PolicyFault {
  /** An error makes the policy unusable; a warning is about a rule that does nothing. */
  readonly severity: 'error' | 'warning'
  /** The key, from the policy's root: `['redirect_uris', 'hosts', 0]`; empty for the policy as a whole. */
  readonly path: readonly (string | number)[]
  /** As the end of a sentence that begins with the path. */
  readonly message: string
  /** What was found, where it helps to see it. */
  readonly found?: string
  /** What is allowed there. */
  readonly allowed?: string
  /** The nearest known key. */
  readonly nearest?: string
}

/** A policy that cannot be used. */
export class PolicyError extends Error {
  readonly policy: string
  readonly faults: readonly PolicyFault[]

  constructor(policy: string, faults: readonly PolicyFault[]) {
    super([`The policy ${policy} cannot be used:`, ...faults.map(renderPolicyFault)].join('\n'))
    this.name = 'PolicyError'
    this.policy = policy
    this.faults = faults
  }
}

/** A fault as a line, with the key before it. */
export function renderPolicyFault({ path, message, found, allowed, nearest }: PolicyFault): string {
  const more = [
    found === undefined ? '' : `; found ${found}`,
    allowed === undefined ? '' : `; allowed is ${allowed}`,
    nearest === undefined ? '' : `; the nearest known key is ${nearest}`,
  ]
  return `  ${renderPolicyPath(path)} ${message}${more.join('')}`
}

/** `redirect_uris.hosts[0]`; a name that is no bare key of TOML is quoted. */
export function renderPolicyPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the policy'
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part)
      return index === 0 ? name : `.${name}`
    })
    .join('')
}
