import { describe, expect, it } from 'vitest'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { sampleClient } from '../../clientele/src/testing/store-samples.ts'
import {
  type Answer,
  type RegistrationOverride,
  setUpRegistration,
  WEB_CLIENT,
} from '../harness/registration.ts'

/**
 * One policy governs a client, at its creation and at every update, and is judged on what would be granted (RFC 7591 §2,
 * RFC 7592 §2.2): the traps that others fell into, each by its name.
 */

const under = (policy: PolicyDefinition, more: RegistrationOverride = {}) =>
  setUpRegistration({ ...more, policies: [{ name: 'default', ...policy }] })

const reasons = ({ body }: Answer) =>
  (body.problems as readonly { member: string; reason: string }[]).map(({ reason }) => reason)

const MACHINE = { grant_types: ['client_credentials'] }

describe('the policy that governs', () => {
  const TWO: readonly PolicyDefinition[] = [
    {
      name: 'robots',
      when: { claimed_software_ids: ['robot-*'] },
      grant_types: { allowed: ['client_credentials'] },
    },
    { name: 'named', member: { client_name: { force: 'Named' } } },
  ]

  it('is the one whose conditions hold, and is recorded with its revision', async () => {
    const setup = setUpRegistration({ policies: TWO })
    const robot = await setup.register({ ...MACHINE, software_id: 'robot-1' })
    expect(await setup.record(robot)).toMatchObject({
      policy: 'robots',
      policyRevision: expect.stringMatching(/^[0-9a-f]{12}$/),
    })
    expect(await setup.record(await setup.register(WEB_CLIENT))).toMatchObject({ policy: 'default' })
    expect((await setup.register({ ...WEB_CLIENT, software_id: 'robot-1' })).status).toBe(400)
  })

  it('is the one that the credential names, whatever the conditions (RFC 7591 §1.2)', async () => {
    const setup = setUpRegistration({ policies: TWO })
    const token = await setup.initialAccessToken({ policy: 'named' })
    const client = await setup.register({ ...WEB_CLIENT, software_id: 'robot-1' }, { token })
    expect([client.status, client.body.client_name]).toEqual([201, 'Named'])
  })

  it('fails closed where the credential names one that is not there: 403, nothing stored, no use spent', async () => {
    const setup = setUpRegistration({ policies: TWO })
    const token = await setup.initialAccessToken({ policy: 'strcit', usesLeft: 1 })
    const refused = await setup.register(WEB_CLIENT, { token })
    expect([refused.status, refused.body.error]).toEqual([403, 'access_denied'])
    // The names of policies are the operator's.
    expect(refused.text).not.toMatch(/strcit|robots|default/)
    expect(await setup.store.listClients({ limit: 9 })).toEqual([])
    const again = setUpRegistration({ store: setup.store, policies: [...TWO, { name: 'strcit' }] })
    expect((await again.register(WEB_CLIENT, { token })).status).toBe(201)
  })

  it('stays the same at an update, also when its conditions hold no longer (RFC 7592 §2.2)', async () => {
    const setup = setUpRegistration({ policies: TWO })
    const robot = await setup.register({ ...MACHINE, software_id: 'robot-1' })
    const refused = await setup.update(robot, WEB_CLIENT)
    expect([refused.status, reasons(refused)]).toEqual([400, ['grant_types.nothing_left']])
    expect((await setup.read(robot)).body.grant_types).toEqual(['client_credentials'])
  })

  it('judges an update in its newest revision', async () => {
    const before = under({})
    const client = await before.register(WEB_CLIENT)
    const after = under({ member: { client_name: { force: 'New' } } }, { store: before.store })
    const updated = await after.update(client, WEB_CLIENT)
    expect(updated.body.client_name).toBe('New')
    const [old, now] = [await before.record(client), await after.record(updated)]
    expect(now).toMatchObject({ policy: 'default', decisions: [{ member: 'client_name', effect: 'forced' }] })
    expect(old!.policyRevision).toBe(now!.policyRevision)
    expect((await before.register(WEB_CLIENT)).body).not.toHaveProperty('client_name')
  })

  it('that was taken away lets nothing be changed; reading and deleting go on (RFC 7592 §2.1, §2.3)', async () => {
    const before = setUpRegistration({ policies: [{ name: 'named' }] })
    const client = await before.register(WEB_CLIENT, {
      token: await before.initialAccessToken({ policy: 'named' }),
    })
    const after = setUpRegistration({ store: before.store })
    expect((await after.update(client, WEB_CLIENT)).status).toBe(403)
    expect((await after.read(client)).status).toBe(200)
    expect((await after.delete(client)).status).toBe(204)
  })

  it('is the default for a record from before there were policies', async () => {
    const setup = under({ member: { client_name: { force: 'New' } } })
    // Without a secret: that one is sealed to its client.
    const model = await setup.register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    const { policy: _, policyRevision: __, decisions: ___, ...old } = (await setup.record(model))!
    const record = { ...old, id: sampleClient().id }
    await setup.store.createClient(record, {
      audit: { action: 'client.registered', at: 1, subject: record.id, actor: 'test' },
    })
    const address = {
      ...(model.body as { registration_access_token: string }),
      registration_client_uri: `${setup.issuer}/register/${record.id}`,
    }
    expect((await setup.update(address, WEB_CLIENT)).status).toBe(200)
    expect(await setup.store.findClient(record.id)).toMatchObject({ policy: 'default' })
  })
})

