import { describe, expect, it } from 'vitest'
import type { Gate } from '../../clientele/src/gates/gate.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import {
  type Answer,
  type RegistrationOverride,
  setUpRegistration,
  WEB_CLIENT,
} from '../harness/registration.ts'

/** How policies make ids, secrets and registration access tokens (RFC 7591 §3.2.1, RFC 7592 §3), and how long they live. */

const under = (policy: PolicyDefinition, more: RegistrationOverride = {}) =>
  setUpRegistration({ ...more, policies: [{ name: 'default', ...policy }] })

const tokenOf = ({ body }: Answer) => body.registration_access_token as string

describe('client ids', () => {
  it('are of the policy’s form (RFC 7591 §3.2.1), and lead to their configuration endpoint', async () => {
    const setup = under({ credentials: { client_id: { generator: 'random', length: 20, prefix: 'acme.' } } })
    const client = await setup.register(WEB_CLIENT)
    expect(client.body.client_id).toMatch(/^acme\.[0-9a-z]{20}$/)
    expect((await setup.read(client)).body.client_id).toBe(client.body.client_id)
  })

  it('that a generator makes twice are made again; the secret belongs to the id that was taken up', async () => {
    const ids = ['first', 'first', 'first', 'second']
    const setup = under({ makeClientId: () => ids.shift()! })
    expect((await setup.register(WEB_CLIENT)).body.client_id).toBe('first')
    const second = await setup.register(WEB_CLIENT)
    expect(second.body.client_id).toBe('second')
    expect((await setup.read(second)).body.client_secret).toBe(second.body.client_secret)
  })

  it('of a generator that has run out are a fault of ours, after a few tries, and nothing is stored', async () => {
    let asked = 0
    const makeClientId = async () => {
      asked += 1
      return 'first'
    }
    const setup = under({ makeClientId })
    await setup.register(WEB_CLIENT)
    expect((await setup.register(WEB_CLIENT)).status).toBe(500)
    expect(asked).toBe(6)
    expect(await setup.store.listClients({ limit: 9 })).toHaveLength(1)
  })

  it.each(['', 'with space', 'cl_sec_x', 'https://a.example', 'a/../b', 'x'.repeat(129)])(
    'that are none, such as %j, are never given out, whoever makes them',
    async (id) => {
      const setup = under({ makeClientId: () => id })
      expect((await setup.register(WEB_CLIENT)).status).toBe(500)
      expect(await setup.store.listClients({ limit: 1 })).toEqual([])
    },
  )

  it('may be chosen by a caller with the permission, unless the policy says that nobody may (RFC 7591 §6)', async () => {
    const chosen = { ...WEB_CLIENT, client_id: 'mine', client_secret: 'x'.repeat(43) }
    const terms = { permissions: ['oauth-client-override'] } as const
    for (const [policy, isChosen] of [
      [{}, true],
      [{ credentials: { caller_may_choose: false } }, false],
    ] as const) {
      const setup = under(policy)
      const { body } = await setup.register(chosen, { token: await setup.initialAccessToken(terms) })
      expect([body.client_id === 'mine', body.client_secret === 'x'.repeat(43)]).toEqual([isChosen, isChosen])
      expect((await setup.register(chosen)).body.client_id).not.toBe('mine')
    }
  })
})

