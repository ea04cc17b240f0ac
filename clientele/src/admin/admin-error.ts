import { OAuthError, type Problem } from '../oauth/errors.ts'

/** What is wrong with one member of an operator's request. */
export type AdminProblem = Problem

/** One error for every problem of an operator's request. */
export function adminError(problems: readonly AdminProblem[]): OAuthError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see problems)` : ''
  return new OAuthError(
    'invalid_request',
    first?.reason ?? 'request.invalid',
    `${first?.member ?? 'request'} ${first?.message ?? 'is invalid'}${more}`,
    { problems },
  )
}
