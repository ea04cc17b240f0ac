import { describe, expect, it } from 'vitest'
import { apiKeyGate } from '../gates/api-key.ts'
import { hostFunctionGate } from '../gates/host-function.ts'
import { initialAccessTokenGate } from '../gates/initial-access-token.ts'
import { openGate } from '../gates/open.ts'
import { defineCustomMembers } from '../policies/define-custom-members.ts'
import { definePolicy } from '../policies/policy-definition.ts'
import { verifyClientSecret } from '../registry/enforcement.ts'
import { systemClock } from '../runtime/clock.ts'
import { createMemoryStore } from '../stores/memory.ts'
import { type Store, StoreUnavailable } from '../stores/store.ts'
import { createRegistrar } from './create-registrar.ts'
import type { RegistrarEvent } from './events.ts'
import type { RegistrarOptions } from './options.ts'

const ISSUER = 'https://id.example.com'
const CLIENT = { client_name: 'Notes', redirect_uris: ['https://notes.example.org/cb'] }

function makeRegistrar(override: Partial<RegistrarOptions> & { readonly store?: Store } = {}) {
  const store = override.store ?? createMemoryStore()
  const sealingKey = new Uint8Array(32).fill(7)
  return createRegistrar({ issuer: ISSUER, store, gates: [openGate()], sealingKey, ...override })
}