describe('judged on the result, at the creation and at the update alike', () => {
  const CASES: [string, PolicyDefinition, object, string][] = [
    [
      'the grant that is the default when it is left out (RFC 7591 §2)',
      { grant_types: { allowed: ['client_credentials'] } },
      WEB_CLIENT,
      'grant_types.nothing_left',
    ],
    [
      'the method that is the default when it is left out (RFC 7591 §2)',
      { token_endpoint_auth_methods: { allowed: ['none'] } },
      WEB_CLIENT,
      'token_endpoint_auth_method.allowed',
    ],
    [
      'a member that is required',
      { member: { client_name: { required: true } } },
      WEB_CLIENT,
      'client_name.required',
    ],
  ]

  it.each(CASES)('%s', async (_, policy, metadata, reason) => {
    const setup = under(policy)
    const refused = await setup.register(metadata)
    expect([refused.status, reasons(refused)]).toEqual([400, [reason]])
    const free = setUpRegistration({ store: setup.store })
    const client = await free.register(metadata)
    const update = await setup.update(client, metadata as never)
    expect([update.status, reasons(update)]).toEqual([400, [reason]])
    expect((await free.read(client)).body).toMatchObject(metadata)
  })

  it('a PUT that leaves the method out makes no public client confidential under a policy for public ones', async () => {
    const setup = under({ token_endpoint_auth_methods: { allowed: ['none'] } })
    const client = await setup.register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    expect([client.status, client.body.client_secret]).toEqual([201, undefined])
    expect((await setup.update(client, WEB_CLIENT)).status).toBe(400)
    expect((await setup.read(client)).body.token_endpoint_auth_method).toBe('none')
    expect((await setup.record(client))!.secrets).toEqual([])
  })

  it('an update is what a fresh registration with the same body is', async () => {
    const setup = under({
      grant_types: { allowed: ['authorization_code'], outside: 'drop' },
      member: { client_name: { default: 'Nameless' }, contacts: { force: ['ops@example.org'] } },
    })
    const asked = {
      ...WEB_CLIENT,
      grant_types: ['authorization_code', 'refresh_token'],
      contacts: ['me@example.org'],
    }
    const own = new Set([
      'client_id',
      'client_secret',
      'registration_access_token',
      'registration_client_uri',
    ])
    const theirs = ({ body }: Answer) =>
      Object.fromEntries(Object.entries(body).filter(([member]) => !own.has(member)))
    const updated = await setup.update(await setup.register({ ...WEB_CLIENT, client_name: 'A' }), asked)
    expect(updated.status).toBe(200)
    expect(theirs(updated)).toEqual(theirs(await setup.register(asked)))
  })
})

