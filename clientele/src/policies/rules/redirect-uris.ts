import { z } from 'zod'
import { BOUNDS } from '../../oauth/bounds.ts'
import { classifyRedirectUri } from '../../oauth/redirect-uri.ts'
import { type CompiledSection, defineSection, type SectionFault } from '../section.ts'
import { findHostFaults, hostGlobSchema } from '../uris/host-globs.ts'
import { pathGlobSchema } from '../uris/path-globs.ts'
import { countRules, redirectUriRules } from './redirect-uri-rules.ts'
import type { RedirectUriTerms } from './redirect-uri-tests.ts'

/**
 * `[redirect_uris]` and `[post_logout_redirect_uris]`: where the user agent may be sent (RFC 7591 §5, RFC 9700 §2.1,
 * RFC 8252 §7). Everything that is given must hold for every URI. A URI with a `*` is refused whatever is given.
 */
const CLASSES = ['https', 'claimed-https', 'loopback', 'private-use'] as const
const count = z.int().min(0).max(BOUNDS.redirectUris)

function schemaFor<const Class extends string>(classes: readonly [Class, ...Class[]]) {
  return z.strictObject({
    classes: z
      .array(z.enum(classes))
      .optional()
      .meta({
        description:
          'Which kinds there may be. "https": on the web, of a web client; "claimed-https": the same of an installed program (RFC 8252 §7.2); "loopback": http on this machine (§7.3); "private-use": a scheme of the program itself (§7.1). For logouts also "http".',
        allowed: `a list of ${classes.map((each) => `"${each}"`).join(', ')}`,
      }),
    hosts: z.array(hostGlobSchema).optional().meta({
      description:
        'On which hosts they may be. With it, URIs on this machine need classes to name "loopback" (or their host to be listed), and private-use ones need schemes, or classes to name "private-use".',
      allowed:
        'a list of hosts; * stands for (a part of) one label, a leading **. for one label or more; addresses without *',
    }),
    schemes: z
      .array(z.string().regex(/^[a-z*][a-z0-9+.*-]*$/i, 'is no scheme'))
      .optional()
      .meta({
        description:
          'Which private-use schemes there may be. With it, URIs on the web need hosts, or classes to name their kind.',
        allowed:
          'a list of schemes without the colon; * stands for what is between two periods: com.example.*',
      }),
    paths: z.array(pathGlobSchema).optional().meta({
      description:
        'Which paths they may have, compared as they are written. Below a prefix, encoded slashes and periods are refused.',
      allowed: 'a list of paths; one that ends in /* takes everything below it',
    }),
    ports: z.array(z.int().min(1).max(65_535)).optional().meta({
      description: 'Which ports URIs on the web may have; loopback ones may have any (RFC 8252 §7.3).',
      allowed: 'a list of port numbers; 443 is that of https where none is written',
    }),
    min_count: count.optional().meta({
      description: 'How many there must be at least.',
      allowed: `0 to ${BOUNDS.redirectUris}`,
    }),
    max_count: count.optional().meta({
      description: 'How many there may be at most, after what is dropped.',
      allowed: `0 to ${BOUNDS.redirectUris}`,
    }),
    same_domain_as_client_uri: z.boolean().optional().meta({
      description:
        'Whether URIs on the web must be on the registrable domain of client_uri (by the public suffix list), which is then required.',
      allowed: 'true or false',
    }),
    outside: z.enum(['reject', 'drop']).optional().meta({
      description:
        'What happens to a URI that a rule does not take. "drop": it goes, what is left is registered and returned (with nothing left the request is refused). Default: "reject".',
      allowed: '"reject" or "drop"',
    }),
  })
}

export const redirectUris = defineSection({
  key: 'redirect_uris',
  schema: schemaFor(CLASSES).meta({
    description:
      'Where the user agent may be sent back to (RFC 7591 §5, RFC 9700 §2.1). Everything given must hold for every URI; one with a * is refused whatever is given.',
  }),
  compile: (terms) => compile('redirect_uris', terms),
  findFaults,
})

export const postLogoutRedirectUris = defineSection({
  key: 'post_logout_redirect_uris',
  schema: schemaFor([...CLASSES, 'http']).meta({
    description:
      'Where the user agent may be sent after a logout (RP-Initiated Logout 1.0 §3.1). The same rules.',
  }),
  compile: (terms) => compile('post_logout_redirect_uris', terms),
  findFaults,
})

function compile(
  member: 'redirect_uris' | 'post_logout_redirect_uris',
  terms: RedirectUriTerms,
): CompiledSection {
  const { asked, granted } = redirectUriRules(member, terms)
  return { asked, granted: [...granted, ...countRules(member, terms)] }
}

function findFaults(terms: RedirectUriTerms): readonly SectionFault[] {
  const { classes, hosts = [], schemes, min_count: min = 0, max_count: max = BOUNDS.redirectUris } = terms
  const faults: SectionFault[] = [...findHostFaults(hosts, 'hosts')]
  const add = (severity: SectionFault['severity'], path: string, message: string) =>
    faults.push({ severity, path, message })
  if (min > max) add('error', 'min_count', 'is more than max_count: no client could be registered')
  if (min > 0 && classes?.length === 0) add('error', 'classes', 'allows none, and min_count demands some')
  if (classes && hosts.length > 0 && classes.every((each) => each === 'private-use')) {
    add('warning', 'hosts', 'never acts: classes allows no URI on the web')
  }
  if (classes && schemes && !classes.includes('private-use')) {
    add('warning', 'schemes', 'never acts: classes allows no private-use scheme')
  }
  for (const scheme of schemes ?? []) {
    if (!scheme.includes('*') && classifyRedirectUri(`${scheme}://host/`).class !== 'private-use') {
      add('error', 'schemes', `${scheme} is no private-use scheme, and no client may have it as one`)
    }
  }
  return faults
}
