import { describe, expect, it } from 'vitest'
import type { ClientRecord } from '../clients/client.ts'
import { BUILT_IN } from '../oauth/capabilities.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import type { Policy, Rule } from '../policies/policy.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { type ReplayDeps, type ReplayNews, replayPolicy } from './replay-policy.ts'

const NOW = 1_795_219_200

function clientOf(number: number, change: Partial<ClientRecord> = {}): ClientRecord {
  const redirect_uris = ['https://client.example/cb']
  return {
    id: `client-${String(number).padStart(5, '0')}`,
    door: 'registration_request',
    requested: { redirect_uris },
    granted: {
      redirect_uris,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      scope: BUILT_IN.defaultScopes.join(' '),
      subject_type: 'public',
      id_token_signed_response_alg: 'RS256',
    },
    dropped: [],
    caller: { gate: 'open' },
    secrets: [{ hash: 'a secret hash', sealed: 'a sealed secret', createdAt: NOW, expiresAt: 0 }],
    registrationAccessTokenHash: 'a token hash',
    createdAt: NOW,
    updatedAt: NOW,
    revision: 1,
    ...change,
  }
}

function policyOf(name: string, decide: Rule['decide'] = () => []): Policy {
  return {
    name,
    revision: '0123456789ab',
    explain: 'words',
    appliesTo: () => false,
    askedRules: [],
    grantedRules: [{ name: 'a.rule', decide }],
    credentials: {
      callerMayChoose: false,
      registrationAccessTokenLifetimeSeconds: 0,
      registrationAccessTokenRotation: 'never',
    },
    budgetsOf: () => [],
  }
}

async function setUp(policy: Policy, clients: readonly ClientRecord[]) {
  const store = createMemoryStore()
  for (const client of clients) {
    const audit = { action: 'client.registered', at: NOW, subject: client.id, actor: 'open' } as const
    await store.createClient(client, { audit })
  }
  const standard = policyOf('default')
  const faults: unknown[] = []
  const turns = { taken: 0, pages: [] as number[] }
  const deps: ReplayDeps = {
    policies: {
      default: standard,
      all: [policy],
      find: (name) => (name === policy.name ? policy : undefined),
    },
    texts: { compile: () => policy },
    store: {
      listClients(page) {
        turns.pages.push(page.limit)
        return store.listClients(page)
      },
    },
    clock: { milliseconds: () => NOW * 1000 },
    registration: {
      capabilities: BUILT_IN,
      fields: METADATA_FIELDS,
      clock: { milliseconds: () => NOW * 1000 },
      checkServable: () => {},
    } as unknown as RegistrationDeps,
    async nextTurn() {
      turns.taken += 1
    },
    reportFault: (fault) => faults.push(fault),
  }
  return { deps, faults, turns }
}

async function all(news: AsyncGenerator<ReplayNews>): Promise<readonly ReplayNews[]> {
  const found: ReplayNews[] = []
  for await (const each of news) found.push(each)
  return found
}