describe('what an initial access token fixed stays fixed (RFC 7591 §1.2)', () => {
  async function fixedTo(fixed: object, policy: PolicyDefinition = {}) {
    const setup = under(policy)
    const token = await setup.initialAccessToken({ fixed: fixed as never })
    return { ...setup, asFixed: (metadata: object) => setup.register(metadata, { token }) }
  }

  it('when it is left out and when something else is asked for, now and at every update', async () => {
    const { asFixed, update, read } = await fixedTo({ scope: 'openid', client_name: 'Fixed' })
    for (const metadata of [
      WEB_CLIENT,
      { ...WEB_CLIENT, scope: 'profile email', 'client_name#de': 'Anders' },
    ]) {
      const client = await asFixed(metadata)
      for (const answer of [client, await update(client, metadata), await read(client)]) {
        expect(answer.body).toMatchObject({ scope: 'openid', client_name: 'Fixed' })
        expect(answer.body).not.toHaveProperty('client_name#de')
      }
    }
  })

  it.each<[string, object, object, string]>([
    [
      'a grant for confidential clients, by a client that makes itself public',
      { grant_types: ['authorization_code', 'client_credentials'] },
      { token_endpoint_auth_method: 'none' },
      'grant_types.fixed',
    ],
    [
      'the algorithm of assertions, by a method that has none',
      { token_endpoint_auth_signing_alg: 'ES256' },
      { token_endpoint_auth_method: 'client_secret_basic' },
      'token_endpoint_auth_signing_alg.fixed',
    ],
    [
      'the type of application, by redirect URIs of the other type',
      { application_type: 'web' },
      { redirect_uris: ['http://127.0.0.1/cb'] },
      'application_type.fixed',
    ],
    [
      'a response type, by grants without it',
      { response_types: ['code'] },
      { grant_types: ['client_credentials'] },
      'response_types.fixed',
    ],
  ])('when another member would change its meaning: %s', async (_, fixed, other, reason) => {
    const { asFixed, update, register } = await fixedTo(fixed)
    const refused = await asFixed({ ...WEB_CLIENT, ...other })
    expect([refused.status, reasons(refused)]).toEqual([400, [reason]])
    // The same metadata without the token is fine, so it was the fixed value.
    expect((await register({ ...WEB_CLIENT, ...other })).status).toBe(201)
    const suits = { ...WEB_CLIENT, ...(reason.startsWith('token') ? KEYED : {}) }
    const client = await asFixed(suits)
    expect(client.status).toBe(201)
    const update1 = await update(client, { ...WEB_CLIENT, ...other })
    expect([update1.status, reasons(update1)]).toEqual([400, [reason]])
  })

  it('under a policy that would change it: the request is refused, the value is not touched', async () => {
    const { asFixed, store } = await fixedTo(
      { client_name: 'Fixed' },
      { member: { client_name: { force: 'Forced' } } },
    )
    const refused = await asFixed(WEB_CLIENT)
    expect([refused.status, reasons(refused)]).toEqual([400, ['client_name.fixed']])
    expect(await store.listClients({ limit: 1 })).toEqual([])
  })
})

const KEYED = {
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: {
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    ],
  },
}

