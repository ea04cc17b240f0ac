import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { counterpartOf, isWanted } from '../../oauth/settle-offers.ts'
import { usableValues } from '../../oauth/usable-values.ts'
import type { Decision, Facts } from '../policy.ts'
import { amend, refuse } from './decide.ts'

/**
 * A policy's word on a list that a client offers to choose from (OpenID Connect RP Metadata Choices 1.0): it is narrowed to
 * what is allowed, and the strongest of that is chosen. Nothing is chosen here that the client did not offer.
 */
export function narrowOffer(
  member: string,
  isAllowed: (value: string) => boolean,
  because: string,
  metadata: ClientMetadata,
  { capabilities }: Pick<Facts, 'capabilities'>,
): readonly Decision[] {
  const list = counterpartOf(member)
  const offered = list === undefined ? undefined : (metadata[list] as readonly string[] | undefined)
  if (list === undefined || offered === undefined) return []
  const named = metadata[member] as string | undefined
  const kept = offered.filter(isAllowed)
  // A value that is not in its own list is refused as such.
  if (kept.length === offered.length || (named !== undefined && !offered.includes(named))) return []
  const isChosen = isWanted(member, metadata)
  if (kept.length === 0)
    return isChosen ? [refuse(list, 'allowed', because)] : [amend(list, 'dropped', undefined, because)]
  const narrowed = amend(list, 'narrowed', kept, because)
  const [chosen] = isChosen ? usableValues(member, kept, metadata, capabilities) : []
  // None of them: then the server's own choice finds none either, and says so.
  return chosen === undefined ? [narrowed] : [narrowed, amend(member, 'chosen', chosen, because)]
}
