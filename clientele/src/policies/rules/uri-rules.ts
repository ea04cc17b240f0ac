/** What a policy says of one address → rules, for each of its keys and each language. */
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { hostOfWebUrl, isHttpsUrl } from '../../oauth/web-url.ts'
import { compilePattern } from '../pattern.ts'
import type { Decision, Rule } from '../policy.ts'
import { canonicalHost } from '../uris/canonical-host.ts'
import { compileHostGlobs } from '../uris/host-globs.ts'
import { haveOneRegistrant } from '../uris/registrable-domain.ts'
import { amend, refuse } from './decide.ts'
import { variantsOf } from './member-variants.ts'

export interface UriTerms {
  readonly https?: boolean | undefined
  readonly pattern?: string | undefined
  readonly hosts?: readonly string[] | undefined
  readonly required?: boolean | undefined
  readonly same_host?: boolean | undefined
  readonly same_domain?: boolean | undefined
  readonly on_bad?: 'reject' | 'drop' | undefined
}

type Test = readonly [
  key: string,
  reason: string,
  because: string,
  holds: (address: string, metadata: CompleteMetadata) => boolean,
]

/** The rules for one member and its localized variants. */
export function uriRules(member: string, { required, on_bad, ...wanted }: UriTerms): readonly Rule[] {
  const tests = testsOf(wanted).map(([key, reason, because, holds]): Rule => {
    const decide: Rule['decide'] = (metadata) =>
      variantsOf(member, metadata).flatMap((variant): Decision[] => {
        const address = metadata[variant]
        if (typeof address !== 'string' || holds(address, metadata)) return []
        return on_bad === 'drop'
          ? [amend(variant, 'dropped', undefined, because)]
          : [refuse(variant, reason, because)]
      })
    return { name: `uris.${member}.${key}`, decide }
  })
  // Last: what was dropped is missing.
  return required ? [...tests, requiredRule(member)] : tests
}

function testsOf(wanted: Omit<UriTerms, 'required' | 'on_bad'>): readonly Test[] {
  const tests: Test[] = []
  if (wanted.https) tests.push(['https', 'not_https', 'must be https', isHttpsUrl])
  if (wanted.hosts) {
    const isListed = compileHostGlobs(wanted.hosts)
    const because = 'is not on a host that this server accepts'
    tests.push(['hosts', 'host', because, (address) => isListed(hostOf(address))])
  }
  if (wanted.pattern !== undefined) {
    const pattern = compilePattern(wanted.pattern)
    const because = 'is not of the form that this server accepts'
    tests.push(['pattern', 'pattern', because, (address) => pattern.matches(address)])
  }
  if (wanted.same_host) {
    const because = 'is not on the host of one of the redirect URIs'
    tests.push(['same_host', 'other_host', because, isWithRedirectUri((a, b) => a === b)])
  }
  if (wanted.same_domain) {
    const because = 'is not on the domain of one of the redirect URIs'
    tests.push(['same_domain', 'other_domain', because, isWithRedirectUri(haveOneRegistrant)])
  }
  return tests
}

function requiredRule(member: string): Rule {
  return {
    name: `uris.${member}.required`,
    decide: (metadata) => (metadata[member] === undefined ? [refuse(member, 'required', 'is required')] : []),
  }
}

/** Redirect URIs on this machine, and of private-use schemes, say nothing about whose page it is. */
function isWithRedirectUri(areKin: (a: string, b: string) => boolean): Test[3] {
  return (address, { redirect_uris }) => {
    const host = hostOf(address)
    if (host === undefined) return false
    return redirect_uris.some((uri) => {
      const home = isHttpsUrl(uri) ? hostOf(uri) : undefined
      return home !== undefined && areKin(host, home)
    })
  }
}

function hostOf(address: string): string | undefined {
  return canonicalHost(hostOfWebUrl(address))
}
