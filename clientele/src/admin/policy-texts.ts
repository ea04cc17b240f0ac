/** Policies as operators write them, on their way to the running server: the only one who knows what it can do. */
import type { Policy } from '../policies/policy.ts'

/** A policy file that is not saved yet, or not here. */
export interface WrittenPolicy {
  readonly text: string
  /** What it is called where it comes from; the policy's name when it does not say one itself. */
  readonly file?: string
}

export interface CheckedPolicy {
  readonly file?: string
  readonly name: string
  /** Absent where it cannot be used. */
  readonly revision?: string
  readonly faults: readonly WrittenFault[]
}

export interface WrittenFault {
  /** `error`: it cannot be used. `warning`: something in it does nothing. */
  readonly severity: 'error' | 'warning'
  /** Counted from 1; absent where the fault is in what is not there. */
  readonly line?: number
  /** `redirect_uris.hosts[0]`; empty for the policy as a whole. */
  readonly key: string
  /** The end of a sentence that begins with the key. */
  readonly message: string
  readonly found?: string
  readonly allowed?: string
  /** The nearest known key. */
  readonly nearest?: string
}

/** Who can read them. */
export interface PolicyTexts {
  /** Each with everything that is wrong with it, beside the server's own policies; they may extend each other. */
  check(written: readonly WrittenPolicy[]): Promise<readonly CheckedPolicy[]>
  /** The policy as it would be in the place of the server's own of that name. Throws `OAuthError` with every fault. */
  compile(written: WrittenPolicy): Policy
}