describe('what a policy changed', () => {
  const POLICY: PolicyDefinition = {
    grant_types: { allowed: ['authorization_code'], outside: 'drop' },
    member: { client_name: { default: 'Nameless' } },
  }
  const ASKED = { ...WEB_CLIENT, grant_types: ['authorization_code', 'refresh_token'] }

  it('is said in the answer to a creation and an update, in words (RFC 7591 §3.2.1), and not when it is read', async () => {
    const setup = under(POLICY)
    const client = await setup.register(ASKED)
    const changes = [
      { member: 'grant_types', effect: 'narrowed', because: expect.any(String) },
      { member: 'client_name', effect: 'default', because: expect.any(String) },
    ]
    for (const answer of [client, await setup.update(client, ASKED)]) {
      expect(answer.body.metadata_changes).toHaveLength(2)
      expect(answer.body.metadata_changes).toEqual(expect.arrayContaining(changes))
    }
    expect((await setup.read(client)).body).not.toHaveProperty('metadata_changes')
  })

  it('is stored with the record: what was asked, what is granted, by which rule, and what was dropped', async () => {
    const setup = under(POLICY)
    const record = await setup.record(await setup.register(ASKED))
    expect(record).toMatchObject({
      requested: { grant_types: ['authorization_code', 'refresh_token'] },
      granted: { grant_types: ['authorization_code'], client_name: 'Nameless' },
      dropped: [{ member: 'grant_types', value: 'refresh_token', reason: 'grant_types.policy' }],
      decisions: expect.arrayContaining([
        {
          member: 'grant_types',
          effect: 'narrowed',
          from: ['authorization_code', 'refresh_token'],
          to: ['authorization_code'],
          rule: expect.stringMatching(/^grant_types\./),
          because: expect.any(String),
        },
      ]),
    })
  })

  it('is forgotten when the next update leaves nothing to change', async () => {
    const setup = under(POLICY)
    const client = await setup.register(ASKED)
    await setup.update(client, { ...WEB_CLIENT, client_name: 'A' })
    expect(await setup.record(client)).not.toHaveProperty('decisions')
  })

  it('is nothing under the default policy: no member of ours in the answer, no decisions in the record', async () => {
    const setup = setUpRegistration()
    const client = await setup.register(WEB_CLIENT)
    expect(client.body).not.toHaveProperty('metadata_changes')
    expect(await setup.record(client)).not.toHaveProperty('decisions')
  })
})

describe('whatever a policy writes is checked for consistency like anything else', () => {
  it('a forced grant that needs redirect URIs, of a client without them (RFC 7591 §2)', async () => {
    const refused = await under({ grant_types: { force: ['authorization_code'] } }).register(MACHINE)
    expect(reasons(refused)).toEqual(['redirect_uris.missing'])
  })

  it('response type code without its grant is impossible (RFC 7591 §2.1), also by force', async () => {
    const setup = under({
      rules: [
        {
          name: 'code',
          round: 'granted',
          decide: () => [
            { kind: 'amend', member: 'response_types', effect: 'forced', to: ['code'], because: 'is so' },
          ],
        },
      ],
    })
    expect((await setup.register(WEB_CLIENT)).status).toBe(201)
    const refused = await setup.register(MACHINE)
    expect([refused.status, reasons(refused)]).toEqual([400, ['policy.unsettled']])
    expect(setup.faults).toEqual([])
  })

  it('a redirect URI that a rule of the host writes is no better than the client’s own', async () => {
    const to = ['javascript:alert(1)']
    const refused = await under({
      rules: [
        {
          name: 'bad',
          round: 'granted',
          decide: async () => [
            { kind: 'amend', member: 'redirect_uris', effect: 'forced', to, because: 'is so' },
          ],
        },
      ],
    }).register(WEB_CLIENT)
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_redirect_uri'])
  })

  it('what follows from a member is found anew when a rule changes that member', async () => {
    const setup = under({ redirect_uris: { classes: ['https'], outside: 'drop' } })
    const client = await setup.register({
      redirect_uris: [...WEB_CLIENT.redirect_uris, 'http://127.0.0.1/cb'],
    })
    // With the loopback URI it was native; without, it is not.
    expect(client.body).toMatchObject({ redirect_uris: WEB_CLIENT.redirect_uris, application_type: 'web' })
  })

  it('rules that never agree refuse the request after a few rounds, and never go round for ever', async () => {
    const swap = (from: string, to: string) => ({
      name: `${from}-${to}`,
      round: 'granted' as const,
      decide: ({ client_name }: { client_name?: string }) =>
        client_name === from
          ? [
              {
                kind: 'amend' as const,
                member: 'client_name',
                effect: 'forced' as const,
                to,
                because: 'is so',
              },
            ]
          : [],
    })
    const setup = under({ rules: [swap('B', 'A'), swap('A', 'B')] })
    const refused = await setup.register({ ...WEB_CLIENT, client_name: 'A' })
    expect(reasons(refused)).toEqual(['policy.unsettled'])
    expect((await setup.register({ ...WEB_CLIENT, client_name: 'C' })).status).toBe(201)
  })

  it('a privileged scope is not minted by a policy (CVE-2026-16102 in Keycloak)', async () => {
    const { BUILT_IN } = await import('../../clientele/src/oauth/capabilities.ts')
    const capabilities = {
      ...BUILT_IN,
      scopes: [...BUILT_IN.scopes, 'register'],
      privilegedScopes: ['register'],
    }
    const add = {
      kind: 'amend',
      member: 'scope',
      effect: 'default',
      to: 'openid register',
      because: 'is so',
    } as const
    const setup = under(
      { rules: [{ name: 'add', round: 'asked', decide: ({ scope }) => (scope === undefined ? [add] : []) }] },
      { capabilities },
    )
    expect((await setup.register(WEB_CLIENT)).body.scope).toBe('openid')
  })
})

