/** What is wrong between the policies of a server: which of them can never be chosen. */
import type { Conditions } from './conditions.ts'
import { covers } from './find-hopeless-conditions.ts'
import type { PolicyFault } from './policy-error.ts'

/** A policy, as far as the others concern it. */
export interface Candidate {
  readonly name: string
  readonly when?: Conditions
}

/** In the order of choice: policies whose every request goes to one before them. A warning: a credential may still name them. */
export function findUnreachable(policies: readonly Candidate[]): ReadonlyMap<string, PolicyFault> {
  const found = new Map<string, PolicyFault>()
  for (const [index, { name, when }] of policies.entries()) {
    if (when === undefined) continue
    const before = policies.slice(0, index).find((each) => each.when !== undefined && covers(each.when, when))
    if (before === undefined) continue
    const message = `never takes a request by itself: ${before.name} comes first and takes every one that this could. Only a credential that names it leads here`
    found.set(name, { severity: 'warning', path: ['when'], message })
  }
  return found
}
