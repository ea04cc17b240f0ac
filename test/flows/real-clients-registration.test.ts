/**
 * What a server must accept from the clients in the wild and answer them when they register, rule by rule: each one names
 * who breaks otherwise.
 */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { INSTALLED } from '../fixtures/clients/installed.ts'
import type { Registered } from '../harness/client-login.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

let server: RealServer
beforeAll(async () => {
  server = await startRealServer()
})
afterAll(() => server.close())

const CODE = { redirect_uris: ['https://client.example.org/cb'] }

async function registered(body: JsonObject): Promise<Registered> {
  const response = await server.register(body)
  const answer = (await response.json()) as Registered
  expect(response.status, JSON.stringify(answer)).toBe(201)
  return answer
}

test('real client rule 1: a registration is answered with 201, never 200 (RFC 7591 §3.2.1)', async () => {
  expect((await server.register(CODE)).status).toBe(201)
})

test.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])(
  'real client rule 2: a %s secret comes with client_secret_expires_at, a number, 0 for never (RFC 7591 §3.2.1)',
  async (method) => {
    const answer = await registered({ ...CODE, token_endpoint_auth_method: method })
    expect(answer.client_secret).toMatch(/^\S{40,}$/)
    expect(answer.client_secret_expires_at).toBe(0)
  },
)

test('real client rule 2: a secret that does expire says when, in seconds (RFC 7591 §3.2.1)', async () => {
  const short = await startRealServer({ registration: { client_secret_lifetime_seconds: 600 } })
  try {
    const answer = (await (await short.register(CODE)).json()) as Record<string, number>
    expect(answer.client_secret_expires_at).toBe(answer.client_id_issued_at! + 600)
  } finally {
    await short.close()
  }
})

test('real client rule 3: a client that asks for none gets none, and no secret (RFC 7591 §2)', async () => {
  const answer = await registered({ ...CODE, token_endpoint_auth_method: 'none' })
  expect(answer.token_endpoint_auth_method).toBe('none')
  expect(Object.keys(answer).filter((member) => member.startsWith('client_secret'))).toEqual([])
})

test('real client rule 4: redirect_uris come back as an array, byte for byte (RFC 7591 §3.2.1)', async () => {
  const redirect_uris = [
    'https://Client.Example.org/CB',
    'https://client.example.org:443/a%2fb//c/?x=%7E&x=~',
    'http://localhost:8080',
    'com.Example.app:/cb',
  ]
  expect((await registered({ redirect_uris })).redirect_uris).toEqual(redirect_uris)
})

test('real client rule 5: no member of an answer is null or empty text, also when they were sent so', async () => {
  const answer = await registered({
    ...CODE,
    client_uri: '',
    logo_uri: null,
    tos_uri: '',
    contacts: [],
    jwks_uri: null,
    scope: '',
    client_name: null,
  })
  for (const member of ['client_uri', 'logo_uri', 'tos_uri', 'contacts', 'jwks_uri', 'client_name']) {
    expect(answer).not.toHaveProperty(member)
  }
  expect(Object.values(answer)).not.toContain(null)
  expect(Object.values(answer)).not.toContain('')
})

test('real client rule 6: unknown members are ignored and not echoed, localized ones kept (RFC 7591 §2, §2.2)', async () => {
  const answer = await registered({
    ...CODE,
    id_token_token_binding_cnf: 'tbh',
    'https://purl.imsglobal.org/spec/lti-tool-configuration': { domain: 'tool.example.org' },
    client_name: 'Notes',
    'client_name#fr': 'Carnet',
  })
  expect(answer).toMatchObject({ client_name: 'Notes', 'client_name#fr': 'Carnet' })
  expect(answer).not.toHaveProperty('id_token_token_binding_cnf')
  expect(Object.keys(answer).filter((member) => member.includes('purl'))).toEqual([])
})

test('real client rule 7: unsupported grant and response types go when a supported one is among them (RFC 7591 §3.2.1)', async () => {
  const answer = await registered({
    ...CODE,
    grant_types: ['implicit', 'authorization_code', 'password', 'refresh_token'],
    response_types: ['id_token token', 'code', 'code id_token', 'none'],
  })
  expect(answer.grant_types).toEqual(['authorization_code', 'refresh_token'])
  expect(answer.response_types).toEqual(['code'])
})

