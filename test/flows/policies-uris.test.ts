/** Rules on redirect URIs, scopes, addresses, names and software, over HTTP: at a creation and at an update (RFC 7591, 7592). */
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { setUpRegistration } from '../harness/registration.ts'

const APP = 'https://app.example.com/cb'
const OTHER = 'https://other.example/cb'

const capabilities = { ...BUILT_IN, scopes: [...BUILT_IN.scopes, 'orders:read', 'orders:write'] }

function setUp(policy: PolicyDefinition) {
  return setUpRegistration({ capabilities, policies: [{ ...policy, name: 'default' }] })
}

describe('partial acceptance of redirect URIs', () => {
  const policy: PolicyDefinition = { redirect_uris: { hosts: ['*.example.com'], outside: 'drop' } }

  it('keeps the allowed ones, returns what was kept and records what was dropped', async () => {
    const setup = setUp(policy)
    const client = await setup.register({ redirect_uris: [OTHER, APP] })
    expect(client.status).toBe(201)
    expect(client.body.redirect_uris).toEqual([APP])
    const record = await setup.record(client)
    expect(record!.granted.redirect_uris).toEqual([APP])
    expect(record!.dropped).toEqual([
      { member: 'redirect_uris', value: OTHER, reason: 'redirect_uris.policy' },
    ])
    expect(record!.decisions).toEqual([
      expect.objectContaining({
        member: 'redirect_uris',
        effect: 'narrowed',
        from: [OTHER, APP],
        to: [APP],
        rule: 'redirect_uris.hosts',
      }),
    ])
  })

  it('does the same at an update, and refuses where nothing is left', async () => {
    const setup = setUp(policy)
    const client = await setup.register({ redirect_uris: [APP] })
    const updated = await setup.update(client, { redirect_uris: [OTHER, APP] })
    expect(updated.status).toBe(200)
    expect(updated.body.redirect_uris).toEqual([APP])
    const refused = await setup.update(client, { redirect_uris: [OTHER] })
    expect(refused.status).toBe(400)
    expect(refused.body.error).toBe('invalid_redirect_uri')
    expect(refused.body.problems).toEqual([
      expect.objectContaining({
        member: 'redirect_uris',
        index: 0,
        reason: 'redirect_uris.host',
        rule: 'the policy of this server',
      }),
    ])
    expect((await setup.record(client))!.granted.redirect_uris).toEqual([APP])
  })

  it('infers the kind of client from what is left', async () => {
    const setup = setUp({ redirect_uris: { classes: ['https'], outside: 'drop' } })
    const client = await setup.register({ redirect_uris: [APP, 'http://127.0.0.1/cb'] })
    expect(client.status).toBe(201)
    expect(client.body).toMatchObject({ redirect_uris: [APP], application_type: 'web' })
  })

  it('drops what no client may have, too', async () => {
    const setup = setUp(policy)
    const uris = [
      'https://app.example.com@evil.example/',
      'https://app.example.com/a/%2e%2e/b',
      '//app.example.com/',
      APP,
    ]
    expect((await setup.register({ redirect_uris: uris })).body.redirect_uris).toEqual([APP])
  })

  it('does not take from what a credential fixed, but refuses', async () => {
    const setup = setUp(policy)
    const token = await setup.initialAccessToken({ fixed: { redirect_uris: [OTHER, APP] } })
    const refused = await setup.register({}, { token })
    expect(refused.status).toBe(400)
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'redirect_uris.fixed' })])
  })
})

describe('rejected redirect URIs', () => {
  it('are named one by one, with every other problem of the request', async () => {
    const setup = setUp({
      redirect_uris: { hosts: ['app.example.com'] },
      uris: { client_uri: { https: true, same_host: true } },
    })
    const refused = await setup.register({
      redirect_uris: [APP, OTHER],
      client_uri: 'http://www.example.com/',
    })
    expect(refused.status).toBe(400)
    expect(
      refused.body.problems.map(({ member, index, reason }: Record<string, unknown>) => [
        member,
        index,
        reason,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['redirect_uris', 1, 'redirect_uris.host'],
        ['client_uri', undefined, 'client_uri.not_https'],
        ['client_uri', undefined, 'client_uri.other_host'],
      ]),
    )
  })

  it('are judged by client_uri as it will be, not as it was (keycloak #51380)', async () => {
    const setup = setUp({ redirect_uris: { same_domain_as_client_uri: true } })
    const client = await setup.register({ redirect_uris: [APP], client_uri: 'https://www.example.com/' })
    expect(client.status).toBe(201)
    const moved = await setup.update(client, { redirect_uris: [APP], client_uri: 'https://evil.example/' })
    expect(moved.body.problems).toEqual([expect.objectContaining({ reason: 'redirect_uris.domain' })])
    const left = await setup.update(client, { redirect_uris: [APP] })
    expect(left.body.problems).toEqual([expect.objectContaining({ reason: 'client_uri.required' })])
  })

  it('are looked at again where another rule took client_uri away', async () => {
    const setup = setUp({
      redirect_uris: { same_domain_as_client_uri: true },
      uris: { client_uri: { https: true, on_bad: 'drop' } },
    })
    const refused = await setup.register({ redirect_uris: [APP], client_uri: 'http://www.example.com/' })
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'client_uri.required' })])
  })
})

