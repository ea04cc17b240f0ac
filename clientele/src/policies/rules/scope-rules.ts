/** What `[scope]` says → rules (RFC 7591 §2, RFC 6749 §3.3). */
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { scopeValues } from '../../oauth/scope.ts'
import { compileGlob } from '../glob.ts'
import { compilePattern } from '../pattern.ts'
import type { Facts, Rule } from '../policy.ts'
import { amend, refuse } from './decide.ts'

/** By name or glob, or by pattern. */
export interface Ceiling {
  readonly allowed?: readonly string[] | undefined
  readonly patterns?: readonly string[] | undefined
}

/** Whether a value is below the ceiling; undefined where there is none. */
export function ceilingOf({ allowed, patterns }: Ceiling): ((value: string) => boolean) | undefined {
  if (allowed === undefined && patterns === undefined) return undefined
  const exact = new Set(allowed)
  const globs = (allowed ?? []).filter((each) => each.includes('*')).map((each) => compileGlob(each, ':'))
  const compiled = (patterns ?? []).map(compilePattern)
  return (each) =>
    exact.has(each) || globs.some((glob) => glob.matches(each)) || compiled.some((one) => one.matches(each))
}

/** What a client gets that named no scope. */
export function defaultRule(standard: readonly string[]): Rule<ClientMetadata> {
  return {
    name: 'scope.default',
    decide: ({ scope: asked }) =>
      scopeValues(asked).length > 0
        ? []
        : [
            amend(
              'scope',
              'default',
              standard.join(' '),
              'the client named no scope, and this is what such clients get',
            ),
          ],
  }
}

/** In the second round only: before it, an empty scope is the same as none, and gets the server's default. */
export const noDefaultRule: Rule = {
  name: 'scope.default',
  decide: ({ scope: granted }, facts) =>
    granted === '' || wasAsked(facts)
      ? []
      : [amend('scope', 'default', '', 'the client named no scope, and such clients get none')],
}

const BELOW_CEILING = 'the client named no scope, and of the standard one this is what it may have'

/** What is above the ceiling goes, or the request is refused. */
export function ceilingRule(isAllowed: (value: string) => boolean, outside: 'narrow' | 'reject'): Rule {
  const because = 'has values that this client may not have'
  return {
    name: 'scope.allowed',
    decide: ({ scope: granted }, facts) => {
      const values = scopeValues(granted)
      const kept = values.filter(isAllowed)
      if (kept.length === values.length) return []
      // Nobody is refused for the server's own default.
      if (!wasAsked(facts)) return [amend('scope', 'default', kept.join(' '), BELOW_CEILING)]
      if (outside === 'narrow' && kept.length > 0)
        return [amend('scope', 'narrowed', kept.join(' '), because)]
      return [
        refuse('scope', 'outside', kept.length === 0 ? 'has no value that this client may have' : because),
      ]
    },
  }
}

/** What every client must have in the end. */
export function requiredRule(required: readonly string[]): Rule {
  return {
    name: 'scope.required',
    decide: ({ scope: granted }) => {
      const values = scopeValues(granted)
      return required.every((each) => values.includes(each))
        ? []
        : [refuse('scope', 'required', `must have ${required.join(' ')}`)]
    },
  }
}

/** Whether somebody named a scope: the client, its software statement, or its credential; and it was not taken away again. */
function wasAsked({ requested, fixed, vouched, counted }: Facts): boolean {
  if (counted !== undefined && scopeValues(counted.scope).length === 0) return false
  return [requested, fixed, vouched?.metadata].some((said) => scopeValues(said?.scope).length > 0)
}
