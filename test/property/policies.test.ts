import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientRecord } from '../../clientele/src/clients/client.ts'
import type { Gate } from '../../clientele/src/gates/gate.ts'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { OAuthError } from '../../clientele/src/oauth/errors.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import { applyRules } from '../../clientele/src/policies/apply-rules.ts'
import { checkPolicy } from '../../clientele/src/policies/check-policy.ts'
import { compilePolicy } from '../../clientele/src/policies/compile-policy.ts'
import { createPolicies } from '../../clientele/src/policies/create-policies.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { PRESETS } from '../../clientele/src/policies/presets.ts'
import { resolveExtends } from '../../clientele/src/policies/resolve-extends.ts'
import type { RegistrationDeps } from '../../clientele/src/registration/deps.ts'
import { register } from '../../clientele/src/registration/register.ts'
import { rejudge } from '../../clientele/src/registration/rejudge.ts'
import { update } from '../../clientele/src/registration/update.ts'
import { unlimitedAttempts } from '../../clientele/src/runtime/attempt-limit.ts'
import { createSealer } from '../../clientele/src/runtime/sealer.ts'
import { createKeys } from '../../clientele/src/runtime/time-ordered.ts'
import { createMemoryStore } from '../../clientele/src/stores/memory.ts'
import { anyPolicy } from './policy-arbitrary.ts'
import { findBreaches } from './policy-oracle.ts'
import { anyFixed, anyRequest, CAPABILITIES } from './policy-requests.ts'

/**
 * Any policy of the language, any requests: what is stored satisfies the policy, at a creation and at an update alike
 * (RFC 7591 §3.2.1, RFC 7592 §2.2). The same cases in every run, so that a change is judged by
 * itself; CLIENTELE_SEED=random looks for new ones, with CLIENTELE_RUNS as many as wished. A failure names its seed.
 */
const NOW = 1_795_219_200
const RUNS = Number(process.env.CLIENTELE_RUNS ?? 1000)
const { CLIENTELE_SEED = '7591' } = process.env
const seed = CLIENTELE_SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(CLIENTELE_SEED)
const runs = { numRuns: RUNS, seed }

const fields = METADATA_FIELDS
const context = { capabilities: CAPABILITIES, fields, known: { own: new Map(), presets: PRESETS } }
const clock = { milliseconds: () => NOW * 1000 }
const keys = createKeys(clock)
const sealer = createSealer(Buffer.alloc(32, 7))

/** A server in this process, without HTTP. */
function setUp(definition: PolicyDefinition, fixed?: JsonObject) {
  const policy = compilePolicy(definition, context)
  const gate: Gate = {
    name: 'test',
    recognizes: ({ credentials }) => credentials.kind === 'none',
    admit: async () => ({
      caller: { gate: 'test' },
      permissions: [],
      ...(fixed === undefined ? {} : { fixed: fixed as ClientMetadata }),
    }),
  }
  const store = createMemoryStore()
  const deps: RegistrationDeps = {
    gates: [gate],
    attempts: unlimitedAttempts,
    ignoreForeignBearer: false,
    capabilities: CAPABILITIES,
    policies: createPolicies([policy], policy),
    fields,
    store,
    clock,
    keys,
    sealer,
    checkServable: () => {},
    clientSecretLifetimeSeconds: 0,
  }
  const from = { address: '192.0.2.1' }
  return {
    policy,
    deps,
    async create(body: JsonObject): Promise<Outcome> {
      const presented = { ...from, operation: 'register', credentials: { kind: 'none' } } as const
      return outcomeOf(register({ presented, metadata: async () => body }, deps))
    },
    async update({ client, token }: Registered, body: JsonObject): Promise<Outcome> {
      const credentials = { kind: 'bearer', token } as const
      const presented = { ...from, operation: 'update', credentials } as const
      const metadata = async () => ({ ...body, client_id: client.id })
      const request = { clientId: client.id, presented, metadata }
      return outcomeOf(update(request as never, deps))
    },
    stored: (id: string) => store.findClient(id),
  }
}

interface Registered {
  readonly client: ClientRecord
  readonly token: string
}
type Outcome = (Registered & { readonly refused?: undefined }) | { readonly refused: OAuthError }

async function outcomeOf(
  work: Promise<{ readonly client: ClientRecord; readonly registrationAccessToken?: string }>,
): Promise<Outcome> {
  try {
    const { client, registrationAccessToken } = await work
    return { client, token: registrationAccessToken! }
  } catch (error) {
    // Whatever else is thrown is a fault of ours.
    if (error instanceof OAuthError) return { refused: error }
    throw error
  }
}

const told = ({ refused }: Outcome) =>
  refused && [refused.code, refused.reason, refused.message, refused.problems]