describe('the ceiling of scope', () => {
  it('narrows, at a creation and at an update', async () => {
    const setup = setUp({ scope: { allowed: ['openid', 'orders:*'] } })
    const client = await setup.register({ redirect_uris: [APP], scope: 'openid email orders:read' })
    expect(client.body.scope).toBe('openid orders:read')
    const updated = await setup.update(client, { redirect_uris: [APP], scope: 'orders:write profile' })
    expect(updated.body.scope).toBe('orders:write')
    const refused = await setup.update(client, { redirect_uris: [APP], scope: 'profile' })
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'scope.outside' })])
  })

  it('of nothing gives nothing: neither the default nor everything', async () => {
    const setup = setUp({ scope: { allowed: [] } })
    const client = await setup.register({ redirect_uris: [APP] })
    expect(client.status).toBe(201)
    expect(client.body).not.toHaveProperty('scope')
    expect((await setup.record(client))!.granted.scope).toBe('')
    expect((await setup.register({ redirect_uris: [APP], scope: 'openid' })).status).toBe(400)
    const updated = await setup.update(client, { redirect_uris: [APP], scope: '' })
    expect(updated.status).toBe(200)
    expect((await setup.record(client))!.granted.scope).toBe('')
  })

  it('has a default of its own, for whoever leaves scope out, at an update too', async () => {
    const setup = setUp({ scope: { allowed: ['openid', 'orders:*'], default: ['orders:read'] } })
    const client = await setup.register({ redirect_uris: [APP] })
    expect(client.body.scope).toBe('orders:read')
    const asked = await setup.update(client, { redirect_uris: [APP], scope: 'openid' })
    expect(asked.body.scope).toBe('openid')
    expect((await setup.update(client, { redirect_uris: [APP] })).body.scope).toBe('orders:read')
  })

  it('demands what is required of the default too', async () => {
    const setup = setUp({ scope: { allowed: ['openid', 'email'], required: ['openid'] } })
    expect((await setup.register({ redirect_uris: [APP] })).body.scope).toBe('openid email')
    const refused = await setup.register({ redirect_uris: [APP], scope: 'email' })
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'scope.required' })])
  })
})

describe('addresses that people are shown', () => {
  it('are dropped in every language where they are bad and may go', async () => {
    const setup = setUp({ uris: { logo_uri: { hosts: ['*.example.com'], on_bad: 'drop' } } })
    const client = await setup.register({
      redirect_uris: [APP],
      logo_uri: 'https://img.example.com/l.png',
      'logo_uri#de': 'https://evil.example/l.png',
    })
    expect(client.body.logo_uri).toBe('https://img.example.com/l.png')
    expect(client.body).not.toHaveProperty('logo_uri#de')
  })

  it('are demanded at an update as at a creation (an omitted member passes no policy)', async () => {
    const setup = setUp({ uris: { policy_uri: { required: true } } })
    expect((await setup.register({ redirect_uris: [APP] })).status).toBe(400)
    const client = await setup.register({ redirect_uris: [APP], policy_uri: 'https://example.com/privacy' })
    const refused = await setup.update(client, { redirect_uris: [APP] })
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'policy_uri.required' })])
  })
})

