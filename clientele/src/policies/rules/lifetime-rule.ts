import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { findServerLifetime, type LifetimeMember } from '../../oauth/lifetimes.ts'
import { isMeaningful } from '../../oauth/token-behaviour.ts'
import type { Decision, Facts, Rule } from '../policy.ts'
import { amend, refuse } from './decide.ts'

/** What an operator writes about one lifetime. */
export interface LifetimeTable {
  readonly min?: number | undefined
  readonly default?: number | undefined
  readonly max?: number | undefined
  readonly force?: number | undefined
  readonly on_bad: 'reject' | 'clamp'
}

export type LifetimeTables = { readonly [Member in LifetimeMember]?: LifetimeTable | undefined }

const ABSOLUTE = 'absolute_refresh_token_lifetime'
const SLIDING = 'sliding_refresh_token_lifetime'

/**
 * The rule on one lifetime. A member that is left out is judged by the server's own lifetime, which it stands for: where
 * that is out of bounds, the nearest bound is put in; where it is not, nothing is stored.
 */
export function lifetimeRule(member: LifetimeMember, tables: LifetimeTables): Rule {
  const withoutSliding = member === ABSOLUTE ? absoluteWithoutSliding(tables) : undefined
  const decide = (metadata: CompleteMetadata, facts: Facts): readonly Decision[] => {
    const asked = metadata[member]
    const isAbsolute = withoutSliding !== undefined && metadata.refresh_token_expiration === 'Absolute'
    const table = isAbsolute ? withoutSliding : tables[member]
    // The usual case: nothing is said and nothing asked.
    if (table === undefined && asked === undefined) return NOTHING
    if (!isMeaningful(member, metadata)) return NOTHING
    const { force, on_bad: onBad } = table ?? NO_TABLE
    if (force !== undefined)
      return asked === force ? NOTHING : [amend(member, 'forced', force, `is ${words(force)} here`)]
    const own = findServerLifetime(member, metadata, facts.capabilities.lifetimes)
    const bounds = boundsOf(member, own, table)
    if (asked === undefined) return standIn(member, metadata, own, table, bounds)
    const nearest = within(asked, bounds, member)
    if (nearest === asked) return NOTHING
    const isTooLong = order(asked, member) > order(nearest, member)
    const because = `must be at ${isTooLong ? 'most' : 'least'} ${words(nearest)}${asked === 0 ? '; 0 means no end at all' : ''}`
    if (onBad === 'reject') return [refuse(member, isTooLong ? 'above_maximum' : 'below_minimum', because)]
    return [amend(member, isTooLong ? 'narrowed' : 'forced', nearest, because)]
  }
  return { name: `lifetimes.${member}`, decide }
}

/**
 * Without sliding use, the absolute lifetime is how long a refresh token may lie about unused. Where only the sliding one is
 * bounded, its bound is meant: a client does not leave it by choosing the other way.
 */
function absoluteWithoutSliding({ [ABSOLUTE]: own, [SLIDING]: sliding }: LifetimeTables) {
  const max = sliding?.force ?? sliding?.max
  const isOwn = own?.max !== undefined || own?.default !== undefined || own?.force !== undefined
  if (max === undefined || sliding === undefined || isOwn) return undefined
  return { ...own, min: Math.min(own?.min ?? 0, max), max, on_bad: own?.on_bad ?? sliding.on_bad }
}

interface Bounds {
  readonly min: number
  readonly max: number
}

const NOTHING: readonly Decision[] = []
const NO_TABLE = { on_bad: 'reject', force: undefined } as const

function standIn(
  member: LifetimeMember,
  metadata: CompleteMetadata,
  own: number,
  table: LifetimeTable | undefined,
  bounds: Bounds,
): readonly Decision[] {
  const standard = table?.default
  if (standard === undefined && within(own, bounds, member) === own) return NOTHING
  const value = fitting(member, within(standard ?? own, bounds, member), metadata, bounds)
  return [amend(member, 'default', value, `is ${words(value)} where a client asks for no other`)]
}

/** The two lifetimes of refresh tokens bound each other: what is put in for one fits the other, where the bounds let it. */
function fitting(
  member: LifetimeMember,
  value: number,
  { [ABSOLUTE]: absolute = 0, [SLIDING]: sliding = 0 }: CompleteMetadata,
  bounds: Bounds,
): number {
  if (member === SLIDING && absolute > 0) return within(Math.min(value, absolute), bounds, member)
  if (member === ABSOLUTE && value > 0) return within(Math.max(value, sliding), bounds, member)
  return value
}

/** What an operator writes as the least or as the default may be asked for too, also where it is more than the server's own. */
function boundsOf(member: LifetimeMember, own: number, table: LifetimeTable | undefined): Bounds {
  const { min = 0, default: standard = own, max } = table ?? {}
  const longest = [own, min === 0 ? own : min, standard].reduce((a, b) =>
    order(a, member) >= order(b, member) ? a : b,
  )
  return { min, max: max ?? longest }
}

function within(value: number, { min, max }: Bounds, member: LifetimeMember): number {
  if (order(value, member) > order(max, member)) return max
  return order(value, member) < min ? min : value
}

/** An absolute lifetime of 0 is the longest of all. */
function order(value: number, member: LifetimeMember): number {
  return member === ABSOLUTE && value === 0 ? Number.POSITIVE_INFINITY : value
}

function words(seconds: number): string {
  return seconds === 0 ? 'without an end of its own' : `${seconds} seconds`
}
