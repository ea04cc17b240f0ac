/** Registration without credentials: for everybody, for public clients alone, and beside a bearer token of somebody else's. */
import { afterEach, describe, expect, test } from 'vitest'
import { makeCredential } from '../../clientele/src/clients/credential.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

const BODY = { redirect_uris: ['http://127.0.0.1'], application_type: 'native' }
/** As ownCloud's desktop client sends it: the access token that it had at the resource server. */
const FOREIGN = { authorization: 'Bearer 7IvZWbYfVHNlhrTrMnQyJzvXb0EmO1qX' }

let server: RealServer
afterEach(() => server.close())

test('a foreign bearer token is refused by default, also where anybody may register (RFC 6750 §3.1)', async () => {
  server = await startRealServer()
  const answer = await server.register(BODY, FOREIGN)
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ error: 'invalid_token' })
  expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
})

test('with the switch it counts as none: the client registers', async () => {
  server = await startRealServer({ registration: { ignore_foreign_bearer: true } })
  expect((await server.register(BODY, FOREIGN)).status).toBe(201)
})

test('with the switch, one that a gate knows is judged by it, and a bad one never falls through', async () => {
  server = await startRealServer({ registration: { ignore_foreign_bearer: true } })
  const authorization = `Bearer ${makeCredential('cl_iat', 7)}`
  const answer = await server.register(BODY, { authorization })
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ error: 'invalid_token' })
  const good = `Bearer ${await server.initialAccessToken()}`
  expect((await server.register(BODY, { authorization: good })).status).toBe(201)
})

test('with the switch, what is closed without credentials stays closed with foreign ones', async () => {
  const registration = { ignore_foreign_bearer: true, anonymous: false, anonymous_public: true }
  server = await startRealServer({ registration })
  expect((await server.register(BODY, FOREIGN)).status).toBe(401)
})

describe('open for public clients only', () => {
  const OPEN = { registration: { anonymous: false, anonymous_public: true } }
  const PUBLIC = { ...BODY, token_endpoint_auth_method: 'none' }

  test('a public client registers without credentials (RFC 7591 §3)', async () => {
    server = await startRealServer(OPEN)
    const answer = await server.register(PUBLIC)
    expect(answer.status).toBe(201)
    expect(await answer.json()).not.toHaveProperty('client_secret')
  })

  test.each([
    ['with a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['that names no method, and so would get a secret', {}],
    ['with keys', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks' }],
  ])('a client %s needs another gate', async (_, more) => {
    server = await startRealServer(OPEN)
    const refused = await server.register({ ...BODY, ...more })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('Bearer')
    const authorization = `Bearer ${await server.initialAccessToken()}`
    expect((await server.register({ ...BODY, ...more }, { authorization })).status).toBe(201)
  })

  test('a public client does not become confidential by an update (RFC 7592 §2.2)', async () => {
    server = await startRealServer(OPEN)
    const client = (await (await server.register(PUBLIC)).json()) as Record<string, string>
    const answer = await fetch(client.registration_client_uri!, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${client.registration_access_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        ...BODY,
        client_id: client.client_id,
        token_endpoint_auth_method: 'client_secret_basic',
      }),
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).not.toHaveProperty('client_secret')
  })
})