describe('names', () => {
  it('that imitate a protected one are refused, and a credential may give it', async () => {
    const setup = setUp({ names: { protected: ['PayPal'] } })
    for (const client_name of ['PayPal', 'РауРаl Login', 'paypaI']) {
      const refused = await setup.register({ redirect_uris: [APP], client_name })
      expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'client_name.protected' })])
      expect(refused.text).not.toContain(client_name)
    }
    const token = await setup.initialAccessToken({ fixed: { client_name: 'PayPal' } })
    const client = await setup.register({ redirect_uris: [APP] }, { token })
    expect(client.body.client_name).toBe('PayPal')
    expect((await setup.update(client, { redirect_uris: [APP], client_name: 'x' })).status).not.toBe(500)
    expect((await setup.record(client))!.granted.client_name).toBe('PayPal')
  })

  it('that somebody entitled gave stay when the client sends back what it read, and until it takes another (RFC 7592 §2.2)', async () => {
    const setup = setUp({ names: { protected: ['Example Bank'] } })
    const token = await setup.initialAccessToken({ permissions: ['oauth-client-override'] })
    const named = { redirect_uris: [APP], client_name: 'Example Bank', 'client_name#fr': 'Banque' }
    const client = await setup.register(named, { token })
    expect((await setup.update(client, named)).status).toBe(200)
    expect((await setup.update(client, { ...named, 'client_name#fr': 'Example Bank' })).status).toBe(400)
    expect((await setup.update(client, { ...named, client_name: 'Other' })).status).toBe(200)
    const refused = await setup.update(client, named)
    expect(refused.body.problems).toEqual([expect.objectContaining({ reason: 'client_name.protected' })])
  })

  it('that a client had by itself before they were protected do not stay', async () => {
    const before = setUp({})
    const named = { redirect_uris: [APP], client_name: 'Example Bank' }
    const client = await before.register(named)
    const policies = [{ name: 'default', names: { protected: ['Example Bank'] } }]
    const after = setUpRegistration({ store: before.store, policies })
    expect((await after.update(client, named)).body.problems).toEqual([
      expect.objectContaining({ reason: 'client_name.protected' }),
    ])
  })

  it('that must be unique are few for each client: translations that look the same count once', async () => {
    const setup = setUp({ names: { unique: 'registry' } })
    const inLanguages = (count: number, name: (index: number) => string) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`client_name#fr-x-${i}`, name(i)]))
    const client = { redirect_uris: [APP], client_name: 'Planner' }
    const same = await setup.register({ ...client, ...inLanguages(30, () => 'PLANNER') })
    expect(same.status).toBe(201)
    const many = await setup.register({ ...client, ...inLanguages(30, (index) => `Name ${index}`) })
    expect(many.body.problems).toEqual([
      expect.objectContaining({ member: 'client_name', reason: 'client_name.too_many' }),
    ])
    const other = { ...client, client_name: 'Diary', 'client_name#fr': 'Planner' }
    expect((await setup.register(other)).body.problems).toEqual([
      expect.objectContaining({ member: 'client_name#fr', reason: 'client_name.taken' }),
    ])
  })

  it('are unique by how they look, until the client is renamed or deleted', async () => {
    const setup = setUp({ names: { unique: 'registry' } })
    const named = (client_name: string) => ({ redirect_uris: [APP], client_name })
    const first = await setup.register(named('Planner'))
    expect(first.status).toBe(201)
    const second = await setup.register(named('Рlаnnеr'))
    expect(second.status).toBeGreaterThanOrEqual(400)
    expect(second.status).toBeLessThan(500)
    expect((await setup.update(first, named('PLANNER'))).status).toBe(200)
    expect((await setup.update(first, named('Organizer'))).status).toBe(200)
    const third = await setup.register(named('Planner'))
    expect(third.status).toBe(201)
    expect((await setup.update(first, named('planner'))).status).toBeGreaterThanOrEqual(400)
    await setup.delete(third)
    expect((await setup.update(first, named('planner'))).status).toBe(200)
  })

  it('that many ask for at once go to one', async () => {
    const setup = setUp({ names: { unique: 'registry' } })
    const answers = await Promise.all(
      ['Planner', 'planner', 'PLANNER', 'Plаnner'].map((client_name) =>
        setup.register({ redirect_uris: [APP], client_name }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })
})

describe('software', () => {
  it('must name itself, and somebody must vouch for it', async () => {
    const setup = setUp({ software: { required: true, id_pattern: '4NRB1-.*', statement: 'required' } })
    const refused = await setup.register({ redirect_uris: [APP], software_id: 'other' })
    expect(refused.body.problems.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual([
      'software_id.pattern',
      'software_statement.required',
      'software_version.required',
    ])
  })
})

it('a web client with a loopback URI beside https is told of that URI alone, and of nothing that it never sent', async () => {
  const setup = setUpRegistration({ policies: [{ name: 'default', extends: 'web-confidential' }] })
  const refused = await setup.register({ redirect_uris: [APP, 'http://127.0.0.1:8000/cb'] })
  expect(refused.body.problems).toMatchObject([
    { member: 'redirect_uris', index: 1, reason: 'redirect_uris.class' },
  ])
  const native = await setup.register({ redirect_uris: [APP], application_type: 'native' })
  expect(native.body.problems).toMatchObject([
    { member: 'application_type' },
    { member: 'redirect_uris', index: 0, message: expect.stringMatching(/of an installed program/) },
  ])
})
