import { afterEach, describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { PRESETS } from '../../clientele/src/policies/presets.ts'
import {
  type Answer,
  type RegistrationOverride,
  type RegistrationSetup,
  setUpRegistration,
  WEB_CLIENT,
} from '../harness/registration.ts'
import { type GatesServer, startGatesServer } from './gates-server.ts'

/**
 * What others paid for with their policies, each by its name (`CVE-…`, or the issue where it is told). What is not about
 * policies is tested where it belongs: foreign bearer tokens in `open-registration.test.ts`, races for the last use of an
 * initial access token in `clientele/src/testing/store-contract`, tokens at the wrong client and after deletion in
 * `test/conformance/rfc7592.test.ts`.
 */

const under = (policy: PolicyDefinition, more: RegistrationOverride = {}) =>
  setUpRegistration({ ...more, policies: [{ name: 'default', ...policy }] })

const reasons = ({ body }: Answer) =>
  ((body.problems ?? []) as readonly { reason: string }[]).map(({ reason }) => reason)

const NATIVE = { redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' }
const MACHINE = { grant_types: ['client_credentials'] }

/** The client as it was: a refused update changed nothing. */
async function expectUnchanged(setup: RegistrationSetup, client: Answer, update: JsonObject, reason: string) {
  const before = await setup.record(client)
  const refused = await setup.update(client, update)
  expect([refused.status, reasons(refused)]).toEqual([400, [reason]])
  expect(await setup.record(client)).toEqual(before)
}

describe('keycloak #51380 (CVE-2026-18573), #51382 (CVE-2026-18570): an update is judged by what the client becomes', () => {
  it('public clients need a page: a confidential one cannot become public without', async () => {
    const rule = {
      name: 'public-has-a-page',
      round: 'granted' as const,
      decide: ({ token_endpoint_auth_method: method, client_uri }: JsonObject) =>
        method === 'none' && client_uri === undefined
          ? [{ kind: 'refuse' as const, member: 'client_uri', reason: 'required', because: 'is required' }]
          : [],
    }
    const setup = under({ rules: [rule as never] })
    const client = await setup.register(WEB_CLIENT)
    expect(client.status).toBe(201)
    await expectUnchanged(
      setup,
      client,
      { ...WEB_CLIENT, token_endpoint_auth_method: 'none' },
      'client_uri.required',
    )
  })

  it('an installed program cannot be made of a web client that was allowed as one', async () => {
    const setup = under({ member: { application_type: { allowed: ['web'] } } })
    const client = await setup.register(WEB_CLIENT)
    // Not named at all: it follows from the redirect URI.
    await expectUnchanged(setup, client, NATIVE, 'application_type.allowed')
  })

  it.each<[string, PolicyDefinition, JsonObject, string]>([
    [
      'client_name',
      { member: { client_name: { required: true } } },
      { client_name: 'A' },
      'client_name.required',
    ],
    [
      'grant_types',
      { grant_types: { required: ['refresh_token'] } },
      { grant_types: ['authorization_code', 'refresh_token'] },
      'grant_types.required',
    ],
    ['scope', { scope: { required: ['email'] } }, { scope: 'openid email' }, 'scope.required'],
    [
      'token_endpoint_auth_method',
      { token_endpoint_auth_methods: { allowed: ['none'] } },
      { token_endpoint_auth_method: 'none' },
      'token_endpoint_auth_method.allowed',
    ],
    [
      'software_id',
      { software: { required: true } },
      { software_id: 'a', software_version: '1' },
      'software_id.required',
    ],
    [
      'logo_uri',
      { uris: { logo_uri: { required: true } } },
      { logo_uri: 'https://client.example/logo' },
      'logo_uri.required',
    ],
  ])('an omitted %s passes no policy', async (_, policy, had, reason) => {
    const capabilities = { ...BUILT_IN, defaultScopes: ['openid'] }
    const setup = under(policy, { capabilities })
    const client = await setup.register({ ...WEB_CLIENT, ...had })
    expect(client.status).toBe(201)
    const refused = await setup.update(client, WEB_CLIENT)
    expect([refused.status, reasons(refused)[0]]).toEqual([400, reason])
    expect((await setup.read(client)).body).toMatchObject(had)
  })
})

describe('AuthHero: a constrained member that is left out at a PUT does not fall back past the credential’s limit', () => {
  it.each<[string, JsonObject]>([
    ['scope', { scope: 'openid' }],
    ['grant_types', { grant_types: ['client_credentials'] }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['redirect_uris', { redirect_uris: ['https://fixed.example/cb'] }],
    ['access_token_lifetime', { access_token_lifetime: 60 }],
  ])('%s', async (member, fixed) => {
    const setup = setUpRegistration()
    const token = await setup.initialAccessToken({ fixed: fixed as never })
    const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }
    const asked = member === 'grant_types' ? {} : { ...WEB_CLIENT, jwks }
    const client = await setup.register(asked, { token })
    expect(client.status, client.text).toBe(201)
    const updated = await setup.update(client, asked)
    expect([updated.status, updated.body[member]]).toEqual([200, fixed[member]])
  })
})

describe('AuthHero, KeeperHub PR #1520: redirect URIs', () => {
  it('with a wildcard are not registered, by no policy and under no preset', async () => {
    const wildcards = ['https://*.client.example/cb', 'https://client.example/*', 'com.example.app:/*']
    for (const outside of ['reject', 'drop'] as const) {
      const setup = under({ redirect_uris: { outside } })
      for (const uri of wildcards) {
        const refused = await setup.register({ redirect_uris: [uri] })
        expect([refused.status, refused.body.error], uri).toEqual([400, 'invalid_redirect_uri'])
      }
      const client = await setup.register(WEB_CLIENT)
      expect((await setup.update(client, { redirect_uris: [wildcards[0]!] })).status).toBe(400)
    }
  })

  it('on another port are on another port, but on this machine', async () => {
    const setup = under({
      redirect_uris: { hosts: ['client.example'], ports: [443], classes: ['https', 'loopback'] },
    })
    expect((await setup.register(WEB_CLIENT)).status).toBe(201)
    const refused = await setup.register({ redirect_uris: ['https://client.example:8443/callback'] })
    expect(reasons(refused)).toEqual(['redirect_uris.port'])
    expect((await setup.register({ redirect_uris: ['http://127.0.0.1:8443/cb'] })).status).toBe(201)
  })

  it('javascript://host has a scheme and a host, and is none; com.example.app:/cb has no host, and is one', async () => {
    const setup = under({ redirect_uris: { hosts: ['client.example'], schemes: ['com.example.*'] } })
    for (const uri of [
      'javascript://client.example/%0aalert(1)',
      'data://client.example/',
      'file://client.example/',
    ]) {
      const refused = await setup.register({ redirect_uris: [uri] })
      expect([refused.status, refused.body.error], uri).toEqual([400, 'invalid_redirect_uri'])
    }
    expect((await setup.register({ redirect_uris: ['com.example.app:/cb'] })).status).toBe(201)
  })
})

describe('keycloak #51468 (CVE-2026-15572): a value of another type avoids no allow-list', () => {
  const setup = under({
    member: {
      vp_formats_supported: { allowed: [{ 'dc+sd-jwt': {} }] },
      contacts: { allowed: ['ops@client.example'] },
      default_max_age: { max: 60 },
      client_name: { pattern: '[a-z]+' },
    },
  })

  it.each<[string, JsonObject]>([
    ['an object with another part', { vp_formats_supported: { mso_mdoc: {} } }],
    ['an object with one part more', { vp_formats_supported: { 'dc+sd-jwt': {}, mso_mdoc: {} } }],
    ['a list in the place of an object', { vp_formats_supported: [{ mso_mdoc: {} }] }],
    ['a text in the place of an object', { vp_formats_supported: 'mso_mdoc' }],
    ['a text in the place of a list', { contacts: 'eve@evil.example' }],
    ['a list in a list', { contacts: [['eve@evil.example']] }],
    ['a text in the place of a number', { default_max_age: '1e9' }],
    ['a list in the place of a text', { client_name: ['Bank'] }],
    ['an object in the place of a text', { client_name: { toString: 'bank' } }],
  ])('%s', async (_, swapped) => {
    const good = {
      ...WEB_CLIENT,
      vp_formats_supported: { 'dc+sd-jwt': {} },
      contacts: ['ops@client.example'],
      default_max_age: 60,
      client_name: 'bank',
    }
    const client = await setup.register(good)
    expect(client.status).toBe(201)
    const [member] = Object.keys(swapped)
    for (const answer of [
      await setup.register({ ...good, ...swapped }),
      await setup.update(client, { ...good, ...swapped }),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.body.problems[0].member).toBe(member)
    }
    expect((await setup.read(client)).body).toMatchObject(good)
    expect(setup.faults).toEqual([])
  })
})

describe('keycloak #51473 (CVE-2026-16102): nobody gives themselves what opens doors', () => {
  const capabilities = {
    ...BUILT_IN,
    scopes: [...BUILT_IN.scopes, 'register'],
    privilegedScopes: ['register'],
  }
  /** Clients that each preset lets in. */
  const SUITABLE: Readonly<Record<string, JsonObject>> = {
    'airlock-like': { ...WEB_CLIENT, contacts: ['a'], software_id: 'a', software_version: '1' },
    machine: MACHINE,
    'native-public': NATIVE,
    'mobile-install': { redirect_uris: ['com.example.app:/cb'], software_id: 'a', software_version: '1' },
    fapi2: {
      ...WEB_CLIENT,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: 'https://client.example/jwks',
    },
  }

  it.each([...PRESETS.keys()])(
    'under the preset %s no client has a privileged scope by its own word',
    async (name) => {
      const setup = setUpRegistration({
        capabilities,
        policies: [{ ...PRESETS.get(name)!, name: 'default' }],
      })
      const asked = { ...(SUITABLE[name] ?? WEB_CLIENT), scope: 'openid register' }
      const client = await setup.register(asked)
      expect([client.status, client.body.scope], client.text).toEqual([201, 'openid'])
      const updated = await setup.update(client, asked)
      expect([updated.status, updated.body.scope]).toEqual([200, 'openid'])
    },
  )

  it('nor by a policy that is careless: neither its default nor its allow-list gives one', async () => {
    for (const [policy, asked] of [
      [{ scope: { allowed: ['register', 'openid'] } }, { scope: 'openid register' }],
      [{ scope: { default: ['register', 'openid'] } }, {}],
      [{ member: { scope: { allowed: ['register', 'openid'] } } }, { scope: 'openid register' }],
    ] satisfies [PolicyDefinition, JsonObject][]) {
      const setup = under(policy, { capabilities })
      const client = await setup.register({ ...WEB_CLIENT, ...asked })
      expect([client.status, client.body.scope]).toEqual([201, 'openid'])
    }
  })

  it('a member that is privileged is neither set nor lost by the holder of the registration access token', async () => {
    const setup = under({ member: { policy_uri: { privileged: true, on_bad: 'drop' } } })
    const token = await setup.initialAccessToken({ permissions: ['oauth-client-override'] })
    const mine = { ...WEB_CLIENT, policy_uri: 'https://client.example/policy' }
    const client = await setup.register(mine, { token })
    for (const body of [WEB_CLIENT, { ...mine, policy_uri: 'https://client.example/other' }]) {
      expect((await setup.update(client, body)).body).toMatchObject({ policy_uri: mine.policy_uri })
    }
    expect((await setup.register(mine)).body).not.toHaveProperty('policy_uri')
  })
})

describe('django-oauth-toolkit PR #1728, doorkeeper PR #263, ZITADEL: a PUT turns no client into another kind by a default', () => {
  it('one that is public under its policy stays it: what the policy puts in, it puts in again', async () => {
    const setup = under({ token_endpoint_auth_methods: { default: 'none' } })
    const client = await setup.register(WEB_CLIENT)
    expect(client.body).toMatchObject({ token_endpoint_auth_method: 'none' })
    const updated = await setup.update(client, WEB_CLIENT)
    expect([updated.status, updated.body.token_endpoint_auth_method]).toEqual([200, 'none'])
    expect([client.body, updated.body].some((body) => 'client_secret' in body)).toBe(false)
  })

  it('one that is confidential under its policy is never without a secret', async () => {
    const setup = under({ token_endpoint_auth_methods: { force: 'client_secret_post' } })
    const client = await setup.register(NATIVE)
    const updated = await setup.update(client, NATIVE)
    for (const { body } of [client, updated]) {
      expect(body.token_endpoint_auth_method).toBe('client_secret_post')
      expect(body.client_secret).toBe(client.body.client_secret)
    }
    expect(client.body.client_secret).toMatch(/^cl_sec_/)
  })
})

it('AuthHero: no secret is issued to a client of none, also where a policy makes it one or makes secrets itself', async () => {
  const setup = under({
    token_endpoint_auth_methods: { force: 'none' },
    credentials: { client_secret: { prefix: 's-' } },
    makeClientSecret: () => 'x'.repeat(43),
  })
  const client = await setup.register({ ...WEB_CLIENT, token_endpoint_auth_method: 'client_secret_post' })
  for (const { body } of [client, await setup.update(client, WEB_CLIENT), await setup.read(client)]) {
    expect(body).not.toHaveProperty('client_secret')
    expect(body).not.toHaveProperty('client_secret_expires_at')
  }
  expect((await setup.record(client))!.secrets).toEqual([])
})

it('hydra #4116, mcp-auth-proxy #173: what a policy takes away is not there, and not null or empty', async () => {
  const setup = under({
    members: { deny: ['logo_uri', 'contacts'] },
    member: {
      client_name: { pattern: '[a-z]+', on_bad: 'drop' },
      keywords: { allowed: ['a'], on_bad: 'drop' },
    },
    uris: { tos_uri: { hosts: ['client.example'], on_bad: 'drop' } },
  })
  const asked = {
    ...WEB_CLIENT,
    logo_uri: 'https://client.example/logo',
    contacts: ['a@client.example'],
    client_name: 'A1',
    keywords: ['b'],
    tos_uri: 'https://other.example/',
  }
  const client = await setup.register(asked)
  for (const { body } of [client, await setup.update(client, asked), await setup.read(client)]) {
    for (const member of ['logo_uri', 'contacts', 'client_name', 'keywords', 'tos_uri'])
      expect(body).not.toHaveProperty(member)
    for (const [member, value] of Object.entries(body)) expect([null, ''], member).not.toContain(value)
  }
})

it('keycloak Max Clients: a limit counts what came in under it, and not the clients that the operator made', async () => {
  const setup = setUpRegistration({
    policies: [{ name: 'default', limits: { clients: 1 } }, { name: 'ours' }],
  })
  const token = await setup.initialAccessToken({ policy: 'ours' })
  for (const _ of [1, 2, 3]) expect((await setup.register(WEB_CLIENT, { token })).status).toBe(201)
  expect((await setup.register(WEB_CLIENT)).status).toBe(201)
  expect((await setup.register(WEB_CLIENT)).status).toBe(403)
  expect((await setup.register(WEB_CLIENT, { token })).status).toBe(201)
})

describe('thunderid PR #2394, keycloak #14946: a refusal tells nothing of the inside', () => {
  it.each<[string, PolicyDefinition, JsonObject]>([
    ['a refused member', { member: { client_name: { required: true } } }, WEB_CLIENT],
    [
      'a denial',
      {
        deny: [
          { when: { networks: ['0.0.0.0/0', '::/0'] }, because: 'No.' },
          { when: {}, because: 'No.' },
        ],
      },
      WEB_CLIENT,
    ],
    ['a limit', { limits: { clients: 1 } }, WEB_CLIENT],
    ['a name that is taken', { names: { unique: 'policy' } }, { ...WEB_CLIENT, client_name: 'A' }],
    [
      'an unsettled request',
      {
        rules: [
          {
            name: 'secret-rule',
            round: 'granted',
            decide: ({ client_name }) => [
              {
                kind: 'amend',
                member: 'client_name',
                effect: 'forced',
                to: `${client_name}x`,
                because: 'is so',
              },
            ],
          },
        ],
      },
      WEB_CLIENT,
    ],
  ])('%s', async (_, policy, asked) => {
    const setup = setUpRegistration({
      policies: [{ name: 'secret-policy', when: {}, description: 'Secret words.', ...policy }],
    })
    await setup.register(asked)
    const refused = await setup.register(asked)
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.text).not.toMatch(/secret-|Secret|limits\.clients|deny\[|member\.|names\.|\.ts|at \w+ \(/)
    expect(setup.faults).toEqual([])
  })

  it('a rule of the host that throws is our fault: 500 without its words, and nothing is stored', async () => {
    const rules = [
      {
        name: 'broken',
        round: 'granted',
        decide: () => {
          throw new Error('db-7.internal refused')
        },
      },
    ] as const
    const setup = under({ rules })
    const broken = await setup.register(WEB_CLIENT)
    expect(broken.status).toBe(500)
    expect(broken.text).not.toContain('db-7')
    expect(setup.faults).toHaveLength(1)
    expect(await setup.store.listClients({ limit: 1 })).toEqual([])
  })
})

describe('cartesia PR #70: a spoofed X-Forwarded-For', () => {
  let server: GatesServer | undefined
  afterEach(() => server?.close())

  it('defeats no limit of a policy and meets no condition on networks', async () => {
    server = await startGatesServer({
      registration: { anonymous: true },
      policies: {
        policy: [
          {
            name: 'inside',
            when: { networks: ['10.0.0.0/8'] },
            member: { client_name: { force: 'Inside' } },
          },
          { name: 'limited', limits: { clients_per_network: 1 } },
        ],
        default: 'limited',
      },
    })
    const from = (address: string) =>
      fetch(`${server!.url}/register`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': address,
          forwarded: `for=${address}`,
          'x-real-ip': address,
        },
        body: JSON.stringify(WEB_CLIENT),
      })
    const first = await from('10.1.1.1')
    expect([first.status, await first.json()]).not.toMatchObject([201, { client_name: 'Inside' }])
    expect(first.status).toBe(201)
    expect((await from('192.0.2.77')).status).toBe(403)
  })
})
