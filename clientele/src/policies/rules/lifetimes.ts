/**
 * `[lifetimes.<member>]`: how long what a client is given lives, and within which bounds it may choose. In every policy, also
 * in one without the table: there a client may ask for less than the server's own lifetime and for no more.
 */
import { z } from 'zod'
import { LIFETIME_MEMBERS, type LifetimeMember, LONGEST_LIFETIMES } from '../../oauth/lifetimes.ts'
import { defineSection, type SectionFault } from '../section.ts'
import { type LifetimeTable, lifetimeRule } from './lifetime-rule.ts'

/** 0 stands for no end of its own: only refresh tokens may be without one, because they end with the consent. */
const UNLIMITED_MEMBER: LifetimeMember = 'absolute_refresh_token_lifetime'

const SLIDING_MEMBER: LifetimeMember = 'sliding_refresh_token_lifetime'
const BOTH_WAYS =
  ' Its max and force also bound absolute_refresh_token_lifetime of clients whose refresh_token_expiration is "Absolute", unless that has a max, default or force of its own.'

function lifetimeTable(member: LifetimeMember) {
  const longest = LONGEST_LIFETIMES[member]
  const shortest = member === UNLIMITED_MEMBER ? 0 : 1
  const seconds = (description: string, least = shortest) =>
    z
      .int()
      .min(least)
      .max(longest)
      .optional()
      .meta({
        description,
        allowed: `whole seconds from ${least} to ${longest}${least === 0 ? '; 0 for no other end than that of the consent' : ''}`,
      })
  return z
    .strictObject({
      min: seconds('The least that a client may ask for.', 1),
      default: seconds("What a client gets that asks for none, instead of the server's own lifetime."),
      max: seconds("The most that a client may ask for. Without it, the server's own lifetime."),
      force: seconds('What every client gets, whatever it asks for.'),
      on_bad: z.enum(['reject', 'clamp']).default('reject').meta({
        description:
          'What happens to a value outside the bounds: the request is refused, or the nearest bound is registered and the answer says so.',
        allowed: '"reject" or "clamp"',
      }),
    })
    .optional()
    .meta({ description: `Bounds of \`${member}\`.${member === SLIDING_MEMBER ? BOTH_WAYS : ''}` })
}

type Tables = { [Member in LifetimeMember]: ReturnType<typeof lifetimeTable> }

const schema = z
  .strictObject(
    Object.fromEntries(LIFETIME_MEMBERS.map((member) => [member, lifetimeTable(member)])) as Tables,
  )
  .meta({ description: 'How long what a client is given lives, and within which bounds it may choose.' })

export const lifetimes = defineSection({
  key: 'lifetimes',
  schema,
  standing: {},
  compile: (tables) => ({ granted: LIFETIME_MEMBERS.map((member) => lifetimeRule(member, tables)) }),
  findFaults(tables) {
    const absolute = tables.absolute_refresh_token_lifetime
    const sliding = tables.sliding_refresh_token_lifetime
    const faults = LIFETIME_MEMBERS.flatMap((member) => findTableFaults(member, tables[member]))
    const most = absolute?.force ?? absolute?.max
    const least = sliding?.force ?? sliding?.min
    if (most !== undefined && most !== 0 && least !== undefined && least > most) {
      const message = 'is longer than absolute_refresh_token_lifetime may be: no client could have both'
      faults.push({ severity: 'error', path: 'sliding_refresh_token_lifetime', message })
    }
    return faults
  },
})

function findTableFaults(member: LifetimeMember, table: LifetimeTable | undefined): SectionFault[] {
  if (table === undefined) return []
  const { min, max, force } = table
  const order = (value: number) =>
    member === UNLIMITED_MEMBER && value === 0 ? Number.POSITIVE_INFINITY : value
  const fault = (key: string, message: string, severity: SectionFault['severity'] = 'error') => ({
    severity,
    path: `${member}.${key}`,
    message,
  })
  const faults: SectionFault[] = []
  if (min !== undefined && max !== undefined && min > order(max))
    faults.push(fault('min', 'is more than max: no value is possible'))
  for (const key of ['default', 'force'] as const) {
    const value = table[key]
    if (value === undefined) continue
    if (min !== undefined && order(value) < min) faults.push(fault(key, 'is less than min'))
    if (max !== undefined && order(value) > order(max)) faults.push(fault(key, 'is more than max'))
  }
  if (force !== undefined) {
    for (const key of ['min', 'default', 'max'] as const) {
      if (table[key] !== undefined) faults.push(fault(key, 'never acts, because of force', 'warning'))
    }
  }
  return faults
}
