import { givesRefreshTokens } from './apply-defaults.ts'
import { DEVICE_CODE } from './capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from './client-metadata.ts'
import type { Draft } from './draft.ts'
import { metadataError, type Problem } from './errors.ts'
import { KEY_RULES } from './key-consistency.ts'
import { pairwiseHasOneSector } from './pairwise.ts'
import { classifyRedirectUri } from './redirect-uri.ts'
import { TOKEN_RULES } from './token-consistency.ts'
import { isHttpsUrl } from './web-url.ts'

/**
 * The rules between members, over the final metadata whoever wrote it (RFC 7591 §2.1, §5; OIDC Registration §2).
 * Throws one error with every problem of the request, those found before included.
 */
export function checkConsistency(draft: Draft<CompleteMetadata>): void {
  const problems = findProblems(draft)
  if (problems.length > 0) throw metadataError(problems)
}

/** Every problem of the request: those found before, and those of the final metadata. */
export function findProblems(draft: Draft<CompleteMetadata>): readonly Problem[] {
  const faulty = new Set(draft.problems.map((problem) => problem.member))
  const found = RULES.flatMap(({ find }) => find(draft.metadata))
  // A member whose own value is bad was left out of the metadata; a rule that misses it now has nothing to add. What is said
  // of one element of a list is news: the list is there, and its developer wants to mend all of it at once.
  return [
    ...draft.problems,
    ...found.filter(({ member, index }) => index !== undefined || !faulty.has(member)),
  ]
}

/**
 * The problems of values that are settled before a client asks, such that nothing the client could add would mend them:
 * those of the rules whose members are all settled.
 */
export function findSettledProblems(settled: ClientMetadata): readonly Problem[] {
  return RULES.flatMap(({ members, find }) => {
    const isWhole = members?.every((member) => settled[member] !== undefined) ?? false
    return isWhole ? find(settled as CompleteMetadata) : []
  })
}

interface Rule {
  /** What it judges: nothing beside these could mend what it finds. Absent where something could. */
  readonly members?: readonly string[]
  readonly find: (metadata: CompleteMetadata) => Problem[]
}

const METHOD = 'token_endpoint_auth_method'

const RULES: readonly Rule[] = [
  { members: ['grant_types', 'redirect_uris'], find: redirectUrisAreNeeded },
  { members: ['grant_types', 'response_types'], find: codeHasItsResponseType },
  { members: ['grant_types', 'response_types'], find: codeHasItsGrant },
  { members: ['redirect_uris'], find: redirectUrisAreGood },
  { members: ['post_logout_redirect_uris'], find: postLogoutRedirectUrisAreGood },
  { members: ['application_type'], find: applicationTypeIsKnown },
  { members: ['grant_types'], find: clientCredentialsAreConfidential },
  { members: ['grant_types'], find: refreshTokensHaveAGrant },
  ...KEY_RULES,
  {
    members: ['subject_type', 'redirect_uris', 'grant_types', 'response_types', 'jwks_uri', METHOD],
    find: pairwiseHasOneSector,
  },
  { members: ['backchannel_logout_uri'], find: backchannelLogoutIsReachable },
  ...TOKEN_RULES,
]

function redirectUrisAreNeeded({ grant_types, redirect_uris }: CompleteMetadata): Problem[] {
  if (!grant_types.includes('authorization_code') || redirect_uris.length > 0) return []
  return [
    problem(
      'redirect_uris',
      'redirect_uris.missing',
      'the authorization_code grant needs at least one',
      'RFC 7591 §2',
    ),
  ]
}

/** Only a gate can settle that there are none; a client's own empty list counts as left out. */
function codeHasItsResponseType({ grant_types, response_types }: CompleteMetadata): Problem[] {
  if (!grant_types.includes('authorization_code') || response_types.length > 0) return []
  return [
    problem(
      'grant_types',
      'grant_types.without_response_type',
      'authorization_code needs the response type code, which this client cannot have',
      'RFC 7591 §2.1',
    ),
  ]
}

/** A policy, or a credential that fixes both, could write it; a client's own is dropped (`apply-defaults.ts`). */
function codeHasItsGrant({ grant_types, response_types }: CompleteMetadata): Problem[] {
  if (!response_types.includes('code') || grant_types.includes('authorization_code')) return []
  return [
    problem(
      'response_types',
      'response_types.without_grant',
      'code needs the grant authorization_code, which this client does not have',
      'RFC 7591 §2.1',
    ),
  ]
}

function redirectUrisAreGood(metadata: CompleteMetadata): Problem[] {
  return metadata.redirect_uris.flatMap((uri, index) => {
    const judged = classifyRedirectUri(uri)
    return judged.class === 'forbidden'
      ? [{ ...problem('redirect_uris', judged.reason!, judged.message!, judged.rule!), index }]
      : []
  })
}

/** As redirect URIs, but a confidential client may also name plain http (RP-Initiated Logout 1.0 §3.1). */
function postLogoutRedirectUrisAreGood(metadata: CompleteMetadata): Problem[] {
  return (metadata.post_logout_redirect_uris ?? []).flatMap((uri, index) => {
    const judged = classifyRedirectUri(uri)
    if (judged.class !== 'forbidden') return []
    if (judged.reason === 'redirect_uri.http_not_loopback' && isConfidential(metadata)) return []
    const reason = judged.reason!.replace('redirect_uri.', 'post_logout_redirect_uris.')
    return [
      {
        ...problem('post_logout_redirect_uris', reason, judged.message!, 'RP-Initiated Logout 1.0 §3.1'),
        index,
      },
    ]
  })
}

function applicationTypeIsKnown({ application_type }: CompleteMetadata): Problem[] {
  if (application_type === 'web' || application_type === 'native') return []
  return [
    problem(
      'application_type',
      'application_type.unknown',
      'must be web or native',
      'OpenID Connect Dynamic Client Registration 1.0 §2',
    ),
  ]
}

function clientCredentialsAreConfidential(metadata: CompleteMetadata): Problem[] {
  if (isConfidential(metadata) || !metadata.grant_types.includes('client_credentials')) return []
  return [
    problem(
      'grant_types',
      'grant_types.public_client',
      'client_credentials is for clients that authenticate, and token_endpoint_auth_method is none',
      'RFC 6749 §4.4',
    ),
  ]
}

function refreshTokensHaveAGrant({ grant_types }: CompleteMetadata): Problem[] {
  if (!grant_types.includes('refresh_token') || grant_types.some(givesRefreshTokens)) return []
  return [
    problem(
      'grant_types',
      'grant_types.without_code',
      `refresh_token needs authorization_code or ${DEVICE_CODE} beside it`,
      'RFC 7591 §2.1',
    ),
  ]
}

function backchannelLogoutIsReachable(metadata: CompleteMetadata): Problem[] {
  const uri = metadata.backchannel_logout_uri
  if (uri === undefined) return []
  const member = 'backchannel_logout_uri'
  if (uri.includes('#'))
    return [
      problem(member, `${member}.has_fragment`, 'must not have a fragment', 'Back-Channel Logout 1.0 §2.2'),
    ]
  if (isHttpsUrl(uri) || isConfidential(metadata)) return []
  return [
    problem(
      member,
      `${member}.not_https`,
      'must be https for a public client',
      'Back-Channel Logout 1.0 §2.2',
    ),
  ]
}

function isConfidential({ token_endpoint_auth_method }: CompleteMetadata): boolean {
  return token_endpoint_auth_method !== 'none'
}

function problem(member: string, reason: string, message: string, rule: string): Problem {
  return { member, reason, message, rule }
}
