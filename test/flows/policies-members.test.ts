/** Rules on members, grants, methods and algorithms, over HTTP: at a creation and at an update (RFC 7591, 7592). */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { type Answer, setUpRegistration } from '../harness/registration.ts'

const WEB = { redirect_uris: ['https://client.example/cb'] }
const SERVERS_OWN = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

function setUp(policy: PolicyDefinition) {
  return setUpRegistration({ policies: [{ ...policy, name: 'default' }] })
}

/** What a client sends that changes nothing: all that it read (RFC 7592 §2.2). */
function asRead({ body }: Answer): JsonObject {
  return Object.fromEntries(
    Object.entries(body as JsonObject).filter(([member]) => !SERVERS_OWN.includes(member)),
  )
}

describe('an allow-list of members', () => {
  const policy: PolicyDefinition = { members: { allow: ['redirect_uris', 'client_name'] } }

  it('drops the others, says so in the answer and keeps it on record', async () => {
    const setup = setUp(policy)
    const client = await setup.register({ ...WEB, client_name: 'A', logo_uri: 'https://client.example/logo' })
    expect(client.status).toBe(201)
    expect(client.body).not.toHaveProperty('logo_uri')
    const because = 'is not a member that a client may set here'
    expect(client.body.metadata_changes).toEqual([{ member: 'logo_uri', effect: 'dropped', because }])
    expect((await setup.record(client))!.decisions).toEqual([
      expect.objectContaining({
        member: 'logo_uri',
        from: 'https://client.example/logo',
        rule: 'members.allow',
      }),
    ])
    expect((await setup.read(client)).body).not.toHaveProperty('metadata_changes')
  })

  it('keeps on record what it dropped though the default is equal, and tells the client nothing: nothing changed', async () => {
    const setup = setUp(policy)
    const client = await setup.register({ ...WEB, subject_type: 'public' })
    expect(client.body).not.toHaveProperty('metadata_changes')
    expect((await setup.record(client))!.decisions).toMatchObject([
      { member: 'subject_type', effect: 'dropped' },
    ])
    expect((await setup.record(client))!.dropped).toEqual([])
  })

  it('is not escaped by an update', async () => {
    const setup = setUp(policy)
    const client = await setup.register(WEB)
    const updated = await setup.update(client, {
      ...WEB,
      token_endpoint_auth_method: 'none',
      'client_name#fr': 'B',
    })
    expect(updated.status).toBe(200)
    expect(updated.body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      'client_name#fr': 'B',
    })
  })

  it('reports nothing where a client sends back what it read: all of that is granted', async () => {
    const setup = setUp(policy)
    const client = await setup.register(WEB)
    const updated = await setup.update(client, asRead(client))
    expect(updated.status).toBe(200)
    expect(updated.body).not.toHaveProperty('metadata_changes')
    expect((await setup.record(client))!.dropped).toEqual([])
  })

  it('that refuses still lets a client send back what it read (RFC 7592 §2.2)', async () => {
    const setup = setUp({ members: { allow: ['redirect_uris'], outside: 'reject' } })
    const client = await setup.register(WEB)
    expect((await setup.update(client, asRead(client))).status).toBe(200)
    const refused = await setup.update(client, { ...asRead(client), scope: 'openid' })
    expect(refused.status).toBe(400)
    expect(refused.body.problems).toEqual([
      expect.objectContaining({
        member: 'scope',
        reason: 'scope.not_allowed',
        rule: 'the policy of this server',
      }),
    ])
  })
})

describe('rules on one member', () => {
  it('counts a scope that it takes away as left out: the default is narrowed, and sent back it is no offence (RFC 7592 §2.2)', async () => {
    const members = { deny: ['scope'] }
    const ceiling = setUp({ members, scope: { allowed: ['openid'], outside: 'reject' } })
    for (const asked of [WEB, { ...WEB, scope: 'openid email' }]) {
      const client = await ceiling.register(asked)
      expect([client.status, client.body.scope]).toEqual([201, 'openid'])
      const updated = await ceiling.update(client, asRead(client))
      expect([updated.status, updated.body.scope]).toEqual([200, 'openid'])
    }
    const none = setUp({ members, scope: { default: [] } })
    const client = await none.register({ ...WEB, scope: 'openid' })
    expect([client.status, (await none.record(client))!.granted.scope]).toEqual([201, ''])
  })

  it('every bad member is named at once, in words, and nothing is stored', async () => {
    const setup = setUp({
      explain: 'public',
      member: {
        client_name: { pattern: '[A-Za-z ]+', max_length: 10 },
        contacts: { required: true },
        default_max_age: { max: 60 },
      },
    })
    const { status, body } = await setup.register({ ...WEB, client_name: 'A1', default_max_age: 61 })
    expect(status).toBe(400)
    expect(body.error).toBe('invalid_client_metadata')
    expect(body.problems).toEqual([
      expect.objectContaining({
        member: 'client_name',
        reason: 'client_name.pattern',
        message: 'is not of the form that this server accepts',
        rule: expect.stringMatching(/^policy default \([0-9a-f]{12}\): member\.client_name$/),
      }),
      expect.objectContaining({ member: 'contacts', reason: 'contacts.required', message: 'must be given' }),
      expect.objectContaining({
        member: 'default_max_age',
        reason: 'default_max_age.too_large',
        message: 'must be at most 60',
      }),
    ])
  })

  it('a constrained member that an update leaves out falls back to the policy, not past it', async () => {
    const setup = setUp({ member: { scope: { default: 'openid', allowed: ['openid', 'email'] } } })
    const client = await setup.register({ ...WEB, scope: 'openid email' })
    expect((await setup.update(client, WEB)).body.scope).toBe('openid')
    expect((await setup.update(client, { ...WEB, scope: 'openid profile' })).status).toBe(400)
  })

  it('a forced value stays through creation and update', async () => {
    const setup = setUp({ member: { require_pushed_authorization_requests: { force: true } } })
    const client = await setup.register(WEB)
    expect(client.body.require_pushed_authorization_requests).toBe(true)
    const updated = await setup.update(client, { ...WEB, require_pushed_authorization_requests: false })
    expect(updated.body.require_pushed_authorization_requests).toBe(true)
  })

  it('an initial access token that fixed another value than the policy forces lets nobody register', async () => {
    const setup = setUp({ member: { client_name: { force: 'Ours' } } })
    const token = await setup.initialAccessToken({ fixed: { client_name: 'Fixed' } })
    const { status, body } = await setup.register(WEB, { token })
    expect(status).toBe(400)
    expect(body.problems).toEqual([
      expect.objectContaining({ member: 'client_name', reason: 'client_name.fixed' }),
    ])
  })

  it('a privileged member is set through a credential with the permission, and kept by the client itself', async () => {
    const setup = setUp({ member: { client_uri: { privileged: true } } })
    const uri = { client_uri: 'https://client.example/' }
    expect((await setup.register({ ...WEB, ...uri })).body.reason).toBe('client_uri.privileged')
    const token = await setup.initialAccessToken({ permissions: ['oauth-client-override'] })
    const client = await setup.register({ ...WEB, ...uri }, { token })
    expect(client.body).toMatchObject(uri)
    expect((await setup.update(client, WEB)).body).toMatchObject(uri)
    const [stays] = (await setup.record(client))!.decisions!
    expect(stays!.because).toBe('stays as somebody who may set it set it')
    expect((await setup.update(client, { ...WEB, client_name: 'Again' })).body).toMatchObject(uri)
    const changed = await setup.update(client, { ...WEB, client_uri: 'https://evil.example/' })
    expect(changed.body.reason).toBe('client_uri.privileged')
  })
})

