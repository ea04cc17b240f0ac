/** `[members]`: which members a client may set at all. What it may not set is as if it had left it out. */
import { z } from 'zod'
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import { memberName } from '../../oauth/member-name.ts'
import { SERVER_MEMBERS } from '../../oauth/metadata-fields.ts'
import { sameJson } from '../../oauth/same-json.ts'
import { counterpartOf } from '../../oauth/settle-offers.ts'
import type { Decision, Facts } from '../policy.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { amend, refuse } from './decide.ts'

const names = z.array(z.string().min(1).max(256)).max(500).optional()

const schema = z
  .strictObject({
    allow: names.meta({
      description:
        'The only members that a client may set; the others get their defaults. Translations and lists to choose from follow their member.',
      allowed: 'a list of members; not together with deny',
    }),
    deny: names.meta({
      description: 'Members that a client may not set.',
      allowed: 'a list of members; not together with allow',
    }),
    outside: z.enum(['drop', 'reject']).default('drop').meta({
      description:
        'What happens to the others: they go and the answer says so, or the request is refused unless they say what is granted anyway.',
      allowed: '"drop" or "reject"',
    }),
  })
  .refine(({ allow, deny }) => allow === undefined || deny === undefined, {
    message: 'has both allow and deny: only one of them can say what the others are',
    path: ['deny'],
  })
  .meta({ description: 'Which members a client may set at all.' })

type Value = z.output<typeof schema>

const BECAUSE = 'is not a member that a client may set here'

export const members = defineSection({
  key: 'members',
  schema,
  compile(table, { fields }) {
    if (table.allow === undefined && table.deny === undefined) return {}
    const { key, listed } = table.allow
      ? { key: 'allow', listed: new Set(table.allow) }
      : { key: 'deny', listed: new Set(table.deny) }
    const isOutside = (member: string, { fixed = {} }: Facts) => {
      const name = memberName(member)
      const owner = fields.get(name)?.offers ?? name
      // What a credential fixed was set by an operator, not by the client.
      if (fixed[name] !== undefined || fixed[owner] !== undefined) return false
      return listed.has(name) || listed.has(owner) ? key === 'deny' : key === 'allow'
    }
    const name = `members.${key}`
    return {
      asked: [
        {
          name,
          decide: (metadata, facts) =>
            Object.keys(metadata)
              .filter((member) => isOutside(member, facts))
              .map((member) => amend(member, 'dropped', undefined, BECAUSE)),
        },
      ],
      granted: [
        {
          name,
          decide: (metadata, facts) => {
            const outside = Object.keys(facts.requested).filter((member) => isOutside(member, facts))
            return table.outside === 'reject'
              ? outside.filter((member) => !isGrantedAnyway(member, metadata, facts.requested)).map(refused)
              : outside.filter((member) => isMissed(member, metadata)).map(refused)
          },
        },
      ],
    }
  },
  findFaults: findMemberFaults,
})

function refused(member: string): Decision {
  return refuse(member, 'not_allowed', BECAUSE)
}

/** RFC 7592 §2.2: a client sends back all that it read, and what it read is what it may have. */
function isGrantedAnyway(member: string, metadata: CompleteMetadata, requested: ClientMetadata): boolean {
  const choice = counterpartOf(member)
  const asked = requested[member]
  if (choice !== undefined && Array.isArray(asked)) return asked.includes(metadata[choice] as string)
  return sameJson(asked, metadata[member])
}

/** A client that sent it must not read that it is missing. */
function isMissed(member: string, metadata: CompleteMetadata): boolean {
  if (member === 'redirect_uris') {
    return metadata.redirect_uris.length === 0 && metadata.grant_types.includes('authorization_code')
  }
  const isKeys = member === 'jwks' || member === 'jwks_uri'
  return (
    isKeys &&
    metadata.token_endpoint_auth_method === 'private_key_jwt' &&
    (metadata.jwks ?? metadata.jwks_uri) === undefined
  )
}

function findMemberFaults(table: Value, { fields }: CompileContext): readonly SectionFault[] {
  const faults: SectionFault[] = []
  for (const path of ['allow', 'deny'] as const) {
    for (const member of table[path] ?? []) {
      const field = fields.get(member)
      if (field) continue
      const message = (SERVER_MEMBERS as readonly string[]).includes(member)
        ? `${member} is set by the server alone`
        : `${member} is no member of client metadata`
      faults.push({ severity: 'error', path, message })
    }
  }
  const { allow } = table
  if (allow && !allow.includes('redirect_uris')) {
    const message = 'leaves out redirect_uris: no client of authorization_code can register'
    faults.push({ severity: 'warning', path: 'allow', message })
  }
  return faults
}
