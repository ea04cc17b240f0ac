import { describe, expect, it } from 'vitest'
import type { Admission } from '../../clientele/src/gates/gate.ts'
import { openGate } from '../../clientele/src/gates/open.ts'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import { METADATA_FIELDS } from '../../clientele/src/oauth/metadata-fields.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import type { RegistrationDeps } from '../../clientele/src/registration/deps.ts'
import { rejudge } from '../../clientele/src/registration/rejudge.ts'
import { tryRegistration } from '../../clientele/src/registration/try.ts'
import { createFlowStore } from '../harness/flow-store.ts'
import { compilePolicies, setUpRegistration, WEB_CLIENT } from '../harness/registration.ts'

/** A registration that is only thought through, and clients that are judged anew, by the code that registers. */

const OPEN: Admission = { caller: { gate: 'open' }, permissions: [] }

function setUp(policies: readonly PolicyDefinition[]) {
  const setup = setUpRegistration({ policies })
  const { store, clock } = setup
  const deps = {
    gates: [],
    policies: compilePolicies(policies),
    capabilities: BUILT_IN,
    fields: METADATA_FIELDS,
    store,
    clock,
    checkServable: () => {},
  } as unknown as RegistrationDeps
  const attempt = (body: object, admission: Partial<Admission> = {}) =>
    tryRegistration({ body: body as never, admission: { ...OPEN, ...admission }, address: '192.0.2.1' }, deps)
  const replay = async (clientId: string, policy: PolicyDefinition) =>
    rejudge((await store.findClient(clientId))!, compilePolicies([policy]).find(policy.name!)!, deps)
  return { ...setup, attempt, replay }
}

describe('a trial', () => {
  const POLICY: PolicyDefinition = {
    name: 'default',
    grant_types: { allowed: ['authorization_code'], outside: 'drop' },
    limits: { clients: 1 },
  }
  const ASKED = { ...WEB_CLIENT, grant_types: ['authorization_code', 'refresh_token'] }

  it('says what would be granted, by which decisions, against which budgets, and stores nothing', async () => {
    const setup = setUp([POLICY])
    const trial = await setup.attempt(ASKED)
    const budget = { rule: 'limits.clients', most: 1, used: 0, isExhausted: false }
    expect(trial).toMatchObject({
      outcome: 'granted',
      granted: { grant_types: ['authorization_code'] },
      decisions: [{ member: 'grant_types', effect: 'narrowed' }],
      dropped: [{ member: 'grant_types', value: 'refresh_token' }],
      problems: [],
      budgets: [budget],
    })
    expect([trial.policy.name, trial]).toEqual([
      'default',
      expect.not.objectContaining({ refusal: expect.anything() }),
    ])
    expect(await setup.store.listClients({ limit: 1 })).toEqual([])
    const registered = await setup.register(ASKED)
    expect(registered.status).toBe(201)
    expect((await setup.record(registered))!.granted).toEqual(trial.granted)
  })

  it('says that a budget is used up, as the client would be told', async () => {
    const setup = setUp([POLICY])
    await setup.register(ASKED)
    const [trial, real] = [await setup.attempt(ASKED), await setup.register(ASKED)]
    expect(trial).toMatchObject({ outcome: 'refused', budgets: [{ used: 1, isExhausted: true }] })
    expect(trial.refusal).toEqual({
      code: real.body.error,
      reason: 'limits.reached',
      message: expect.stringMatching(
        new RegExp(
          `^${real.body.error_description} \\(policy default \\([0-9a-f]{12}\\): limits\\.clients\\)$`,
        ),
      ),
    })
  })

  it('says every problem, and how far the request came', async () => {
    const setup = setUp([{ name: 'default', member: { client_name: { required: true } } }])
    const body = { redirect_uris: ['https://a.example/#x'] }
    const [trial, real] = [await setup.attempt(body), await setup.register(body)]
    expect(trial.outcome).toBe('refused')
    const untold = ({ rule: _, ...rest }: { readonly rule: string }) => rest
    expect(trial.problems.map(untold)).toEqual(real.body.problems.map(untold))
    expect(trial.granted.grant_types).toEqual(['authorization_code'])
  })

  it('is by the policy that would govern: named, by conditions, or handed in', async () => {
    const robots = { name: 'robots', when: { claimed_software_ids: ['r'] } }
    const setup = setUp([robots, { name: 'other' }])
    expect((await setup.attempt({ ...WEB_CLIENT, software_id: 'r' })).policy.name).toBe('robots')
    expect((await setup.attempt(WEB_CLIENT, { policy: 'other' })).policy.name).toBe('other')
    await expect(setup.attempt(WEB_CLIENT, { policy: 'nothing' })).rejects.toMatchObject({
      reason: 'policy.unknown',
    })
  })

  it('tells the operator which rule of which policy refuses, where the client is told neither', async () => {
    const setup = setUp([{ name: 'default', redirect_uris: { hosts: ['a.example'] } }])
    const [trial, real] = [await setup.attempt(WEB_CLIENT), await setup.register(WEB_CLIENT)]
    expect(real.body.problems[0].rule).toBe('the policy of this server')
    expect(trial.problems[0]!.rule).toMatch(/^policy default \([0-9a-f]{12}\): redirect_uris\.hosts$/)
    const denied = setUp([{ name: 'default', deny: [{ when: { gates: ['open'] }, because: 'Nobody.' }] }])
    expect((await denied.attempt(WEB_CLIENT)).refusal!.message).toMatch(
      /^Nobody\. \(policy default \([0-9a-f]{12}\): deny\[0\]\)$/,
    )
    expect((await denied.register(WEB_CLIENT)).body.error_description).toBe('Nobody.')
  })

  it('says of an id and a secret that the caller chose what the registration would say', async () => {
    const setup = setUp([])
    const { body } = await setup.register(WEB_CLIENT)
    const admission = { permissions: ['oauth-client-override'] } as const
    const chosen = { ...WEB_CLIENT, client_id: 'mine', client_secret: 'x'.repeat(43) }
    expect((await setup.attempt(chosen, admission)).outcome).toBe('granted')
    for (const [choice, reason] of [
      [{ client_secret: 'short' }, 'client_secret.form'],
      [{ client_id: 'no room' }, 'client_id.form'],
      [{ client_id: body.client_id }, 'client_id.reserved'],
    ] as const) {
      const trial = await setup.attempt({ ...chosen, ...choice }, admission)
      expect([trial.outcome, trial.refusal?.reason, ...trial.problems.map((each) => each.reason)]).toContain(
        reason,
      )
      expect(trial.outcome).toBe('refused')
      // Without the permission the choice has no effect.
      expect((await setup.attempt({ ...chosen, ...choice })).outcome).toBe('granted')
    }
    await setup.store.createClient(
      { ...(await setup.store.findClient(body.client_id))!, id: 'mine' },
      { audit: { action: 'client.registered', at: 0, subject: 'mine', actor: 'open' } },
    )
    expect((await setup.attempt(chosen, admission)).problems).toMatchObject([{ reason: 'client_id.taken' }])
  })

  it('knows that the open door for public clients is none for others', async () => {
    const setup = setUp([])
    const admission = { proviso: 'public_client' } as const
    expect((await setup.attempt(WEB_CLIENT, admission)).outcome).toBe('refused')
    const body = { ...WEB_CLIENT, token_endpoint_auth_method: 'none' }
    expect((await setup.attempt(body, admission)).outcome).toBe('granted')
  })
})

