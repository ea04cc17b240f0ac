import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../flows/authorization-fixture.ts'
import { type Answer, type RegistrationSetup, setUpRegistration } from '../harness/registration.ts'

/** RFC 7592 §2.2, §2.3: what a change or a deletion means at the authorization server, from the very next request on. */
let server: TestServer
let setup: RegistrationSetup

beforeAll(async () => {
  server = await startTestServer()
  setup = setUpRegistration({
    store: server.store,
    issuer: server.issuer,
    checkServable: (metadata) => server.engine.checkServable(metadata),
  })
})
afterAll(async () => {
  await server.close()
  expect([...setup.faults, ...server.failures]).toStrictEqual([])
})

const MACHINE = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' }
const WEB = { redirect_uris: ['https://client.example/callback'] }

const basic = ({ body }: Answer) =>
  `Basic ${Buffer.from(`${body.client_id}:${body.client_secret}`).toString('base64')}`
const post = (path: string, client: Answer, form: Record<string, string>) =>
  fetch(server.issuer + path, {
    method: 'POST',
    headers: { authorization: basic(client) },
    body: new URLSearchParams(form),
  })
const getToken = (client: Answer) => post('/token', client, { grant_type: 'client_credentials' })

async function isActive(token: string, asker: Answer): Promise<boolean> {
  const response = await post('/introspect', asker, { token })
  expect(response.status).toBe(200)
  return ((await response.json()) as { active: boolean }).active
}

async function authorize(client: Answer, redirectUri: string): Promise<Response> {
  const query = new URLSearchParams({
    client_id: client.body.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeGt1sCM8kLoJHh9FoQs',
    code_challenge_method: 'S256',
  })
  return fetch(`${server.issuer}/authorize?${query}`, { redirect: 'manual' })
}

describe('a deleted client', () => {
  it('gets no token any more: 401 invalid_client (RFC 7592 §2.3) [DL-04] [DL-05]', async () => {
    const client = await setup.register(MACHINE)
    expect((await getToken(client)).status).toBe(200)
    expect((await setup.delete(client)).status).toBe(204)
    const response = await getToken(client)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })

  it('takes the tokens that it had with it (RFC 7592 §2.3) [DL-10]', async () => {
    // A resource server that somebody answers for: others learn nothing of a client's tokens (RFC 7662 §2.1).
    const token = await setup.initialAccessToken()
    const [client, asker] = [await setup.register(MACHINE), await setup.register(MACHINE, { token })]
    const { access_token } = (await (await getToken(client)).json()) as { access_token: string }
    const { access_token: own } = (await (await getToken(asker)).json()) as { access_token: string }
    expect(await isActive(own, asker)).toBe(true)
    expect(await isActive(access_token, asker)).toBe(true)
    await setup.delete(client)
    expect(await isActive(access_token, asker)).toBe(false)
    expect(await isActive(own, asker)).toBe(true)
  })

  it('is nobody at the authorization endpoint: the user agent stays here (RFC 7592 §2.3) [DL-04]', async () => {
    const client = await setup.register(WEB)
    expect((await authorize(client, WEB.redirect_uris[0]!)).status).toBe(303)
    await setup.delete(client)
    const response = await authorize(client, WEB.redirect_uris[0]!)
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
  })
})

describe('an updated client', () => {
  it('is held to its new redirect URIs at once (RFC 7592 §2.2) [AZ-05]', async () => {
    const client = await setup.register(WEB)
    expect((await authorize(client, 'https://client.example/callback')).status).toBe(303)
    await setup.update(client, { redirect_uris: ['https://client.example/new'] })
    expect((await authorize(client, 'https://client.example/callback')).status).toBe(400)
    expect((await authorize(client, 'https://client.example/new')).status).toBe(303)
  })

  it('is held to its new grants at once (RFC 7592 §2.2) [TOK-48]', async () => {
    const client = await setup.register({
      ...MACHINE,
      ...WEB,
      grant_types: ['client_credentials', 'authorization_code'],
    })
    expect((await getToken(client)).status).toBe(200)
    await setup.update(client, { ...WEB, grant_types: ['authorization_code'] })
    const response = await getToken(client)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'unauthorized_client' })
  })

  it('that became public has no use for its old secret (RFC 7592 §2.2) [UP-23] [point 22]', async () => {
    const client = await setup.register({
      ...MACHINE,
      ...WEB,
      grant_types: ['client_credentials', 'authorization_code'],
    })
    await setup.update(client, { ...WEB, token_endpoint_auth_method: 'none' })
    expect([400, 401]).toContain((await getToken(client)).status)
  })
})
