import type { Problem } from '../oauth/errors.ts'

/** What is wrong with one member, as the admin API tells it: `redirect_uris[1] is not on a host that … (redirect_uris.host)` */
export function renderProblem({ member, reason, message, index }: Problem): string {
  return `${member}${index === undefined ? '' : `[${index}]`} ${message} (${reason})`
}

/** The same of a rehearsal, with the rule: `… (redirect_uris.host; policy partner-web (5c0d3e9a41f2): redirect_uris.hosts)` */
export function renderRefusedMember(problem: Problem): string {
  const { reason, rule } = problem
  return renderProblem({ ...problem, reason: `${reason}; ${rule}` })
}
