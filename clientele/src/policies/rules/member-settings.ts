/** What `[member.<name>]` puts in: a value for every client, or for those that leave it out. */
import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import type { JsonValue } from '../../oauth/json.ts'
import { counterpartOf } from '../../oauth/settle-offers.ts'
import type { Decision } from '../policy.ts'
import type { CompiledSection } from '../section.ts'
import { amend } from './decide.ts'
import { variantsOf } from './member-variants.ts'

type Part = Pick<CompiledSection, 'asked' | 'granted'>

/** In both rounds: what is made of the value in between does not count. */
export function forcedRules(member: string, value: JsonValue): Part {
  const name = `member.${member}.force`
  const because = 'is set by this server'
  const list = counterpartOf(member)
  // A fixed name with another one in French beside it would be no fixed name.
  const decide = (metadata: ClientMetadata): readonly Decision[] => [
    amend(member, 'forced', value, because),
    ...variantsOf(member, metadata)
      .filter((variant) => variant !== member)
      .map((variant) => amend(variant, 'dropped', undefined, because)),
  ]
  return {
    asked: [
      {
        name,
        // A list beside it would be chosen from (RP Metadata Choices 1.0 §2).
        decide: (metadata) =>
          list === undefined || metadata[list] === undefined
            ? decide(metadata)
            : [amend(list, 'dropped', undefined, because), ...decide(metadata)],
      },
    ],
    granted: [{ name, decide }],
  }
}

/** For a client that says nothing: one that offers a list to choose from has said what it can do. */
export function defaultRules(member: string, value: JsonValue): Part {
  const because = 'is what a client gets here that leaves it out'
  const list = counterpartOf(member)
  const isSilent = (metadata: ClientMetadata) =>
    metadata[member] === undefined && (list === undefined || metadata[list] === undefined)
  return {
    asked: [
      {
        name: `member.${member}.default`,
        decide: (metadata) => (isSilent(metadata) ? [amend(member, 'default', value, because)] : []),
      },
    ],
  }
}