test('real client rule 7: a client all of whose response types are unsupported is refused, not repaired', async () => {
  const response = await server.register({ ...CODE, grant_types: ['implicit'], response_types: ['id_token'] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' })
})

test.each([
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'http://localhost:4242',
  'edu.kit.data.oidc-agent:/redirect',
])(
  'real client rule 8: a web client with %s is taken for the native one that it is (OIDC Registration §2)',
  async (redirectUri) => {
    const answer = await registered({ redirect_uris: [redirectUri], application_type: 'web' })
    expect(answer).toMatchObject({ redirect_uris: [redirectUri], application_type: 'native' })
  },
)

test.each(['http://localhost/cb', 'http://127.0.0.1:3000/cb', 'http://[::1]/'])(
  'real client rule 9: a client that omits application_type may redirect to %s (RFC 8252 §7.3)',
  async (redirectUri) => {
    const answer = await registered({ redirect_uris: [redirectUri] })
    expect(answer).toMatchObject({ redirect_uris: [redirectUri], application_type: 'native' })
  },
)

test('real client rule 10: a native client may redirect to https (RFC 8252 §7.2)', async () => {
  const answer = await registered({ ...CODE, application_type: 'native' })
  expect(answer).toMatchObject({ ...CODE, application_type: 'native' })
})

describe('real client rule 11: private-use schemes', () => {
  test.each([
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'oc://android.owncloud.com',
    'io.element.android:/',
  ])('real client rule 11: %s is accepted (RFC 8252 §7.1)', async (redirectUri) => {
    expect((await registered({ redirect_uris: [redirectUri] })).redirect_uris).toEqual([redirectUri])
  })

  test.each([
    'javascript:alert(1)',
    'javascript://host/%0aalert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://client.example.org/1',
    'file:///etc/passwd',
  ])('real client rule 11: %s is refused (RFC 7591 §5)', async (redirectUri) => {
    const response = await server.register({ redirect_uris: [redirectUri] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' })
  })
})

test('real client rule 12: https, loopback and private-use redirect URIs go together in one registration', async () => {
  const redirect_uris = [
    'https://client.example.org/cb',
    'http://127.0.0.1/',
    'http://localhost:8787/cb',
    'com.example.app:/cb',
  ]
  const answer = await registered({ redirect_uris, token_endpoint_auth_method: 'none' })
  expect(answer.redirect_uris).toEqual(redirect_uris)
})

test('real client rule 15: a missing scope, an empty one, and all of scopes_supported get the same (RFC 7591 §2)', async () => {
  const everything = (server.metadata.scopes_supported as unknown as string[]).join(' ')
  const answers = await Promise.all(
    [CODE, { ...CODE, scope: '' }, { ...CODE, scope: everything }].map((body) => registered(body)),
  )
  expect(answers.map(({ scope }) => scope)).toEqual([everything, everything, everything])
})

test('real client rule 17: scope is a string, and has openid and offline_access when both were asked for', async () => {
  const { scope } = await registered({ ...CODE, scope: 'profile offline_access openid' })
  expect(scope).toBeTypeOf('string')
  expect(String(scope).split(' ').sort()).toEqual(['offline_access', 'openid', 'profile'])
})

describe('real client rule 19: headers', () => {
  test.each([
    { 'content-type': 'application/json; charset=utf-8' },
    { 'content-type': 'Application/JSON;charset="UTF-8"', accept: '*/*' },
    { accept: 'application/xml' },
    { accept: 'text/html' },
  ])('real client rule 19: a registration with %o is answered in JSON (RFC 7591 §3.2.1)', async (headers) => {
    const response = await server.register(CODE, headers as unknown as Record<string, string>)
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })

  test.each([
    ['a bad member', '{"redirect_uris":"https://client.example.org/cb"}', 'application/json', 400],
    ['no JSON', '{', 'application/json', 400],
    ['a form', 'client_name=x', 'application/x-www-form-urlencoded', 415],
    ['a JWT', 'e30.e30.c2ln', 'application/jose', 415],
  ])(
    'real client rule 19: %s gets an error in JSON, also in a browser (RFC 7591 §3.2.2)',
    async (_, body, type, status) => {
      const response = await server.register(body, { 'content-type': type, accept: 'text/html,*/*' })
      expect(response.status).toBe(status)
      expect(response.redirected).toBe(false)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      const answer = (await response.json()) as Record<string, string>
      expect(answer.error).toMatch(/^[a-z_]+$/)
    },
  )

  test('real client rule 19: a registration without an Accept header is answered in JSON', async () => {
    const sent = request(server.metadata.registration_endpoint!, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    sent.end(JSON.stringify(CODE))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    expect(sent.getHeader('accept')).toBeUndefined()
    expect(response.statusCode).toBe(201)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
  })

  test('real client rule 19: a wrong address is answered in JSON too', async () => {
    const response = await fetch(`${server.url}/registration`, {
      method: 'POST',
      headers: { accept: 'text/html' },
    })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })
})

test.each([
  [{ grant_types: ['client_credentials'], redirect_uris: [] }],
  [{ grant_types: ['client_credentials'] }],
  [
    {
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
  ],
])(
  'real client rule 20: a client without a code flow needs no redirect URI: %j (RFC 7591 §2)',
  async (body) => {
    const answer = await registered(body)
    expect(answer.redirect_uris).toEqual([])
    expect(answer.response_types).toEqual([])
  },
)

describe('real client rule 21: a server that wants an initial access token', () => {
  let gated: RealServer
  beforeAll(async () => {
    gated = await startRealServer({ registration: { anonymous: false } })
  })
  afterAll(() => gated.close())

  test('real client rule 21: without one it answers 401 with a Bearer challenge (RFC 6750 §3)', async () => {
    const response = await gated.register(CODE)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer \w+=/)
    expect(response.headers.get('www-authenticate')).not.toContain('error')
    expect(await response.json()).toHaveProperty('error')
  })

  test('real client rule 21: with a wrong one the challenge says invalid_token (RFC 6750 §3.1)', async () => {
    const response = await gated.register(CODE, { authorization: 'Bearer guessed' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('real client rule 21: with a good one the client is registered (RFC 7591 §3)', async () => {
    const token = await gated.initialAccessToken()
    expect((await gated.register(CODE, { authorization: `Bearer ${token}` })).status).toBe(201)
    expect((await gated.register(CODE, { authorization: `Bearer ${token}` })).status).toBe(401)
  })
})

test('real client rule 22: ownCloud’s old access token does no harm where the operator has such clients (RFC 6750 §3.1)', async () => {
  const { sends } = INSTALLED.find(({ name }) => name === 'ownCloud desktop')!
  const lenient = await startRealServer({ registration: { ignore_foreign_bearer: true } })
  try {
    for (const old of [
      'bzO2G7yM1xGXoEkqpKGg5QqOXIjPzZ0c',
      'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL28uZXhhbXBsZSJ9.c2ln',
    ]) {
      const authorization = `Bearer ${old}`
      const response = await lenient.register(sends.body, { authorization })
      expect(response.status).toBe(201)
      expect(await response.json()).toMatchObject({ redirect_uris: ['http://127.0.0.1'] })
      // Without the switch it is a credential like any other, and bad.
      expect((await server.register(sends.body, { authorization })).status).toBe(401)
    }
  } finally {
    await lenient.close()
  }
})

test('real client rule 29: client_id and secret survive HTTP Basic without form-encoding (RFC 6749 §2.3.1)', async () => {
  const { client_id, client_secret = '' } = await registered(CODE)
  for (const credential of [client_id, client_secret]) expect(encodeURIComponent(credential)).toBe(credential)
  expect(client_id + client_secret).not.toContain(':')
})

test('real client rule 31: hundreds of registrations of one program are all different, and the first one stays', async () => {
  const body = {
    redirect_uris: ['http://localhost:3334/oauth/callback'],
    client_name: 'MCP CLI Proxy',
    software_id: 'same',
  }
  const first = await registered(body)
  const others = await Promise.all(Array.from({ length: 300 }, () => registered(body)))
  expect(new Set([first, ...others].map(({ client_id }) => client_id)).size).toBe(301)
  expect(new Set(others.map(({ client_secret }) => client_secret)).size).toBe(300)
  const authorization = `Bearer ${first.registration_access_token}`
  const response = await fetch(String(first.registration_client_uri), { headers: { authorization } })
  expect(await response.json()).toMatchObject({
    client_id: first.client_id,
    client_secret: first.client_secret,
  })
})
