import { z } from 'zod'
import { defineSection } from '../section.ts'
import { heldBudgets, LIMIT_KINDS, takenBudgets } from './limit-budgets.ts'

/**
 * `[limits]`: how many clients (RFC 7591 §5: a registry that anybody can fill is an attack). Each is a budget of its own for
 * each caller, token, software or network, so that a flood through one door shuts no other. Only what this policy let in
 * is counted, and only what it let in since the limit was written. A day ends at midnight UTC.
 */
const limit = (description: string) =>
  z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description, allowed: 'a whole number from 1; without it there is no limit' })

const schema = z.strictObject({
  clients: limit('Clients that there are at a time.'),
  clients_per_day: limit('Registrations a day.'),
  clients_per_caller: limit(
    'Clients of one caller at a time. Callers without a name of their own, as those of open registration, are counted together by their gate.',
  ),
  clients_per_caller_per_day: limit('Registrations of one caller a day.'),
  clients_per_initial_access_token: limit('Clients of one initial access token at a time.'),
  clients_per_initial_access_token_per_day: limit('Registrations by one initial access token a day.'),
  clients_per_software: limit(
    'Clients of one piece of software at a time: of one software_id and issuer, where a software statement vouches for them; else of one software_id that clients claim. Those without any are not counted.',
  ),
  clients_per_software_per_day: limit('Registrations of one piece of software a day.'),
  clients_per_network: limit(
    'Clients registered from one network address at a time; an IPv6 /64 is one address.',
  ),
  clients_per_network_per_day: limit('Registrations from one network address a day.'),
})

export const limits = defineSection({
  key: 'limits',
  schema: schema.meta({
    description:
      'How many clients there may be (RFC 7591 §5). Each limit counts by itself, and only what this policy let in since the limit was written; a day ends at midnight UTC.',
  }),
  // What a client counts against is kept also while there is no limit.
  standing: {},
  compile: (table, { policy }) => ({
    budgets: (metadata, facts) =>
      facts.operation === 'register'
        ? takenBudgets(table, policy, { metadata, facts })
        : heldBudgets(table, policy, { metadata, facts }),
  }),
  findFaults: (table) =>
    LIMIT_KINDS.flatMap((kind) => {
      const [all, perDay] = [table[kind], table[`${kind}_per_day`]]
      if (all === undefined || perDay === undefined || perDay < all) return []
      const message = `never acts: no more than ${all} can be registered, on whatever day`
      return perDay === all ? [] : [{ severity: 'warning', path: `${kind}_per_day`, message }]
    }),
})