/** Policies that a server would start with. */
const goodPolicy = anyPolicy.filter(
  (policy) => !checkPolicy(policy, context).some(({ severity }) => severity === 'error'),
)
const resolved = (policy: PolicyDefinition) => resolveExtends(policy, context.known).definition

/** Nothing that the policy has, would change or refuse what is stored. */
async function expectSatisfied(
  policy: PolicyDefinition,
  setup: ReturnType<typeof setUp>,
  client: ClientRecord,
) {
  expect(findBreaches(resolved(policy), client, CAPABILITIES)).toEqual([])
  const { caller, requested, granted, fixed } = client
  const facts = {
    operation: 'update',
    caller,
    permissions: [],
    address: '192.0.2.1',
    claimed: requested,
  } as const
  const more = { requested, client, capabilities: CAPABILITIES, now: NOW, ...(fixed ? { fixed } : {}) }
  const again = await applyRules(setup.policy.grantedRules, granted, {
    policy: setup.policy,
    facts: { ...facts, ...more },
  })
  expect({ ...again, metadata: undefined }).toEqual({
    metadata: undefined,
    decisions: [],
    dropped: [],
    problems: [],
    denials: [],
  })
  expect(await rejudge(client, setup.policy, setup.deps)).toMatchObject({ outcome: 'same' })
}

describe(`for any policy and any requests (seed ${seed})`, () => {
  it('what is created satisfies the policy, and sent back as it was read it stays (RFC 7592 §2.2)', async () => {
    let created = 0
    await fc.assert(
      fc.asyncProperty(goodPolicy, anyRequest, async (policy, body) => {
        const setup = setUp(policy)
        const outcome = await setup.create(body)
        if (outcome.refused) return
        created++
        await expectSatisfied(policy, setup, outcome.client)
        const back = await setup.update(outcome, outcome.client.granted)
        expect(told(back)).toBeUndefined()
        expect((back as Registered).client.granted).toEqual(outcome.client.granted)
      }),
      runs,
    )
    expect(created).toBeGreaterThan(RUNS / 5)
  })

  it('what is updated satisfies the policy and is what a fresh registration of the same body is', async () => {
    let updated = 0
    await fc.assert(
      fc.asyncProperty(goodPolicy, anyRequest, anyRequest, async (policy, first, second) => {
        const setup = setUp(policy)
        const client = await setup.create(first)
        if (client.refused) return
        const outcome = await setup.update(client, second)
        const fresh = await setUp(policy).create(second)
        expect(told(outcome)).toEqual(told(fresh))
        const stored = (await setup.stored(client.client.id))!
        // A refused update changes nothing.
        if (outcome.refused || fresh.refused) {
          expect(stored).toEqual(client.client)
          return
        }
        updated++
        expect(stored.granted).toEqual(fresh.client.granted)
        expect(stored.requested).toEqual(fresh.client.requested)
        expect(stored.decisions).toEqual(fresh.client.decisions)
        expect(stored.dropped).toEqual(fresh.client.dropped)
        await expectSatisfied(policy, setup, stored)
      }),
      runs,
    )
    expect(updated).toBeGreaterThan(RUNS / 20)
  })

  it('what a credential fixed holds, at the creation and after any update (RFC 7591 §1.2)', async () => {
    let held = 0
    await fc.assert(
      fc.asyncProperty(goodPolicy, anyFixed, anyRequest, anyRequest, async (policy, fixed, first, second) => {
        const setup = setUp(policy, fixed)
        const client = await setup.create(first)
        if (client.refused) return
        expectFixed(client.client, fixed)
        const outcome = await setup.update(client, second)
        const stored = (await setup.stored(client.client.id))!
        expectFixed(stored, fixed)
        if (outcome.refused) return
        held++
        await expectSatisfied(policy, setup, stored)
      }),
      runs,
    )
    expect(held).toBeGreaterThan(RUNS / 50)
  })

  it('judging is deterministic, and never ends but in a client or an OAuthError', async () => {
    await fc.assert(
      fc.asyncProperty(goodPolicy, anyRequest, async (policy, body) => {
        const [one, other] = [await setUp(policy).create(body), await setUp(policy).create(body)]
        expect(told(one)).toEqual(told(other))
        if (one.refused || other.refused) return
        expect(one.client.granted).toEqual(other.client.granted)
        expect(one.client.decisions).toEqual(other.client.decisions)
      }),
      runs,
    )
  })
})

function expectFixed({ granted }: ClientRecord, fixed: JsonObject): void {
  const inOrder = (member: string, value: unknown) =>
    member === 'scope'
      ? String(value).split(' ').sort()
      : member === 'grant_types'
        ? [...(value as string[])].sort()
        : value
  for (const [member, value] of Object.entries(fixed))
    expect([member, inOrder(member, granted[member])]).toEqual([member, inOrder(member, value)])
}