function post(url: string, body: unknown = CLIENT, headers: Record<string, string> = {}) {
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function wordsOf(response: Response): Promise<Record<string, string>> {
  return (await response.json()) as Record<string, string>
}

describe('the addresses', () => {
  it.each([
    [undefined, 'https://id.example.com/register'],
    ['/connect/dcr', 'https://id.example.com/connect/dcr'],
    ['/auth/register', 'https://id.example.com/auth/register'],
    ['https://dcr.example.com/v1/clients', 'https://dcr.example.com/v1/clients'],
  ])(
    'registrationEndpoint %s is %s, and a client is managed below it (RFC 7592 §3)',
    async (given, endpoint) => {
      const registrar = makeRegistrar(given === undefined ? {} : { registrationEndpoint: given })
      expect(registrar.registrationEndpoint).toBe(endpoint)
      const created = await registrar.fetch(post(endpoint))
      expect(created.status).toBe(201)
      const { client_id, registration_client_uri, registration_access_token } = await wordsOf(created)
      expect(registration_client_uri).toBe(`${endpoint}/${client_id}`)
      const authorization = `Bearer ${registration_access_token}`
      const read = await registrar.fetch(
        new Request(registration_client_uri!, { headers: { authorization } }),
      )
      expect(await read.json()).toMatchObject({ client_id, client_name: 'Notes' })
    },
  )

  it('come from the options, never from the address of the request or its Host', async () => {
    const answer = await makeRegistrar().fetch(
      post('http://10.0.0.7:3000/register', CLIENT, { host: 'evil.example' }),
    )
    const { registration_client_uri } = await wordsOf(answer)
    expect(registration_client_uri).toMatch(/^https:\/\/id\.example\.com\/register\//)
  })

  it('stand below the path of an issuer that has one, with a closing slash or without', () => {
    for (const issuer of ['https://host.example/tenant', 'https://host.example/tenant/'])
      expect(makeRegistrar({ issuer }).registrationEndpoint).toBe('https://host.example/tenant/register')
  })

  it('are told from others, which are answered 404', async () => {
    const registrar = makeRegistrar({ registrationEndpoint: '/connect/dcr' })
    expect(registrar.matches('/connect/dcr?x=1')).toBe(true)
    expect(registrar.matches(new URL('https://other.example/connect/dcr/some-id'))).toBe(true)
    for (const other of ['/', '/connect', '/connect/dcrs', '/connect/dcr/', '/connect/dcr/a/b', '/register'])
      expect(registrar.matches(other), other).toBe(false)
    expect((await registrar.fetch(post(`${ISSUER}/register`))).status).toBe(404)
  })
})

describe('the verbs', () => {
  it('register, read, update and delete without HTTP (RFC 7591 §3, RFC 7592 §2)', async () => {
    const registrar = makeRegistrar()
    const client = await registrar.register(CLIENT)
    expect(client).toMatchObject({
      ...CLIENT,
      registration_client_uri: `${ISSUER}/register/${client.client_id}`,
    })
    const by = { token: client.registration_access_token }
    expect(await registrar.read(client.client_id, by)).toMatchObject(CLIENT)
    const updated = await registrar.update(client.client_id, { ...CLIENT, client_name: 'More notes' }, by)
    expect(updated.client_name).toBe('More notes')
    await registrar.delete(client.client_id, by)
    await expect(registrar.read(client.client_id, by)).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('take the metadata as it would come over the wire, and keep nothing that the program still changes', async () => {
    const registrar = makeRegistrar()
    const metadata = { ...CLIENT, contacts: ['a@example.org'], client_uri: undefined }
    const registering = registrar.register(metadata as never)
    metadata.contacts.push('b@example.org')
    const client = await registering
    expect(client.contacts).toEqual(['a@example.org'])
    await expect(registrar.register('no object' as never)).rejects.toMatchObject({
      reason: 'body.not_an_object',
    })
  })

  it('ask the gates, except where the program itself answers for the caller', async () => {
    const store = createMemoryStore()
    const registrar = makeRegistrar({ store, gates: [initialAccessTokenGate(store, systemClock)] })
    await expect(registrar.register(CLIENT)).rejects.toMatchObject({ code: 'invalid_token' })
    const { token } = await registrar.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    await registrar.register(CLIENT, { token })
    await expect(registrar.register(CLIENT, { token })).rejects.toMatchObject({
      reason: 'initial_access_token.spent',
    })
    const client = await registrar.register(CLIENT, { as: { id: '42', owner: 'user:42' } })
    expect((await store.findClient(client.client_id))?.caller).toEqual({
      gate: 'host',
      id: '42',
      owner: 'user:42',
    })
  })

  it('let somebody for whom the program answers manage their own clients, and others by permission', async () => {
    const registrar = makeRegistrar()
    const { client_id } = await registrar.register(CLIENT, { as: { owner: 'user:42' } })
    expect(await registrar.read(client_id, { as: { owner: 'user:42' } })).toMatchObject(CLIENT)
    await expect(registrar.read(client_id, { as: { owner: 'user:7' } })).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    await expect(registrar.read(client_id, { as: {} })).rejects.toMatchObject({ code: 'insufficient_scope' })
    const operator = { as: { owner: 'user:7', permissions: ['oauth-client-get'] as const } }
    expect(await registrar.read(client_id, operator)).toMatchObject(CLIENT)
    await expect(registrar.delete(client_id, operator)).rejects.toMatchObject({ code: 'insufficient_scope' })
  })

  it.each([null, 'text', [1], 7, undefined])(
    'refuse to replace a registration by %j, which is no object (RFC 7592 §2.2), and leave it as it was',
    async (metadata) => {
      const registrar = makeRegistrar()
      const { client_id } = await registrar.register(CLIENT)
      const as = { as: { permissions: ['oauth-client-update', 'oauth-client-get'] as const } }
      await expect(registrar.update(client_id, metadata as never, as)).rejects.toMatchObject({
        reason: 'body.not_an_object',
      })
      expect(await registrar.read(client_id, as)).toMatchObject(CLIENT)
    },
  )

  it('say what is wrong with the credential; none at all is an anonymous caller', async () => {
    const registrar = makeRegistrar()
    const { client_id } = await registrar.register(CLIENT)
    for (const by of [
      null,
      'token',
      { as: null },
      { as: undefined },
      { as: 'me' },
      { token: null },
      { token: 7 },
    ])
      for (const call of [
        registrar.register(CLIENT, by as never),
        registrar.read(client_id, by as never),
        registrar.update(client_id, CLIENT, by as never),
        registrar.delete(client_id, by as never),
      ])
        await expect(call, JSON.stringify(by)).rejects.toThrow(/^The credential/)
    for (const call of [
      registrar.read(client_id, undefined as never),
      registrar.update(client_id, CLIENT, undefined as never),
      registrar.delete(client_id, undefined as never),
    ])
      await expect(call).rejects.toMatchObject({ code: 'invalid_token' })
  })

  it('find what another authorization server must know of a client, and no secret', async () => {
    const registrar = makeRegistrar()
    const client = await registrar.register(CLIENT)
    const found = await registrar.findClient(client.client_id)
    expect(found).toMatchObject({ status: 'active', revision: 1, metadata: CLIENT })
    expect(verifyClientSecret(found!, String(client.client_secret), 0)).toBe(true)
    expect(JSON.stringify(found)).not.toContain(client.client_secret)
    expect(await registrar.findClient('nobody')).toBeUndefined()
  })

  it('say that a store keeps no initial access tokens', async () => {
    const { createInitialAccessToken: _, ...store } = createMemoryStore()
    const registrar = makeRegistrar({ store: store as Store })
    const making = registrar.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
    await expect(making).rejects.toThrow(/no method createInitialAccessToken/)
  })
})

describe('the options', () => {
  it('open the registration to whom the program lets in, by its own function', async () => {
    const decide = (request: Request) =>
      request.headers.get('x-session') === 'ana'
        ? { caller: { id: 'ana', owner: 'user:ana' } }
        : { refused: 'credentials' as const }
    const registrar = makeRegistrar({ gates: [hostFunctionGate({ decide })] })
    expect((await registrar.fetch(post(registrar.registrationEndpoint))).status).toBe(401)
    const answer = await registrar.fetch(post(registrar.registrationEndpoint, CLIENT, { 'x-session': 'ana' }))
    expect(answer.status).toBe(201)
  })

  it('rule by policies of the program, and by presets that it names', async () => {
    const policy = definePolicy({ name: 'ours', redirect_uris: { hosts: ['*.example.org'] } })
    const registrar = makeRegistrar({ policies: [policy], defaultPolicy: 'ours' })
    expect(await registrar.register(CLIENT)).toMatchObject(CLIENT)
    const other = { redirect_uris: ['https://notes.example.net/cb'] }
    await expect(registrar.register(other)).rejects.toMatchObject({ code: 'invalid_redirect_uri' })
    const machine = makeRegistrar({ defaultPolicy: 'machine' })
    await expect(machine.register(CLIENT)).rejects.toMatchObject({ code: 'invalid_redirect_uri' })
  })

  it('make ids and secrets by generators, unless the policy of the client makes its own', async () => {
    const policy = definePolicy({ name: 'own', makeClientId: () => 'from-the-policy' })
    const generators = { clientId: async () => 'from-the-program', clientSecret: () => 'a'.repeat(40) }
    const registrar = makeRegistrar({ policies: [policy], generators })
    expect(await registrar.register(CLIENT)).toMatchObject({
      client_id: 'from-the-program',
      client_secret: 'a'.repeat(40),
    })
    const own = await registrar.register(CLIENT, { as: { terms: { policy: 'own' } } })
    expect(own).toMatchObject({ client_id: 'from-the-policy', client_secret: 'a'.repeat(40) })
  })

  it('grant nothing beyond the capabilities of the server that the clients are for (RFC 7591 §3.2.1)', async () => {
    const capabilities = { scopes: ['notes.read'], defaultScopes: ['notes.read'] }
    const client = await makeRegistrar({ capabilities }).register({ ...CLIENT, scope: 'notes.read admin' })
    expect(client.scope).toBe('notes.read')
    const refuse = () => {
      throw new StoreUnavailable('not really')
    }
    await expect(makeRegistrar({ checkServable: refuse }).register(CLIENT)).rejects.toThrow(StoreUnavailable)
  })

  it('grant by default no scope that the server does not have, and take undefined for a capability that was not given', async () => {
    const capabilities = { scopes: ['openid', 'notes'], grantTypes: undefined } as never
    const client = await makeRegistrar({ capabilities }).register(CLIENT)
    expect(client).toMatchObject({ scope: 'openid', grant_types: ['authorization_code'] })
    const none = await makeRegistrar({ capabilities: { scopes: undefined } as never }).register(CLIENT)
    expect(none.scope).toBe('openid offline_access profile email')
  })

  it.each([
    [
      { grantTypes: ['authorization_code'] },
      { application_type: 'native' },
      { grant_types: ['authorization_code'] },
    ],
    [{ authMethods: ['client_secret_post'] }, {}, { token_endpoint_auth_method: 'client_secret_post' }],
    [{ idTokenSigningAlgs: ['ES256'] }, {}, { id_token_signed_response_alg: 'ES256' }],
    [{ subjectTypes: ['pairwise'] }, {}, { subject_type: 'pairwise' }],
  ])('grant no default beyond the capabilities %j (RFC 7591 §3.2.1)', async (capabilities, more, granted) => {
    const client = await makeRegistrar({ capabilities }).register({ ...CLIENT, ...more })
    expect(client).toMatchObject(granted)
  })

  it.each([
    [{ grantTypes: ['client_credentials'] }, 'grant_types'],
    [{ authMethods: ['none', 'private_key_jwt'] }, 'token_endpoint_auth_method'],
  ])(
    'with %j refuse a client that leaves %s out, whose default the server cannot do',
    async (capabilities, member) => {
      const refused = makeRegistrar({ capabilities }).register(CLIENT)
      await expect(refused).rejects.toMatchObject({
        problems: [{ member, reason: `${member}.unsupported`, rule: 'RFC 7591 §2' }],
      })
    },
  )

  it('take members of the program, checked by their schema', async () => {
    const customMembers = defineCustomMembers([{ name: 'team', schema: { type: 'string', maxLength: 8 } }])
    const registrar = makeRegistrar({ customMembers })
    expect(await registrar.register({ ...CLIENT, team: 'red' })).toMatchObject({ team: 'red' })
    await expect(registrar.register({ ...CLIENT, team: 'ultramarine' })).rejects.toMatchObject({
      problems: [{ member: 'team' }],
    })
    expect(await makeRegistrar().register({ ...CLIENT, team: 'red' })).not.toHaveProperty('team')
  })

  it('bound the body and the failures of one address, by the clock of the program', async () => {
    let now = 1_790_000_000_000
    const store = createMemoryStore()
    const registrar = makeRegistrar({
      store,
      gates: [apiKeyGate(store, systemClock)],
      clock: { milliseconds: () => now },
      limits: { bodyBytes: 1024, failures: { perAddress: 2, windowSeconds: 60 } },
    })
    const guess = async (info?: { clientAddress: string }) => {
      const headers = { authorization: 'Bearer nonsense' }
      return (await registrar.fetch(post(registrar.registrationEndpoint, CLIENT, headers), info)).status
    }
    const here = { clientAddress: '192.0.2.1' }
    expect([await guess(here), await guess(here), await guess(here)]).toEqual([401, 401, 429])
    expect(await guess({ clientAddress: '192.0.2.99' })).toBe(401)
    now += 61_000
    expect(await guess(here)).toBe(401)
    // Of whom no address is known, nobody locks another out.
    for (let at = 0; at < 5; at++) expect(await guess()).toBe(401)
    const long = post(registrar.registrationEndpoint, { client_name: 'x'.repeat(2000) })
    expect((await makeRegistrar({ limits: { bodyBytes: 1024 } }).fetch(long)).status).toBe(413)
  })
})

describe('the events', () => {
  it('tell of every committed change and of no other, without a secret', async () => {
    const events: RegistrarEvent[] = []
    const registrar = makeRegistrar({ onEvent: (event) => void events.push(event) })
    await expect(registrar.register({ redirect_uris: ['nonsense'] })).rejects.toThrow()
    const client = await registrar.register(CLIENT)
    const by = { token: client.registration_access_token }
    await registrar.update(client.client_id, CLIENT, by)
    await registrar.delete(client.client_id, by)
    expect(events.map(({ action, revision }) => [action, revision])).toEqual([
      ['client.registered', 1],
      ['client.updated', 2],
      ['client.deleted', undefined],
    ])
    expect(events[0]).toMatchObject({ subject: client.client_id, actor: 'open', metadata: CLIENT })
    expect(JSON.stringify(events)).not.toContain(client.client_secret)
    expect(JSON.stringify(events)).not.toContain(by.token!)
  })

  it('cannot make an answer a lie: an observer who throws or rejects is reported, and the client is registered', async () => {
    const faults: unknown[] = []
    const onFault = (error: unknown) => void faults.push(error)
    for (const onEvent of [
      () => {
        throw new Error('thrown')
      },
      () => Promise.reject(new Error('rejected')),
    ])
      expect((await makeRegistrar({ onEvent, onFault }).fetch(post(`${ISSUER}/register`))).status).toBe(201)
    await Promise.resolve()
    expect(faults.map((fault) => (fault as Error).message)).toEqual(['thrown', 'rejected'])
  })
})

describe('faults', () => {
  const broken = (error: Error) => ({ ...createMemoryStore(), createClient: () => Promise.reject(error) })

  it('reject where nobody hears of them, so that the framework reports them', async () => {
    const registrar = makeRegistrar({ store: broken(new Error('a bug')) })
    await expect(registrar.fetch(post(registrar.registrationEndpoint))).rejects.toThrow('a bug')
  })

  it('are answered 500 with the id of the request where somebody does, and say no more', async () => {
    const heard: unknown[] = []
    const onFault = (error: unknown, requestId?: string) =>
      void heard.push([(error as Error).message, requestId])
    const registrar = makeRegistrar({ store: broken(new Error('a bug')), onFault })
    const answer = await registrar.fetch(post(registrar.registrationEndpoint), { requestId: 'r-1' })
    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ error: 'server_error', request_id: 'r-1' })
    expect(heard).toEqual([['a bug', 'r-1']])
  })

  it('of the store are the caller’s to try again: 503 with Retry-After', async () => {
    const registrar = makeRegistrar({ store: broken(new StoreUnavailable('away')) })
    const answer = await registrar.fetch(post(registrar.registrationEndpoint))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
  })

  it('of a body that somebody read before are named', async () => {
    const request = post(`${ISSUER}/register`)
    await request.json()
    await expect(makeRegistrar().fetch(request)).rejects.toThrow(/read before the registrar got it/)
  })
})

describe('a program that fails to hear of a fault', () => {
  const failures = (store: Store) => ({
    ...store,
    createClient: () => Promise.reject(new Error('a bug')),
  })

  it('makes fetch reject with both, so that the fault is not lost', async () => {
    const registrar = makeRegistrar({
      store: failures(createMemoryStore()),
      onFault() {
        throw new Error('the log is full')
      },
    })
    const failed: unknown = await registrar.fetch(post(`${ISSUER}/register`)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(AggregateError)
    expect((failed as AggregateError).errors.map(String)).toEqual(['Error: a bug', 'Error: the log is full'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('the log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('and %s leaves no rejection behind that would end it', async (_how, onFault) => {
    const unhandled: unknown[] = []
    const hear = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', hear)
    try {
      const onEvent = () => Promise.reject(new Error('an observer failed'))
      await makeRegistrar({ onEvent, onFault }).register(CLIENT)
      const faulty = makeRegistrar({ store: failures(createMemoryStore()), onFault })
      await faulty.fetch(post(`${ISSUER}/register`)).catch(() => {})
      await new Promise((later) => setImmediate(later))
      await new Promise((later) => setImmediate(later))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })
})

describe('bodies', () => {
  it('are counted whatever length they declare: a Web request comes through no parser that sees to it', async () => {
    let read = 0
    const chunk = new Uint8Array(1024).fill(32)
    const body = new ReadableStream({
      pull(controller) {
        read += chunk.length
        if (read > 1_000_000) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const headers = { 'content-type': 'application/json', 'content-length': '10' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const answer = await makeRegistrar({ limits: { bodyBytes: 4096 } }).fetch(
      new Request(`${ISSUER}/register`, init as RequestInit),
    )
    expect(answer.status).toBe(413)
    expect(read).toBeLessThan(20_000)
  })

  it('that somebody else is reading are the program’s mistake, not the caller’s', async () => {
    const request = post(`${ISSUER}/register`)
    request.body?.getReader()
    await expect(makeRegistrar().fetch(request)).rejects.toThrow(/is being read by somebody else/)
  })
})

it('allows no page to read what is answered beside its addresses', async () => {
  const registrar = makeRegistrar()
  for (const [path, origin] of [
    ['/registerX', null],
    ['/register/a/b', '*'],
    ['/register', '*'],
  ] as const) {
    const answer = await registrar.fetch(new Request(ISSUER + path))
    expect(answer.headers.get('access-control-allow-origin'), path).toBe(origin)
  }
})

it('is not led astray by what frameworks hand over as a second argument', async () => {
  const registrar = makeRegistrar()
  const bun = { address: { address: '::', port: 3000 }, hostname: 'localhost', requestIP: () => null }
  const answer = await registrar.fetch(post(registrar.registrationEndpoint), bun as never)
  expect(answer.status).toBe(201)
})