describe('a client judged anew', () => {
  it('is the same under the policy that judged it, by what it asked for and not by what it was granted', async () => {
    const policy: PolicyDefinition = { name: 'default', member: { client_name: { default: 'Nameless' } } }
    const setup = setUp([policy])
    const { body } = await setup.register(WEB_CLIENT)
    expect(await setup.replay(body.client_id, policy)).toEqual({
      outcome: 'same',
      differences: [],
      problems: [],
    })
    expect(await setup.replay(body.client_id, { name: 'default' })).toMatchObject({
      outcome: 'changed',
      differences: [{ member: 'client_name', from: 'Nameless' }],
    })
  })

  it('would change, or be refused, and stays as it is', async () => {
    const setup = setUp([])
    const client = await setup.register({ ...WEB_CLIENT, client_name: 'A' })
    const before = await setup.record(client)
    const id = client.body.client_id
    expect(await setup.replay(id, { name: 'p', member: { client_name: { force: 'B' } } })).toMatchObject({
      outcome: 'changed',
      differences: [{ member: 'client_name', from: 'A', to: 'B' }],
    })
    expect(await setup.replay(id, { name: 'p', redirect_uris: { hosts: ['other.example'] } })).toMatchObject({
      outcome: 'refused',
      problems: [{ member: 'redirect_uris' }],
      refusal: { code: 'invalid_redirect_uri', message: expect.any(String) },
    })
    const denied = { name: 'p', deny: [{ when: { gates: ['open'] }, because: 'Nobody.' }] }
    expect(await setup.replay(id, denied)).toMatchObject({
      outcome: 'refused',
      problems: [],
      refusal: {
        code: 'access_denied',
        message: expect.stringMatching(/^Nobody\. \(policy p .*deny\[0\]\)$/),
      },
    })
    expect(await setup.record(client)).toEqual(before)
  })

  it('is refused where its update would be: who came in as a public client stays one (RFC 7592 §2.2)', async () => {
    const policy: PolicyDefinition = {
      name: 'default',
      member: { token_endpoint_auth_method: { force: 'client_secret_basic' } },
    }
    const metadata = { ...WEB_CLIENT, token_endpoint_auth_method: 'none' }
    const store = createFlowStore()
    const gates = [openGate({ publicOnly: true })]
    const before = setUpRegistration({ store, gates, anonymous: false })
    const client = await before.register(metadata)
    const after = setUpRegistration({ store, gates, anonymous: false, policies: [policy] })
    const update = await after.update(client, metadata)
    expect(update.body.problems).toMatchObject([{ reason: 'token_endpoint_auth_method.public_only' }])
    const rejudged = await rejudge(
      (await store.findClient(client.body.client_id))!,
      compilePolicies([policy]).default,
      {
        capabilities: BUILT_IN,
        fields: METADATA_FIELDS,
        clock: after.clock,
        checkServable: () => {},
      },
    )
    expect(rejudged).toMatchObject({ outcome: 'refused', problems: update.body.problems })
  })

  it('keeps what its credential fixed', async () => {
    const setup = setUp([])
    const token = await setup.initialAccessToken({ fixed: { client_name: 'Fixed' } })
    const { body } = await setup.register(WEB_CLIENT, { token })
    expect((await setup.replay(body.client_id, { name: 'p' })).outcome).toBe('same')
    expect(
      await setup.replay(body.client_id, { name: 'p', member: { client_name: { force: 'B' } } }),
    ).toMatchObject({
      outcome: 'refused',
      problems: [{ reason: 'client_name.fixed' }],
    })
  })
})
