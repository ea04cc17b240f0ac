import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { compileGlob, type Glob } from '../glob.ts'
import type { Decision, Rule } from '../policy.ts'
import { amend, inWords, refuse } from './decide.ts'

/** What an operator writes about them. */
export interface CorsOriginsTable {
  readonly allowed?: readonly string[] | undefined
  readonly default?: readonly string[] | undefined
  readonly force?: readonly string[] | undefined
  readonly max_count?: number | undefined
  readonly on_bad: 'reject' | 'drop'
}

const MEMBER = 'allowed_cors_origins'

/**
 * The rule on the browser origins of a client. Left out, the member stands for every origin, and that is more than a policy
 * with a list of them allows: such a client gets none. An empty list would be read as left out if a client sent it, so only
 * a policy can write it.
 */
export function corsOriginsRule(table: CorsOriginsTable): Rule {
  const { allowed, default: given, force, max_count: most, on_bad: onBad } = table
  const globs = allowed?.map(compileOriginGlob)
  const standard = given ?? (allowed === undefined ? undefined : [])
  const because = `may only have ${inWords(allowed ?? [])}`

  const decide = (metadata: CompleteMetadata): readonly Decision[] => {
    if (force !== undefined) return [amend(MEMBER, 'forced', force, 'is set by this server')]
    const asked = metadata[MEMBER]
    if (asked === undefined) {
      const why = 'must be named where a client is used in a browser'
      return standard === undefined ? [] : [amend(MEMBER, 'default', standard, why)]
    }
    const known = new Set(given)
    const isGood = (origin: string) =>
      globs === undefined || known.has(origin) || globs.some((glob) => glob.matches(origin))
    const kept = asked.filter(isGood)
    if (kept.length < asked.length) {
      if (onBad === 'drop') return [amend(MEMBER, 'narrowed', kept, because)]
      return asked.flatMap((origin, index) =>
        isGood(origin) ? [] : [refuse(MEMBER, 'not_allowed', because, index)],
      )
    }
    if (most !== undefined && asked.length > most)
      return [refuse(MEMBER, 'too_many', `must have at most ${most} elements`)]
    return []
  }
  return { name: `tokens.${MEMBER}`, decide }
}

/** Scheme and port are as written; the globs run over the labels of the host. */
function compileOriginGlob(source: string): Glob {
  return compileGlob(source, '.')
}
