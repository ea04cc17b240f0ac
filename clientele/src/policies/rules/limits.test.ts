import { describe, expect, it } from 'vitest'
import type { ClientRecord } from '../../clients/client.ts'
import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import type { Facts } from '../policy.ts'
import type { CompileContext } from '../section.ts'
import { limits } from './limits.ts'

/** 2026-11-21 12:00:00 UTC. */
const NOW = 1_795_262_400
const MIDNIGHT = 1_795_305_600

const budgets = (table: object, facts: Partial<Facts> = {}, metadata: Partial<CompleteMetadata> = {}) =>
  limits.compile(limits.schema.parse(table), { policy: 'p' } as CompileContext).budgets!(
    metadata as CompleteMetadata,
    { operation: 'register', caller: { gate: 'open' }, address: '192.0.2.1', now: NOW, ...facts } as Facts,
  ).map(({ key, most, windowEnds }) => [key, most, ...(windowEnds === undefined ? [] : [windowEnds])])

const TOKEN = { caller: { gate: 'initial_access_token', id: '7' } }
const VOUCHED = {
  vouched: { issuer: 'https://v.example', statement: 'x', metadata: { software_id: 's' } },
}

describe('[limits] at a registration', () => {
  it.each<[string, object, Partial<Facts>, Partial<CompleteMetadata>, unknown[]]>([
    ['nothing', {}, {}, {}, []],
    ['all', { clients: 5 }, {}, {}, [['limit:p:clients:', 5]]],
    ['all, a day', { clients_per_day: 5 }, {}, {}, [['limit:p:clients_per_day:', 5, MIDNIGHT]]],
    [
      'a caller',
      { clients_per_caller: 2 },
      TOKEN,
      {},
      [['limit:p:clients_per_caller:initial_access_token:7', 2]],
    ],
    ['callers without a name', { clients_per_caller: 2 }, {}, {}, [['limit:p:clients_per_caller:open', 2]]],
    [
      'an initial access token',
      { clients_per_initial_access_token: 2 },
      TOKEN,
      {},
      [['limit:p:clients_per_initial_access_token:7', 2]],
    ],
    ['no initial access token', { clients_per_initial_access_token: 2 }, {}, {}, []],
    [
      'claimed software',
      { clients_per_software: 2 },
      {},
      { software_id: 's' },
      [['limit:p:clients_per_software:["s"]', 2]],
    ],
    [
      'vouched software, apart from what others claim',
      { clients_per_software: 2 },
      VOUCHED,
      { software_id: 's' },
      [['limit:p:clients_per_software:["https://v.example","s"]', 2]],
    ],
    ['no software', { clients_per_software: 2 }, {}, {}, []],
    ['an address', { clients_per_network: 3 }, {}, {}, [['limit:p:clients_per_network:192.0.2.1', 3]]],
    [
      'an IPv6 /64',
      { clients_per_network_per_day: 3 },
      { address: '2001:db8:1:2:3::4' },
      {},
      [['limit:p:clients_per_network_per_day:2001:db8:1:2::/64', 3, MIDNIGHT]],
    ],
    ['no address', { clients_per_network: 3 }, { address: '' }, {}, []],
  ])('counts %s', (_, table, facts, metadata, expected) => {
    expect(budgets(table, facts, metadata)).toEqual(expected)
  })

  it('opens the next window at midnight, not a second before', () => {
    const at = (now: number) => budgets({ clients_per_day: 1 }, { now })[0]![2]
    expect(at(MIDNIGHT - 1)).toBe(MIDNIGHT)
    expect(at(MIDNIGHT)).toBe(MIDNIGHT + 86_400)
  })
})

describe('[limits] at an update', () => {
  const update = (table: object, holds: readonly string[], metadata: Partial<CompleteMetadata> = {}) =>
    budgets(
      table,
      {
        operation: 'update',
        address: '198.51.100.7',
        client: { caller: { gate: 'open' }, holds } as unknown as ClientRecord,
      },
      metadata,
    ).map(([key]) => key)

  it('holds on to what the client holds, from wherever the update comes', () => {
    const held = ['limit:p:clients_per_network:192.0.2.1', 'limit:p:clients:']
    expect(update({ clients: 1, clients_per_network: 1 }, held)).toEqual([...held].reverse())
  })

  it('counts no registration, and no limit that is newer than the client', () => {
    expect(update({ clients: 1, clients_per_day: 1, clients_per_network_per_day: 1 }, [])).toEqual([])
  })

  it('holds on to what the policy limits no more, for when it does again, but not to what the client is no more', () => {
    const held = ['limit:p:clients:', 'limit:p:clients_per_software:["a"]', 'limit:p:clients_per_network:x']
    expect(update({}, held, { software_id: 'a' })).toEqual(held)
    expect(update({}, held, { software_id: 'b' })).toEqual([held[0], held[2]])
    expect(update({}, ['limit:other:clients:', 'name:registry:x'])).toEqual([])
  })

  it('counts a client that becomes other software as that', () => {
    const held = ['limit:p:clients_per_software:["a"]']
    expect(update({ clients_per_software: 1 }, held, { software_id: 'b' })).toEqual([
      'limit:p:clients_per_software:["b"]',
    ])
    expect(update({ clients_per_software: 1 }, held)).toEqual([])
  })
})

it('warns of a limit a day that never acts', () => {
  const faults = limits.findFaults!({ clients: 2, clients_per_day: 3 }, {} as CompileContext)
  expect(faults).toMatchObject([{ severity: 'warning', path: 'clients_per_day' }])
})