describe('client secrets', () => {
  it('are of the policy’s form, and end when it says; an update then makes a new one (RFC 7591 §3.2.1)', async () => {
    const setup = under({ credentials: { client_secret: { prefix: 'acme_', length: 30, lifetime: 60 } } })
    const client = await setup.register(WEB_CLIENT)
    expect(client.body.client_secret).toMatch(/^acme_[0-9A-Za-z]{30}$/)
    expect(client.body.client_secret_expires_at).toBe(setup.clock.now + 60)
    setup.clock.now += 60
    const renewed = await setup.update(client, WEB_CLIENT)
    expect(renewed.body.client_secret).toMatch(/^acme_/)
    expect(renewed.body.client_secret).not.toBe(client.body.client_secret)
    expect(renewed.body.client_secret_expires_at).toBe(setup.clock.now + 60)
  })

  it('live for ever by a policy with lifetime 0, whatever the server’s own lifetime is; that is the standard', async () => {
    const server = { clientSecretLifetimeSeconds: 60 }
    const unlimited = under({ credentials: { client_secret: { lifetime: 0 } } }, server)
    expect((await unlimited.register(WEB_CLIENT)).body.client_secret_expires_at).toBe(0)
    const standard = under({}, server)
    expect((await standard.register(WEB_CLIENT)).body.client_secret_expires_at).toBe(standard.clock.now + 60)
  })

  it('with less than 128 bits of entropy are no policy: the start is refused', () => {
    const weak = { credentials: { client_secret: { length: 22, alphabet: '0123456789' } } }
    expect(() => under(weak)).toThrow(/credentials\.client_secret\.length makes 73 bits of entropy/)
  })

  it('of a host’s function that are too short for 128 bits are never given out (RFC 6749 §10.10)', async () => {
    const setup = under({ makeClientSecret: () => 'x'.repeat(21) })
    expect((await setup.register(WEB_CLIENT)).status).toBe(500)
    expect(await setup.store.listClients({ limit: 1 })).toEqual([])
    const good = under({ makeClientSecret: async ({ client_name }) => `${client_name}-${'x'.repeat(22)}` })
    const client = await good.register({ ...WEB_CLIENT, client_name: 'A' })
    expect(client.body.client_secret).toBe(`A-${'x'.repeat(22)}`)
  })

  it('are not made for a client of none, whatever the generator', async () => {
    const setup = under({ makeClientSecret: () => 'x'.repeat(43) })
    const client = await setup.register({ ...WEB_CLIENT, token_endpoint_auth_method: 'none' })
    expect(client.body).not.toHaveProperty('client_secret')
  })
})

