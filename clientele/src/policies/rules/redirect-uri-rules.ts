/** What a policy says of a list of redirect URIs → rules: one for each key, in both rounds. */
import type { ClientMetadata, CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Decision, Rule } from '../policy.ts'
import { isOfInstalledProgram, type JudgedUri, judgeUri } from '../uris/judged-uri.ts'
import { amend, refuse } from './decide.ts'
import {
  type RedirectUriTerms,
  testsOf,
  type UriTest,
  USABLE,
  WITHOUT_WILDCARD,
} from './redirect-uri-tests.ts'

type Member = 'redirect_uris' | 'post_logout_redirect_uris'

/** The rules over single URIs, in both rounds. */
export function redirectUriRules(
  member: Member,
  terms: RedirectUriTerms,
): { readonly asked: readonly Rule<ClientMetadata>[]; readonly granted: readonly Rule<CompleteMetadata>[] } {
  const drops = terms.outside === 'drop'
  const tests = [...(drops ? [USABLE] : []), WITHOUT_WILDCARD, ...testsOf(terms)]
  return {
    // What goes must go before the kind of client is inferred from what is left (`oauth/apply-defaults.ts`).
    asked: drops && member === 'redirect_uris' ? tests.map((test) => askedRule(member, test)) : [],
    granted: tests.map((test) => grantedRule(member, test, drops)),
  }
}

/** The rules over their number, for what the others left. */
export function countRules(
  member: Member,
  { min_count: min, max_count: max }: RedirectUriTerms,
): readonly Rule[] {
  const rule = (key: string, reason: string, because: string, holds: (count: number) => boolean): Rule => ({
    name: `${member}.${key}`,
    decide: (metadata) => (holds(metadata[member]?.length ?? 0) ? [] : [refuse(member, reason, because)]),
  })
  return [
    ...(min
      ? [rule('min_count', 'too_few', `must have at least ${elements(min)}`, (count) => count >= min)]
      : []),
    ...(max === undefined
      ? []
      : [rule('max_count', 'too_many', `must have at most ${elements(max)}`, (count) => count <= max)]),
  ]
}

function askedRule(member: Member, test: UriTest): Rule<ClientMetadata> {
  return {
    name: `${member}.${test.key}`,
    decide: (metadata, { fixed, requested }) => {
      const uris = judgeAll(member, metadata)
      if (fixed?.[member] !== undefined || test.blocked?.(uris, metadata)) return []
      const kept = uris.filter((uri) => test.takes(uri, metadata, { uris, requested }))
      // Where nothing would be left, or nothing may be taken, the second round says so, once.
      return kept.length === 0 || kept.length === uris.length ? [] : [narrowed(member, test, kept)]
    },
  }
}

function grantedRule(member: Member, test: UriTest, drops: boolean): Rule<CompleteMetadata> {
  return {
    name: `${member}.${test.key}`,
    decide: (metadata, { requested }) => {
      const uris = judgeAll(member, metadata)
      const blocked = test.blocked?.(uris, metadata)
      if (blocked) return [blocked]
      // What no client may have is refused by `oauth/consistency.ts`, which says more about it.
      const taken = uris.map(
        (uri) =>
          (uri.class === 'forbidden' && test !== USABLE) || test.takes(uri, metadata, { uris, requested }),
      )
      const kept = uris.filter((_, index) => taken[index])
      if (kept.length === uris.length) return []
      if (drops && kept.length > 0) return [narrowed(member, test, kept)]
      if (test === USABLE) return []
      return taken.flatMap((isTaken, index): Decision[] =>
        isTaken ? [] : [refuse(member, test.reason, test.because, index)],
      )
    },
  }
}

function narrowed(member: Member, test: UriTest, kept: readonly JudgedUri[]): Decision {
  return amend(
    member,
    'narrowed',
    kept.map(({ text }) => text),
    `lost what ${test.because}`,
  )
}

/** Rules that follow each other look at the same list, and taking it apart is the dearest thing that they do. */
const JUDGED = new WeakMap<readonly string[], Map<string, readonly JudgedUri[]>>()

function judgeAll(member: Member, metadata: ClientMetadata): readonly JudgedUri[] {
  const uris = metadata[member]
  if (!uris) return []
  const isNative = metadata.application_type === 'native'
  const plainHttp = member === 'post_logout_redirect_uris' && metadata.token_endpoint_auth_method !== 'none'
  const known = JUDGED.get(uris) ?? new Map<string, readonly JudgedUri[]>()
  JUDGED.set(uris, known)
  const infers = member === 'redirect_uris'
  const view = `${isNative} ${plainHttp} ${infers}`
  const judged = known.get(view) ?? judgeList(uris, { isNative, plainHttp, infers })
  known.set(view, judged)
  return judged
}

/**
 * Whether it is an installed program's is the metadata's word, or follows from its redirect URIs as in
 * `oauth/apply-defaults.ts`; from nothing else: where a logout ends makes no web client an installed program.
 */
function judgeList(
  uris: readonly string[],
  view: { readonly isNative: boolean; readonly plainHttp: boolean; readonly infers: boolean },
): readonly JudgedUri[] {
  const judged = uris.map((uri) => judgeUri(uri, view.isNative, view.plainHttp))
  if (view.isNative || !view.infers || !judged.some(isOfInstalledProgram)) return judged
  return uris.map((uri) => judgeUri(uri, true, view.plainHttp))
}

function elements(count: number): string {
  return count === 1 ? 'one element' : `${count} elements`
}