describe('a denial', () => {
  const deny = (explain: 'words' | 'public' = 'words') =>
    under({
      explain,
      deny: [
        {
          when: { members: { application_type: 'native' } },
          because: 'Installed programs are not registered here.',
        },
      ],
    })
  const NATIVE = { redirect_uris: ['http://127.0.0.1/cb'] }

  it('is 403 with the reason in words, whatever else is wrong, and counts at updates too', async () => {
    const setup = deny()
    for (const metadata of [NATIVE, { ...NATIVE, client_uri: 'nonsense' }]) {
      const denied = await setup.register(metadata)
      expect([denied.status, denied.body]).toEqual([
        403,
        {
          error: 'access_denied',
          error_description: 'Installed programs are not registered here.',
          reason: 'policy.denied',
        },
      ])
    }
    const client = await setup.register(WEB_CLIENT)
    expect((await setup.update(client, NATIVE)).status).toBe(403)
    expect((await setup.read(client)).body).toMatchObject(WEB_CLIENT)
  })

  it('names the rule and the policy only where the policy is public', async () => {
    const { body } = await deny('public').register(NATIVE)
    expect(body.error_description).toMatch(/here\. \(policy default \([0-9a-f]{12}\): deny\[0\]\)$/)
  })
})

describe('a refusal', () => {
  const POLICY: PolicyDefinition = {
    member: { client_name: { required: true }, contacts: { required: true } },
  }

  it('has every problem at once, in words, beside those of the standard (RFC 7591 §3.2.2)', async () => {
    const refused = await under(POLICY).register({ redirect_uris: ['https://a.example/#x'] })
    expect(reasons(refused).sort()).toEqual([
      'client_name.required',
      'contacts.required',
      'redirect_uri.has_fragment',
    ])
    expect(refused.text).not.toContain('member.')
    expect(refused.body.problems).toContainEqual(
      expect.objectContaining({ rule: 'the policy of this server' }),
    )
  })

  it('names the rule of the policy where that is public', async () => {
    const { body } = await under({ ...POLICY, explain: 'public' }).register(WEB_CLIENT)
    expect(body.problems[0].rule).toMatch(/^policy default \([0-9a-f]{12}\): member\.client_name\.required$/)
  })
})
