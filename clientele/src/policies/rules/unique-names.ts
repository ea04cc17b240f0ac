import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { sha256 } from '../../runtime/cryptography.ts'
import { appearancesOf } from '../confusables/look-alike.ts'
import type { NamedBudget, Rule } from '../policy.ts'
import { refuse } from './decide.ts'
import { nameVariants } from './name-variants.ts'

/** So many names may one client take from all others; a program has one, and few translations that differ. */
const MOST_NAMES = 10

/** A client of a hundred translations would take a hundred names. */
export const uniqueNamesRule: Rule = {
  name: 'names.unique',
  decide: (metadata) =>
    countNames(metadata) <= MOST_NAMES
      ? []
      : [refuse('client_name', 'too_many', `has more than ${MOST_NAMES} translations that differ`)],
}

function countNames(metadata: CompleteMetadata): number {
  const variants = nameVariants(['client_name'], metadata)
  if (variants.length <= MOST_NAMES) return variants.length
  return new Set(variants.map(([, name]) => JSON.stringify(appearancesOf(name)))).size
}

/**
 * One for each way that a name looks like, so that no two clients have names that meet in any of them. The keys are hashed:
 * a name may be long, and what it looks like longer.
 */
export function uniqueNames(
  metadata: CompleteMetadata,
  among: 'policy' | 'registry',
  policy: string,
): readonly NamedBudget[] {
  const place = among === 'registry' ? 'registry' : `policy:${policy}`
  const seen = new Set<string>()
  return nameVariants(['client_name'], metadata).flatMap(([member, name]) =>
    appearancesOf(name)
      .filter((appearance) => !seen.has(appearance) && seen.add(appearance))
      .map((appearance) => ({
        key: `name:${place}:${sha256(appearance)}`,
        most: 1,
        rule: 'names.unique',
        because: 'is the name of another client, or looks like it',
        member,
      })),
  )
}
