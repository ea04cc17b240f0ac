import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { JsonValue } from '../../oauth/json.ts'
import { isMeaningful } from '../../oauth/token-behaviour.ts'
import type { Decision, Rule } from '../policy.ts'
import { amend, inWords, refuse } from './decide.ts'

interface Choice {
  readonly values: readonly JsonValue[]
  /** What a client has that leaves the member out; undefined where that is none of the values, but something between. */
  readonly standard: (metadata: CompleteMetadata) => JsonValue | undefined
  /** What a policy allows that says nothing of it. */
  readonly allowed?: readonly JsonValue[]
  readonly note?: string
}

/** The members with a few values. Out of what is allowed, the first value listed here is what a client gets in doubt. */
export const TOKEN_CHOICES = {
  refresh_token_expiration: { values: ['Absolute', 'Sliding'], standard: () => 'Sliding' },
  refresh_token_usage: {
    values: ['OneTimeOnly', 'ReUse'],
    // A confidential client's is rotated late in its life: neither the one nor the other.
    standard: ({ token_endpoint_auth_method: method }) => (method === 'none' ? 'OneTimeOnly' : undefined),
  },
  // Depends on whether a request names a resource.
  access_token_type: { values: ['Reference', 'Jwt'], standard: () => undefined },
  require_consent: {
    values: [true, false],
    standard: () => true,
    allowed: [true],
    note: ' Without it only true: whoever may say false lets programs in that no end-user agreed to.',
  },
  allow_remember_consent: { values: [false, true], standard: () => true },
  coordinate_lifetime_with_user_session: {
    values: [true, false],
    standard: ({ grant_types: grants }) => !grants.includes('refresh_token'),
  },
  require_pkce: {
    values: [true],
    // A confidential client may send a nonce instead.
    standard: ({ token_endpoint_auth_method: method }) => (method === 'none' ? true : undefined),
  },
} as const satisfies Readonly<Record<string, Choice>>

export type TokenChoice = keyof typeof TOKEN_CHOICES

interface ChoiceTable {
  readonly allowed?: readonly JsonValue[] | undefined
  readonly default?: JsonValue | undefined
  readonly force?: JsonValue | undefined
  readonly on_bad: 'reject' | 'drop'
}

const NOTHING: readonly Decision[] = []

/**
 * The rule on one such member. One that is left out is judged by what it stands for: where that is not allowed, a value that
 * is gets put in; where it is, nothing is stored.
 */
export function tokenChoiceRule(member: TokenChoice, table: ChoiceTable | undefined): Rule {
  const { values, standard, allowed: standing }: Choice = TOKEN_CHOICES[member]
  const { force, default: given, on_bad: onBad = 'reject' } = table ?? {}
  const allowed = table?.allowed ?? withGiven(standing, given)
  const first = allowed === undefined ? undefined : values.find((value) => allowed.includes(value))
  const decide = (metadata: CompleteMetadata): readonly Decision[] => {
    const asked = metadata[member]
    if (table === undefined && asked === undefined) return NOTHING
    if (!isMeaningful(member, metadata)) return NOTHING
    if (force !== undefined)
      return asked === force ? NOTHING : [amend(member, 'forced', force, `is ${inWords([force])} here`)]
    if (asked === undefined || asked === null) {
      const value = given ?? (isAllowed(allowed, values, standard(metadata)) ? undefined : first)
      return value === undefined ? NOTHING : [amend(member, 'default', value, `is ${inWords([value])} here`)]
    }
    if (allowed === undefined || allowed.includes(asked)) return NOTHING
    const because = `must be ${allowed.length === 1 ? '' : 'one of: '}${inWords(allowed)}`
    if (onBad === 'reject') return [refuse(member, 'not_allowed', because)]
    return [amend(member, given === undefined ? 'dropped' : 'default', given, because)]
  }
  return { name: `tokens.${member}`, decide }
}

/** Whoever writes a default allows it. */
function withGiven(
  standing: readonly JsonValue[] | undefined,
  given: JsonValue | undefined,
): readonly JsonValue[] | undefined {
  return standing === undefined || given === undefined ? standing : [...new Set([...standing, given])]
}

/** Where leaving out is something between the values, it is allowed only with all of them. */
function isAllowed(
  allowed: readonly JsonValue[] | undefined,
  values: readonly JsonValue[],
  standard: JsonValue | undefined,
): boolean {
  if (allowed === undefined) return true
  // PKCE unless there is a nonce is less than PKCE: with one value only, what lies between is the lack of it.
  if (standard === undefined) return values.length > 1 && values.every((value) => allowed.includes(value))
  return allowed.includes(standard)
}
