import type { ClientMetadata, CompleteMetadata } from './client-metadata.ts'
import type { Problem } from './errors.ts'
import { LIFETIME_MEMBERS, type LifetimeMember, LONGEST_LIFETIMES } from './lifetimes.ts'

/**
 * The rules between the members of token behaviour, over the final metadata whoever wrote it: what could not be enforced as
 * it stands, or would make the end-user's tokens less safe than the specifications ask (RFC 9700 §2.1.1, §2.2.2).
 */
export const TOKEN_RULES: readonly TokenRule[] = [
  ...LIFETIME_MEMBERS.map((member) => ({ members: [member], find: lifetimeIsPossible(member) })),
  { members: ['absolute_refresh_token_lifetime', 'refresh_token_expiration'], find: absoluteHasAnEnd },
  {
    members: ['absolute_refresh_token_lifetime', 'sliding_refresh_token_lifetime'],
    find: slidingFitsIntoAbsolute,
  },
  {
    members: ['refresh_token_usage', 'token_endpoint_auth_method', 'dpop_bound_access_tokens'],
    find: reuseIsSafe,
  },
  {
    members: ['require_consent', 'token_endpoint_auth_method', 'application_type'],
    find: consentIsLeftOutForKnownClients,
  },
  { members: ['require_pkce'], find: pkceStays },
  { members: ['enable_local_login'], find: localLoginStays },
  { members: ['require_client_secret', 'token_endpoint_auth_method'], find: secretSuitsMethod },
]

interface TokenRule {
  readonly members: readonly string[]
  readonly find: (metadata: CompleteMetadata) => Problem[]
}

/** Where the names come from, and their meaning. */
export const TOKEN_BEHAVIOUR = 'docs/spec/choices.md'

const UNLIMITED = 'absolute_refresh_token_lifetime'

function lifetimeIsPossible(member: LifetimeMember): TokenRule['find'] {
  const longest = LONGEST_LIFETIMES[member]
  return (metadata: ClientMetadata) => {
    const value = metadata[member]
    if (value === undefined) return []
    if (value === 0 && member !== UNLIMITED)
      return [problem(member, 'zero', 'must be more than 0 seconds', TOKEN_BEHAVIOUR)]
    return value > longest
      ? [problem(member, 'too_long', `must be at most ${longest} seconds`, TOKEN_BEHAVIOUR)]
      : []
  }
}

function absoluteHasAnEnd(metadata: CompleteMetadata): Problem[] {
  if (metadata[UNLIMITED] !== 0 || metadata.refresh_token_expiration !== 'Absolute') return []
  return [
    problem(
      UNLIMITED,
      'unlimited',
      'must be more than 0 with refresh_token_expiration Absolute: nothing else ends such a token',
      TOKEN_BEHAVIOUR,
    ),
  ]
}

function slidingFitsIntoAbsolute({
  absolute_refresh_token_lifetime: absolute = 0,
  sliding_refresh_token_lifetime: sliding = 0,
}: CompleteMetadata): Problem[] {
  if (absolute === 0 || sliding <= absolute) return []
  return [
    problem(
      'sliding_refresh_token_lifetime',
      'above_absolute',
      'must not be longer than absolute_refresh_token_lifetime',
      TOKEN_BEHAVIOUR,
    ),
  ]
}

/** A copy of a public client's token works for whoever has it, unless it is bound to a key. */
function reuseIsSafe(metadata: CompleteMetadata): Problem[] {
  if (metadata.refresh_token_usage !== 'ReUse' || metadata.token_endpoint_auth_method !== 'none') return []
  if (metadata.dpop_bound_access_tokens) return []
  return [
    problem(
      'refresh_token_usage',
      'public_client',
      'must be OneTimeOnly for a client that authenticates with none, unless dpop_bound_access_tokens is true',
      'RFC 9700 §2.2.2',
    ),
  ]
}

/** Anybody can pose as a client that proves nothing: its end-user is asked (RFC 6749 §10.2, RFC 8252 §8.6). */
function consentIsLeftOutForKnownClients(metadata: CompleteMetadata): Problem[] {
  if (metadata.require_consent !== false) return []
  if (metadata.token_endpoint_auth_method !== 'none' && metadata.application_type === 'web') return []
  return [
    problem(
      'require_consent',
      'unproved_client',
      'can be false only for a web application that authenticates',
      'RFC 6749 §10.2',
    ),
  ]
}

function pkceStays({ require_pkce }: ClientMetadata): Problem[] {
  if (require_pkce !== false) return []
  const message =
    'cannot be false: PKCE is what keeps a stolen code from being used; a confidential OpenID Connect client that leaves this member out may send a nonce instead'
  return [problem('require_pkce', 'unsupported', message, 'RFC 9700 §2.1.1')]
}

function localLoginStays({ enable_local_login }: ClientMetadata): Problem[] {
  if (enable_local_login !== false) return []
  const message = 'cannot be false: end-users sign in at this server and nowhere else'
  return [problem('enable_local_login', 'unsupported', message, TOKEN_BEHAVIOUR)]
}

/** The method says it all; a client that says both must not contradict itself (RFC 7591 §2). */
function secretSuitsMethod(metadata: CompleteMetadata): Problem[] {
  const { require_client_secret: required, token_endpoint_auth_method: method } = metadata
  if (required === undefined || required === (method !== 'none')) return []
  const message = required
    ? 'cannot be true where token_endpoint_auth_method is none'
    : `needs token_endpoint_auth_method none, and this client's is ${method}`
  return [problem('require_client_secret', 'method', message, 'RFC 7591 §2')]
}

function problem(member: string, reason: string, message: string, rule: string): Problem {
  return { member, reason: `${member}.${reason}`, message, rule }
}
