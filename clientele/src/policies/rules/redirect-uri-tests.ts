import type { ClientMetadata } from '../../oauth/client-metadata.ts'
import { hostOfWebUrl } from '../../oauth/web-url.ts'
import { compileGlob } from '../glob.ts'
import type { Refusal } from '../policy.ts'
import { canonicalHost } from '../uris/canonical-host.ts'
import { compileHostGlobs } from '../uris/host-globs.ts'
import { isOfInstalledProgram, type JudgedUri } from '../uris/judged-uri.ts'
import { compilePathGlobs } from '../uris/path-globs.ts'
import { haveOneRegistrant } from '../uris/registrable-domain.ts'
import { refuse } from './decide.ts'

/** What a policy says of a list of redirect URIs (RFC 9700 §2.1, RFC 8252 §7). */
export interface RedirectUriTerms {
  readonly classes?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
  readonly schemes?: readonly string[] | undefined
  readonly paths?: readonly string[] | undefined
  readonly ports?: readonly number[] | undefined
  readonly min_count?: number | undefined
  readonly max_count?: number | undefined
  readonly same_domain_as_client_uri?: boolean | undefined
  readonly outside?: 'reject' | 'drop' | undefined
}

/** What else a test may look at. */
export interface Beside {
  /** All URIs of the list. */
  readonly uris: readonly JudgedUri[]
  /** What the client itself asked for. */
  readonly requested: ClientMetadata
}

/** One test of one URI. */
export interface UriTest {
  readonly key: string
  readonly reason: string
  readonly because: string
  takes(uri: JudgedUri, metadata: ClientMetadata, beside: Beside): boolean
  /** What is wrong with the request as a whole, such that single URIs cannot be judged. */
  blocked?(uris: readonly JudgedUri[], metadata: ClientMetadata): Refusal | undefined
}

/** Only where a part may be accepted: elsewhere `oauth/consistency.ts` refuses such a URI, and says more about it. */
export const USABLE: UriTest = {
  key: 'outside',
  reason: 'forbidden',
  because: 'is a URI that no client may be sent back to',
  takes: (uri) => uri.class !== 'forbidden',
}

/** Redirect URIs are compared character by character (RFC 9700 §2.1): one with a `*` hopes for something else. */
export const WITHOUT_WILDCARD: UriTest = {
  key: 'wildcard',
  reason: 'wildcard',
  because: 'has a *, and redirect URIs are compared character by character',
  takes: (uri) => !uri.text.includes('*'),
}

/** One test for each key, so that an answer names what was wrong. */
export function testsOf(terms: RedirectUriTerms): readonly UriTest[] {
  const { classes, hosts, schemes, paths, ports } = terms
  const tests: UriTest[] = []
  const add = (key: string, reason: string, because: string, takes: UriTest['takes']) =>
    tests.push({ key, reason, because, takes })
  const isNamed = (uri: JudgedUri) => classes?.includes(uri.class) ?? false

  if (classes) {
    const because =
      classes.length === 0
        ? 'is not accepted: clients of this kind have no redirect URIs'
        : `is not of a kind that this server accepts here (${classes.join(', ')})`
    // Two steps: whether https is claimed by an installed program may hang on a URI that goes in the first.
    add('classes', 'class', because, (uri) => !isOfInstalledProgram(uri) || isNamed(uri))
    const isClaimed = (uri: JudgedUri) => uri.class === 'claimed-https'
    add('classes', 'class', because, (uri) => isOfInstalledProgram(uri) || isClaimed(uri) || isNamed(uri))
    const ofPrograms = classes.includes('https')
      ? 'is https of an installed program (application_type native), which this server does not accept here'
      : because
    add('classes', 'class', ofPrograms, (uri, _, { uris, requested }) => {
      if (!isClaimed(uri) || isNamed(uri)) return true
      // Nobody said native: it is read from a URI that is refused, and without that one this is https of a web client.
      const isInferred = requested.application_type !== 'native'
      return (
        isInferred && classes.includes('https') && uris.some((u) => isOfInstalledProgram(u) && !isNamed(u))
      )
    })
  }
  if (hosts) {
    const isListed = compileHostGlobs(hosts)
    add('hosts', 'host', 'is not on a host that this server accepts', (uri) => {
      if (uri.class === 'private-use') return schemes !== undefined || isNamed(uri)
      return (uri.class === 'loopback' && isNamed(uri)) || isListed(uri.host)
    })
  }
  if (schemes) {
    const globs = schemes.map((scheme) => compileGlob(scheme.toLowerCase(), '.'))
    add('schemes', 'scheme', 'does not have a scheme that this server accepts', (uri) =>
      uri.class === 'private-use'
        ? globs.some((glob) => glob.matches(uri.scheme))
        : hosts !== undefined || isNamed(uri),
    )
  }
  if (paths) {
    const isListed = compilePathGlobs(paths)
    add('paths', 'path', 'does not have a path that this server accepts', (uri) => isListed(uri.path))
  }
  if (ports) {
    add('ports', 'port', `is not on a port that this server accepts (${ports.join(', ')})`, (uri) =>
      isOnTheWeb(uri) ? uri.port !== undefined && ports.includes(uri.port) : true,
    )
  }
  if (terms.same_domain_as_client_uri) tests.push(SAME_DOMAIN)
  return tests
}

/** Loopback and private-use URIs have no domain; `classes` says whether they may be. */
const SAME_DOMAIN: UriTest = {
  key: 'same_domain_as_client_uri',
  reason: 'domain',
  because: 'is not on the domain of client_uri',
  takes: (uri, { client_uri: page }) => {
    if (!isOnTheWeb(uri)) return true
    const home = canonicalHost(hostOfWebUrl(page ?? ''))
    return uri.host !== undefined && home !== undefined && haveOneRegistrant(uri.host, home)
  },
  blocked: (uris, { client_uri: page }) =>
    page === undefined && uris.some(isOnTheWeb)
      ? refuse('client_uri', 'required', 'is required: redirect URIs must be on its domain')
      : undefined,
}

function isOnTheWeb(uri: JudgedUri): boolean {
  return uri.class === 'https' || uri.class === 'claimed-https' || uri.class === 'http'
}
