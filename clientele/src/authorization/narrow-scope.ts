import { errors } from 'oidc-provider'
import { BOUNDS } from '../oauth/bounds.ts'
import { parseScope } from '../oauth/scope.ts'

/** The parameters of a request, which the engine lets one change. */
type Params = Record<string, unknown>

/** As much of the request as an error repeats. */
const LONGEST_ECHO = 200

/**
 * Cuts the requested scope down to what is possible (RFC 6749 §3.3), or throws `invalid_scope` when nothing of it is.
 * A request without one gets `standard`. `refused` are values that are not cut, because the engine refuses them.
 */
export function narrowScope(
  params: Params,
  possible: readonly string[],
  {
    standard = possible,
    refused = [],
  }: { readonly standard?: readonly string[]; readonly refused?: readonly string[] } = {},
): void {
  if (params.scope === undefined && standard.length > 0) params.scope = standard.join(' ')
  checkScope(params, possible)
  const asked = scopeValues(params)
  if (asked.length === 0) return
  params.scope = asked.filter((scope) => possible.includes(scope) || refused.includes(scope)).join(' ')
}

/** Throws `invalid_scope` for a scope that is too long, or of which nothing is possible. */
export function checkScope(params: Params, possible: readonly string[]): void {
  const { scope } = params
  if (typeof scope === 'string' && scope.length > BOUNDS.scopeLength)
    throw new errors.InvalidScope(`scope must have at most ${BOUNDS.scopeLength} characters`, '')
  const asked = scopeValues(params)
  if (asked.length > 0 && !asked.some((value) => possible.includes(value))) throw noneOf(asked.join(' '))
}

/** The error of a request that gets nothing; what it asked for is told back, as far as that helps. */
export function noneOf(asked: string, since = ''): Error {
  const echo = asked.slice(0, LONGEST_ECHO)
  const words = `none of these scope values can be granted to this client${since && ` ${since}`}: ${echo}`
  return new errors.InvalidScope(words, echo)
}

/** The values that are asked for; none where the text is not a scope at all, which the engine refuses. */
export function scopeValues({ scope }: Readonly<Params>): readonly string[] {
  return typeof scope === 'string' ? (parseScope(scope) ?? []) : []
}