describe('registration access tokens', () => {
  const tokens = (table: object) => under({ credentials: { registration_access_token: table } })

  it('that are over open nothing, and are answered as ones that never were (RFC 7592 §2)', async () => {
    const setup = tokens({ lifetime: 100 })
    const client = await setup.register(WEB_CLIENT)
    setup.clock.now += 99
    expect((await setup.read(client)).status).toBe(200)
    setup.clock.now += 1
    const wrong = await setup.read(client, { token: `${tokenOf(client)}x` })
    for (const expired of [await setup.read(client), await setup.delete(client)]) {
      expect([expired.status, expired.body]).toEqual([401, wrong.body])
    }
    expect((await setup.update(client, WEB_CLIENT)).status).toBe(401)
  })

  it('live for ever, and stay the same, where the policy says nothing', async () => {
    const setup = under({})
    const client = await setup.register(WEB_CLIENT)
    setup.clock.now += 1e9
    for (const answer of [await setup.read(client), await setup.update(client, WEB_CLIENT)]) {
      expect(tokenOf(answer)).toBe(tokenOf(client))
    }
    expect(await setup.record(client)).toMatchObject({ revision: 2 })
  })

  it('are replaced with each update (RFC 7592 §3); the one before is good until the new one was used', async () => {
    const setup = tokens({ rotation: 'update' })
    const client = await setup.register(WEB_CLIENT)
    expect(tokenOf(await setup.read(client))).toBe(tokenOf(client))
    const updated = await setup.update(client, WEB_CLIENT)
    expect(tokenOf(updated)).not.toBe(tokenOf(client))
    // The answer could have been lost.
    expect((await setup.read(client)).status).toBe(200)
    expect((await setup.read(updated)).status).toBe(200)
    expect((await setup.read(client)).status).toBe(401)
    expect((await setup.read(updated)).status).toBe(200)
  })

  it('that were lost with the answer end nothing: the one before gets another, whose use ends both', async () => {
    const setup = tokens({ rotation: 'update' })
    const client = await setup.register(WEB_CLIENT)
    const lost = await setup.update(client, WEB_CLIENT)
    const again = await setup.update(client, { ...WEB_CLIENT, client_name: 'B' })
    expect(again.status).toBe(200)
    expect((await setup.read(again)).body.client_name).toBe('B')
    expect((await setup.read(lost)).status).toBe(401)
    expect((await setup.read(client)).status).toBe(401)
  })

  it.each([
    ['use', 'read'],
    ['update', 'update'],
  ] as const)(
    'that were answered before are not ended by a later answer to the same token (rotation %s, %s)',
    async (rotation, verb) => {
      const setup = tokens({ rotation })
      for (const kept of [0, 1, 2]) {
        const client = await setup.register(WEB_CLIENT)
        const answers: Answer[] = []
        for (let i = 0; i < 3; i++)
          answers.push(await (verb === 'read' ? setup.read(client) : setup.update(client, WEB_CLIENT)))
        expect(new Set(answers.map(tokenOf)).size).toBe(3)
        expect((await setup.read(answers[kept]!)).status).toBe(200)
        const others = answers.filter((_, index) => index !== kept)
        for (const ended of [client, ...others]) expect((await setup.read(ended)).status).toBe(401)
      }
    },
  )

  it('of which too many wait for their first use are followed by no more; the one that was shown stays good', async () => {
    const setup = tokens({ rotation: 'use', lifetime: 100 })
    const client = await setup.register(WEB_CLIENT)
    setup.clock.now += 10
    const answers: Answer[] = []
    for (let i = 0; i < 12; i++) answers.push(await setup.read(client))
    expect(new Set(answers.map(tokenOf)).size).toBe(9)
    expect(tokenOf(answers[11]!)).toBe(tokenOf(client))
    const record = await setup.record(client)
    expect(record?.unusedRegistrationAccessTokens).toHaveLength(8)
    expect((await setup.read(answers[0]!)).status).toBe(200)
  })

  it('are replaced with each read too where the policy says so, and the trail tells it', async () => {
    const setup = tokens({ rotation: 'use', lifetime: 100 })
    const client = await setup.register(WEB_CLIENT)
    setup.clock.now += 90
    const read = await setup.read(client)
    expect(tokenOf(read)).not.toBe(tokenOf(client))
    // The new one has its own hundred seconds; the old one only what was left.
    setup.clock.now += 50
    expect((await setup.read(client)).status).toBe(401)
    const next = await setup.read(read)
    expect(next.status).toBe(200)
    expect((await setup.update(next, WEB_CLIENT)).status).toBe(200)
    const trail = await setup.store.listAudit({ subject: client.body.client_id, limit: 9 })
    expect(trail.map(({ action }) => action)).toContain('registration_access_token.rotated')
    expect(JSON.stringify(trail)).not.toContain('cl_rat')
  })

  it.each([0, 1])(
    'of two reads at the same time, a client may go on with either answer (%i)',
    async (index) => {
      const setup = tokens({ rotation: 'use' })
      const client = await setup.register(WEB_CLIENT)
      const both = await Promise.all([setup.read(client), setup.read(client)])
      expect(both.map(({ status }) => status)).toEqual([200, 200])
      const next = await setup.read(both[index]!)
      expect([next.status, (await setup.read(next)).status]).toEqual([200, 200])
    },
  )

  it('die with the client, the one before too (RFC 7592 §2.3)', async () => {
    const setup = tokens({ rotation: 'update' })
    const client = await setup.register(WEB_CLIENT)
    const updated = await setup.update(client, WEB_CLIENT)
    expect((await setup.delete(client)).status).toBe(204)
    expect([(await setup.read(client)).status, (await setup.read(updated)).status]).toEqual([401, 401])
  })

  it('are not replaced behind their holder’s back, by a caller of a gate who is told none', async () => {
    const operator: Gate = {
      name: 'x',
      recognizes: ({ credentials, operation }) => credentials.kind === 'none' && operation !== 'register',
      admit: async () => ({
        caller: { gate: 'x' },
        permissions: ['oauth-client-update', 'oauth-client-get'],
      }),
    }
    const setup = under(
      { credentials: { registration_access_token: { rotation: 'use' } } },
      { gates: [operator] },
    )
    const client = await setup.register(WEB_CLIENT)
    const { registration_client_uri: address, client_id } = client.body
    const updated = await setup.send('PUT', address, { body: { ...WEB_CLIENT, client_id, client_name: 'B' } })
    expect([updated.status, updated.body.registration_access_token]).toEqual([200, undefined])
    expect((await setup.send('GET', address)).status).toBe(200)
    expect((await setup.read(client)).status).toBe(200)
  })

  it('of another client open nothing and are not harmed by it', async () => {
    const setup = tokens({ rotation: 'use' })
    const [mine, other] = [await setup.register(WEB_CLIENT), await setup.register(WEB_CLIENT)]
    expect((await setup.read(other, { token: tokenOf(mine) })).status).toBe(401)
    expect((await setup.read(mine)).status).toBe(200)
  })
})