describe('grants', () => {
  it('a ceiling narrows what is asked, and response types follow (RFC 7591 §2.1)', async () => {
    const setup = setUp({ grant_types: { allowed: ['client_credentials'] } })
    const client = await setup.register({ grant_types: ['authorization_code', 'client_credentials'], ...WEB })
    expect(client.body).toMatchObject({ grant_types: ['client_credentials'], response_types: [] })
    expect((await setup.register(WEB)).body.reason).toBe('grant_types.nothing_left')
    expect((await setup.update(client, WEB)).status).toBe(400)
    expect((await setup.read(client)).body.grant_types).toEqual(['client_credentials'])
  })
})

describe('authentication methods', () => {
  it('of several that a client offers, the strongest allowed one is registered and its list is not returned (RP Metadata Choices 1.0 §2)', async () => {
    const setup = setUp({ token_endpoint_auth_methods: { allowed: ['client_secret_post', 'none'] } })
    const offer = {
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    }
    const client = await setup.register({ ...WEB, ...offer })
    expect(client.status).toBe(201)
    expect(client.body.token_endpoint_auth_method).toBe('client_secret_post')
    expect(client.body).toHaveProperty('client_secret')
    expect(client.body).not.toHaveProperty('token_endpoint_auth_methods_supported')
    expect(client.body.metadata_changes).toContainEqual(
      expect.objectContaining({ member: 'token_endpoint_auth_method', effect: 'chosen' }),
    )
    expect((await setup.record(client))!.requested).toMatchObject(offer)
    expect((await setup.update(client, asRead(client))).body.token_endpoint_auth_method).toBe(
      'client_secret_post',
    )
  })

  it('without a policy on them, the strongest that the server supports is registered, and nothing was changed', async () => {
    const setup = setUpRegistration()
    const client = await setup.register({
      ...WEB,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'tls_client_auth'],
    })
    expect(client.body.token_endpoint_auth_method).toBe('client_secret_post')
    expect(client.body).not.toHaveProperty('metadata_changes')
  })

  it('one that was not offered is never chosen, unless the policy says so', async () => {
    const table = { allowed: ['client_secret_post'] }
    const strict = setUp({ token_endpoint_auth_methods: table })
    expect((await strict.register({ ...WEB, token_endpoint_auth_method: 'none' })).body.reason).toBe(
      'token_endpoint_auth_method.allowed',
    )
    const any = setUp({ token_endpoint_auth_methods: { ...table, choose: 'any' } })
    const client = await any.register({ ...WEB, token_endpoint_auth_method: 'none' })
    expect(client.body.token_endpoint_auth_method).toBe('client_secret_post')
    expect(client.body).toHaveProperty('client_secret')
  })

  it('an update that leaves the method out does not turn a public client into one with a secret past its policy', async () => {
    const setup = setUp({ token_endpoint_auth_methods: { allowed: ['none'] } })
    const client = await setup.register({ ...WEB, token_endpoint_auth_method: 'none' })
    expect((await setup.update(client, WEB)).body.reason).toBe('token_endpoint_auth_method.allowed')
    expect((await setup.read(client)).body.token_endpoint_auth_method).toBe('none')
  })
})

describe('algorithms', () => {
  it('a floor holds for what is named and for what is left out', async () => {
    const setup = setUp({ algorithms: { never: ['RS256'] } })
    const client = await setup.register(WEB)
    expect(client.body.id_token_signed_response_alg).toBe('ES256')
    const refused = await setup.update(client, { ...WEB, id_token_signed_response_alg: 'RS256' })
    expect(refused.body.reason).toBe('id_token_signed_response_alg.allowed')
    expect((await setup.update(client, WEB)).body.id_token_signed_response_alg).toBe('ES256')
  })
})
