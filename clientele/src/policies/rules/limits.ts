import { z } from 'zod'
import { actorOf } from '../../clients/client.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { addressPrefix } from '../../runtime/address-prefix.ts'
import type { Facts, NamedBudget } from '../policy.ts'
import { defineSection } from '../section.ts'

/**
 * `[limits]`: how many clients (RFC 7591 §5: a registry that anybody can fill is an attack). Each is a budget of its own for
 * each caller, token, software or network, so that a flood through one door shuts no other. Only what this policy let in
 * is counted. A day ends at midnight UTC.
 */
const limit = (description: string) =>
  z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description, allowed: 'a whole number from 1; without it there is no limit' })

const DAY = 86_400

/** What is counted apart, and how it is spoken of. */
const KINDS = {
  clients: {
    of: () => '',
    all: 'this server has as many such clients as it may have',
    perDay: 'this server has registered as many such clients today as it may',
  },
  clients_per_caller: {
    of: ({ facts }) => actorOf(facts.client?.caller ?? facts.caller),
    all: 'this caller has as many clients as it may have',
    perDay: 'this caller has registered as many clients today as it may',
  },
  clients_per_initial_access_token: {
    of: ({ facts }) => {
      const { gate, id } = facts.client?.caller ?? facts.caller
      return gate === 'initial_access_token' ? id : undefined
    },
    all: 'the initial access token has as many clients as it may have',
    perDay: 'the initial access token has registered as many clients today as it may',
  },
  clients_per_software: {
    of: ({ metadata, facts }) => softwareOf(metadata, facts),
    all: 'there are as many clients of this software as there may be',
    perDay: 'as many clients of this software were registered today as may be',
  },
  clients_per_network: {
    of: ({ facts }) => (facts.address === '' ? undefined : addressPrefix(facts.address)),
    all: 'this network has as many clients as it may have',
    perDay: 'this network has registered as many clients today as it may',
  },
} as const satisfies Record<string, Kind>

interface Kind {
  /** Which of its budgets a client counts against; undefined for none. */
  readonly of: (counted: Counted) => string | undefined
  readonly all: string
  readonly perDay: string
}

interface Counted {
  readonly metadata: CompleteMetadata
  readonly facts: Facts
}

type KindName = keyof typeof KINDS

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

type LimitsTable = z.output<typeof schema>

export const limits = defineSection({
  key: 'limits',
  schema: schema.meta({
    description:
      'How many clients there may be (RFC 7591 §5). Each limit counts by itself, and only what this policy let in; a day ends at midnight UTC.',
  }),
  compile: (table, { policy }) => ({
    budgets: (metadata, facts) =>
      facts.operation === 'register'
        ? budgetsOf(table, policy, { metadata, facts })
        : heldBudgets(table, policy, { metadata, facts }),
  }),
  findFaults: (table) =>
    (Object.keys(KINDS) as KindName[]).flatMap((kind) => {
      const [all, perDay] = [table[kind], table[`${kind}_per_day`]]
      if (all === undefined || perDay === undefined || perDay < all) return []
      const message = `never acts: no more than ${all} can be registered, on whatever day`
      return perDay === all ? [] : [{ severity: 'warning', path: `${kind}_per_day`, message }]
    }),
})

function budgetsOf(table: LimitsTable, policy: string, counted: Counted): readonly NamedBudget[] {
  const windowEnds = (Math.floor(counted.facts.now / DAY) + 1) * DAY
  return (Object.keys(KINDS) as KindName[]).flatMap((kind) => {
    const [all, perDay] = [table[kind], table[`${kind}_per_day`]]
    if (all === undefined && perDay === undefined) return []
    const value = KINDS[kind].of(counted)
    if (value === undefined) return []
    return [
      ...(all === undefined ? [] : [budget(policy, kind, value, all)]),
      ...(perDay === undefined ? [] : [{ ...budget(policy, `${kind}_per_day`, value, perDay), windowEnds }]),
    ]
  })
}

/**
 * An update is no registration: a client goes on counting against what it counts against, also where the network that it came
 * from is no longer known. Only another piece of software it can become, and then it counts as that.
 */
function heldBudgets(table: LimitsTable, policy: string, counted: Counted): readonly NamedBudget[] {
  const { holds = [] } = counted.facts.client ?? {}
  const isSoftware = (key: string) => key.startsWith(`limit:${policy}:clients_per_software:`)
  const software = budgetsOf({ clients_per_software: table.clients_per_software }, policy, counted)
  const kinds = (Object.keys(KINDS) as KindName[]).filter((kind) => table[kind] !== undefined)
  const held = kinds.flatMap((kind) =>
    holds
      .filter((key) => key.startsWith(`limit:${policy}:${kind}:`) && !isSoftware(key))
      .map((key) => ({ ...budget(policy, kind, '', table[kind]!), key })),
  )
  return [...held, ...software]
}

function budget(
  policy: string,
  key: KindName | `${KindName}_per_day`,
  value: string,
  most: number,
): NamedBudget {
  const isPerDay = key.endsWith('_per_day')
  const kind = KINDS[(isPerDay ? key.slice(0, -'_per_day'.length) : key) as KindName]
  return {
    key: `limit:${policy}:${key}:${value}`,
    most,
    rule: `limits.${key}`,
    because: isPerDay ? kind.perDay : kind.all,
  }
}

/** What is vouched for and what is claimed are counted apart, or claims would use up what is somebody else's. */
function softwareOf({ software_id: claimed }: CompleteMetadata, { vouched }: Facts): string | undefined {
  if (vouched !== undefined) return JSON.stringify([vouched.issuer, vouched.metadata.software_id ?? null])
  return claimed === undefined ? undefined : JSON.stringify([claimed])
}
