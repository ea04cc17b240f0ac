import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { memberName } from '../../oauth/member-name.ts'
import { sameJson } from '../../oauth/same-json.ts'
import type { Facts, Rule } from '../policy.ts'
import { amend, refuse } from './decide.ts'

const BECAUSE = 'needs a permission that the credentials of this request do not have'

const STAYS = 'stays as somebody who may set it set it'

/**
 * A member that takes somebody's say-so: the permission `oauth-client-override`, or a credential that fixes it. A software
 * statement's word is not enough, as with privileged scopes. What somebody entitled set stays at an update of the client's
 * own, also when it is left out: a holder of the registration access token neither sets it nor rids itself of it. To say
 * what is granted anyway is no offence, because an update sends back all that was read (RFC 7592 §2.2).
 */
export function privilegedRules(
  name: string,
  onBad: 'reject' | 'drop',
): { readonly asked: Rule<ClientMetadata>; readonly granted: Rule } {
  const rule = `member.${name}.privileged`
  const isOf = (member: string) => memberName(member) === name
  const isEntitled = (facts: Facts) =>
    facts.permissions.includes('oauth-client-override') || Object.keys(facts.fixed ?? {}).some(isOf)
  return {
    asked: {
      name: rule,
      decide(metadata, facts) {
        if (isEntitled(facts)) return []
        const standing = standingValues(name, rule, facts)
        const members = new Set([...Object.keys(metadata), ...Object.keys(standing)].filter(isOf))
        return [...members].map((member) => {
          const stands = standing[member]
          return stands === undefined
            ? amend(member, 'dropped', undefined, BECAUSE)
            : amend(member, 'forced', stands, STAYS)
        })
      },
    },
    granted: {
      name: rule,
      decide(metadata, facts) {
        if (onBad === 'drop' || isEntitled(facts)) return []
        return Object.keys(facts.requested)
          .filter((member) => isOf(member) && !sameJson(facts.requested[member], metadata[member]))
          .map((member) => refuse(member, 'privileged', BECAUSE))
      },
    },
  }
}

/** What the client has because somebody asked for it who might; not what a policy or a default gave it. */
function standingValues(name: string, rule: string, { client }: Facts): ClientMetadata {
  if (client === undefined) return {}
  return Object.fromEntries(
    Object.entries(client.granted).filter(
      ([member, value]) =>
        memberName(member) === name &&
        (sameJson(client.requested[member], value) ||
          (client.decisions ?? []).some((each) => each.member === member && each.rule === rule)),
    ),
  )
}
