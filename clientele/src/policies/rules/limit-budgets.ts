/** Which budgets a client counts against under `[limits]`, and how each is spoken of. */
import { actorOf } from '../../clients/client.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { addressPrefix } from '../../runtime/address-prefix.ts'
import type { Facts, NamedBudget } from '../policy.ts'

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

/** What is counted. */
export interface Counted {
  readonly metadata: CompleteMetadata
  readonly facts: Facts
}

type KindName = keyof typeof KINDS

export const LIMIT_KINDS = Object.keys(KINDS) as readonly KindName[]

/** How many of each kind; absent for no limit. */
export type LimitsTable = { readonly [Key in KindName | `${KindName}_per_day`]?: number | undefined }

const DAY = 86_400

/** What a registration takes one of. */
export function takenBudgets(table: LimitsTable, policy: string, counted: Counted): readonly NamedBudget[] {
  const windowEnds = (Math.floor(counted.facts.now / DAY) + 1) * DAY
  return LIMIT_KINDS.flatMap((kind) => {
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
 * from is no longer known, and while there is no limit, for when there is one again. Only another piece of software it can
 * become, and then it counts as that.
 */
export function heldBudgets(table: LimitsTable, policy: string, counted: Counted): readonly NamedBudget[] {
  const { holds = [] } = counted.facts.client ?? {}
  return LIMIT_KINDS.flatMap((kind) => {
    const most = table[kind] ?? Number.MAX_SAFE_INTEGER
    if (kind !== 'clients_per_software') {
      const start = budget(policy, kind, '', most)
      return holds.filter((key) => key.startsWith(start.key)).map((key) => ({ ...start, key }))
    }
    const value = KINDS[kind].of(counted)
    const software = value === undefined ? [] : [budget(policy, kind, value, most)]
    return table[kind] === undefined ? software.filter(({ key }) => holds.includes(key)) : software
  })
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
