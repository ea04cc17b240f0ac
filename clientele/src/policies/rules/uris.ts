import { z } from 'zod'
import { patternSchema } from '../pattern-schema.ts'
import { type CompileContext, defineSection, type SectionFault } from '../section.ts'
import { findHostFaults, hostGlobSchema } from '../uris/host-globs.ts'
import { type UriTerms, uriRules } from './uri-rules.ts'

/**
 * `[uris.client_uri]`, `[uris.logo_uri]` and so on: addresses that people are shown or that the server calls (RFC 7591 §2,
 * §5: a page or a picture may pretend to be somebody else's). What holds for a member holds for its localized variants.
 */
const terms = z.strictObject({
  https: z.boolean().optional().meta({ description: 'Whether it must be https.', allowed: 'true or false' }),
  pattern: patternSchema.optional().meta({
    description: 'What the whole address must match.',
    allowed: 'a pattern in RE2 syntax',
  }),
  hosts: z.array(hostGlobSchema).optional().meta({
    description: 'On which hosts it may be.',
    allowed: 'a list of hosts; * stands for (a part of) one label, a leading **. for one label or more',
  }),
  required: z.boolean().optional().meta({
    description: 'Whether there must be one; a localized variant alone is not enough.',
    allowed: 'true or false',
  }),
  same_host: z.boolean().optional().meta({
    description: 'Whether it must be on the host of one of the https redirect URIs.',
    allowed: 'true or false',
  }),
  same_domain: z.boolean().optional().meta({
    description:
      'Whether it must be on the registrable domain of one of the https redirect URIs, by the public suffix list.',
    allowed: 'true or false',
  }),
  on_bad: z.enum(['reject', 'drop']).optional().meta({
    description: 'What happens to a bad one. "drop": the client is registered without it. Default: "reject".',
    allowed: '"reject" or "drop"',
  }),
})

export const uris = defineSection({
  key: 'uris',
  schema: z.record(z.string(), terms).meta({
    description: 'One table for each member whose value is an address: [uris.client_uri].',
    allowed:
      'tables named after a member: client_uri, logo_uri, policy_uri, tos_uri, jwks_uri, initiate_login_uri…',
  }),
  compile: (tables) => ({
    granted: Object.entries(tables).flatMap(([member, each]) => uriRules(member, each)),
  }),
  findFaults: (tables, context) =>
    Object.entries(tables).flatMap(([member, each]) => findTermFaults(member, each, context)),
})

function findTermFaults(
  member: string,
  wanted: UriTerms,
  { fields }: CompileContext,
): readonly SectionFault[] {
  const field = fields.get(member)
  if (field?.shape !== 'web-url' && field?.shape !== 'https-url') {
    const message = field ? 'is no member with one address as its value' : 'is no member of client metadata'
    return [{ severity: 'error', path: member, message }]
  }
  const faults: SectionFault[] = [...findHostFaults(wanted.hosts ?? [], `${member}.hosts`)]
  if (field.support === 'drop' || field.support === 'refuse') {
    faults.push({
      severity: wanted.required ? 'error' : 'warning',
      path: member,
      message: 'is never registered by this server',
    })
  }
  if (wanted.https && field.shape === 'https-url') {
    faults.push({ severity: 'warning', path: `${member}.https`, message: 'never acts: it is always https' })
  }
  if (wanted.same_host && wanted.same_domain) {
    faults.push({
      severity: 'warning',
      path: `${member}.same_domain`,
      message: 'never acts: same_host demands more',
    })
  }
  if (wanted.hosts?.length === 0 && wanted.required) {
    faults.push({ severity: 'error', path: `${member}.hosts`, message: 'allows none, and it is required' })
  }
  return faults
}