describe('replayPolicy', () => {
  it('judges every client once, in bounded pages, and gives the others their turn between any two', async () => {
    const policy = policyOf('strict', ({ client_name }) =>
      client_name === 'bad'
        ? [{ kind: 'refuse', member: 'client_name', reason: 'bad', because: 'is bad' }]
        : [],
    )
    const clients = Array.from({ length: 250 }, (_, number) => clientOf(number))
    const bad = clientOf(250, {
      requested: { redirect_uris: ['https://client.example/cb'], client_name: 'bad' },
    })
    const { deps, turns, faults } = await setUp(policy, [...clients, bad])
    const news = await all(replayPolicy({ policy: 'strict' }, deps))
    expect(faults).toEqual([])
    expect(news.filter(({ type }) => type === 'progress')).toEqual([
      { type: 'progress', judged: 0, total: 251 },
      { type: 'progress', judged: 100, total: 251 },
      { type: 'progress', judged: 200, total: 251 },
      { type: 'progress', judged: 251, total: 251 },
    ])
    expect(news.filter(({ type }) => type === 'client')).toMatchObject([
      { clientId: bad.id, isGoverned: false, outcome: 'refused', problems: [{ reason: 'client_name.bad' }] },
    ])
    expect(news.at(-1)).toEqual({
      type: 'summary',
      policy: 'strict',
      policyRevision: '0123456789ab',
      judged: 251,
      same: 250,
      changed: 0,
      refused: 1,
      failed: 0,
      governed: 0,
      reasons: { 'client_name.bad': 1 },
      members: {},
      notes: [expect.stringMatching(/no network address/)],
    })
    expect(turns.taken).toBeGreaterThanOrEqual(251)
    expect(Math.max(...turns.pages)).toBe(100)
  })

  it('says of a change which member would go from what to what', async () => {
    const policy = policyOf('named', ({ client_name }) =>
      client_name === undefined
        ? [{ kind: 'amend', member: 'client_name', effect: 'default', to: 'Client', because: 'is this' }]
        : [],
    )
    const { deps } = await setUp(policy, [clientOf(1)])
    const news = await all(replayPolicy({ policy: 'named' }, deps))
    expect(news.find(({ type }) => type === 'client')).toMatchObject({
      outcome: 'changed',
      differences: [{ member: 'client_name', to: 'Client' }],
    })
    expect(news.at(-1)).toMatchObject({ changed: 1, members: { client_name: 1 } })
  })

  it('judges only the governed where that is asked; who has no policy is governed by the default one', async () => {
    const clients = [clientOf(1), clientOf(2, { policy: 'strict' }), clientOf(3, { policy: 'other' })]
    const strict = await setUp(policyOf('strict'), clients)
    expect(
      (await all(replayPolicy({ policy: 'strict', governedOnly: true }, strict.deps))).at(-1),
    ).toMatchObject({
      judged: 1,
      governed: 1,
    })
    const standard = await setUp(policyOf('default'), clients)
    expect(
      (await all(replayPolicy({ policy: 'default', governedOnly: true }, standard.deps))).at(-1),
    ).toMatchObject({ judged: 1, governed: 1 })
  })

  it('passes over clients that came after it began, so that it ends however fast they come', async () => {
    const later = Array.from({ length: 120 }, (_, number) => clientOf(number + 2, { createdAt: NOW + 1 }))
    const { deps, turns } = await setUp(policyOf('strict'), [clientOf(1), ...later])
    expect((await all(replayPolicy({ policy: 'strict' }, deps))).at(-1)).toMatchObject({ judged: 1, same: 1 })
    expect(turns.taken).toBeLessThan(10)
  })

  it('goes on after a client that a rule could not judge, and reports the fault', async () => {
    const fault = new Error('a rule of the host is broken')
    const policy = policyOf('broken', (_, { client }) => {
      if (client?.id === 'client-00002') throw fault
      return []
    })
    const { deps, faults } = await setUp(policy, [clientOf(1), clientOf(2), clientOf(3)])
    const news = await all(replayPolicy({ policy: 'broken' }, deps))
    expect(faults).toEqual([fault])
    expect(news.find(({ type }) => type === 'client')).toMatchObject({
      clientId: 'client-00002',
      outcome: 'failed',
    })
    expect(news.at(-1)).toMatchObject({ judged: 3, same: 2, failed: 1 })
  })

  it('stops judging when nobody reads on', async () => {
    let judged = 0
    const policy = policyOf('counted', () => {
      judged += 1
      return []
    })
    const { deps } = await setUp(
      policy,
      Array.from({ length: 300 }, (_, number) => clientOf(number)),
    )
    const news = replayPolicy({ policy: 'counted' }, deps)
    await news.next()
    await news.next()
    await news.return(undefined)
    const then = judged
    await new Promise(setImmediate)
    expect(then).toBeLessThan(300)
    expect(judged).toBe(then)
  })

  it('refuses to replay no policy, or one that is not there, before anything is answered', async () => {
    const { deps } = await setUp(policyOf('strict'), [])
    expect(() => replayPolicy({}, deps)).toThrow(/must name the policy/)
    expect(() => replayPolicy({ policy: 'strikt' }, deps)).toThrow(/there are: default, strict/)
  })

  it('shows nothing secret of a client', async () => {
    const policy = policyOf('strict', () => [
      { kind: 'refuse', member: 'scope', reason: 'no', because: 'is not here' },
    ])
    const { deps } = await setUp(policy, [clientOf(1)])
    expect(JSON.stringify(await all(replayPolicy({ policy: 'strict' }, deps)))).not.toMatch(/hash|sealed/)
  })
})
