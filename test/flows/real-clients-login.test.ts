/**
 * What the clients in the wild need at discovery, authorization and token endpoints, rule by rule. Rule 22 (a foreign
 * Bearer token at an open registration endpoint does no harm) waits for the gates that could tell one.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import type { Login } from '../fixtures/client-fixture.ts'
import { MCP_RESOURCE } from '../fixtures/clients/mcp-login.ts'
import { logIn, type Registered, tokenRequest } from '../harness/client-login.ts'
import { freePort } from '../harness/free-port.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

let server: RealServer
beforeAll(async () => {
  server = await startRealServer()
})
afterAll(() => server.close())

const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }

async function register(body: JsonObject): Promise<Registered> {
  return (await (await server.register(body)).json()) as Registered
}

function login(redirectUri: string, more: Partial<Login> = {}): Login {
  return { redirectUri, scope: 'openid', pkce: true, method: 'none', refresh: true, ...more }
}

describe('real client rule 13: loopback ports', () => {
  test.each([
    ['http://127.0.0.1', 'http://127.0.0.1:41235'],
    ['http://127.0.0.1/', 'http://127.0.0.1:41235/'],
    ['http://127.0.0.1:33418/', 'http://127.0.0.1:50001/'],
    ['http://127.0.0.1:33418/cb?x=1', 'http://127.0.0.1/cb?x=1'],
    ['http://localhost:3334/oauth/callback', 'http://localhost:50002/oauth/callback'],
    ['http://[::1]/', 'http://[::1]:50003/'],
  ])(
    'real client rule 13: a loopback redirect may use any port at authorization: %s at %s (RFC 8252 §7.3)',
    async (registered, used) => {
      const client = await register({ ...PUBLIC, redirect_uris: [registered] })
      const session = await logIn(server, client, login(used))
      expect(session.returned.location.startsWith(`${used}${used.includes('?') ? '&' : '?'}`)).toBe(true)
      expect(session.tokens.status).toBe(200)
    },
  )

  test.each([
    ['http://127.0.0.1/', 'http://localhost:5000/'],
    ['http://127.0.0.1/', 'http://[::1]/'],
    ['http://127.0.0.1/', 'http://127.0.0.1:5000/cb'],
    ['http://127.0.0.1', 'http://127.0.0.1:5000/'],
    ['http://127.0.0.1/', 'https://127.0.0.1:5000/'],
    ['https://client.example.org/cb', 'https://client.example.org:8443/cb'],
  ])(
    'real client rule 13: nothing but the port may differ: %s is not %s (RFC 9700 §2.1)',
    async (registered, used) => {
      const client = await register({ ...PUBLIC, redirect_uris: [registered] })
      await expect(logIn(server, client, login(used))).rejects.toThrow(/ended on a page \(400\)/)
    },
  )
})

describe('real client rule 14: redirect URIs compared exactly', () => {
  const exact = [
    'https://chat.example.org/oauth/clients/mcp:plane/callback',
    'https://grok.com/connectors-oauth-exchange-code/',
    'https://rp.example.org/cb?tenant=7&next=%2Fhome',
  ]
  test.each(exact)(
    'real client rule 14: %s is used as it was registered (RFC 9700 §2.1)',
    async (redirectUri) => {
      const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
      const { returned, tokens } = await logIn(server, client, login(redirectUri))
      expect(returned.location.startsWith(redirectUri)).toBe(true)
      expect(tokens.status).toBe(200)
    },
  )

  test.each([
    [exact[0]!, 'https://chat.example.org/oauth/clients/mcp%3Aplane/callback'],
    [exact[1]!, 'https://grok.com/connectors-oauth-exchange-code'],
    [exact[2]!, 'https://rp.example.org/cb?tenant=8&next=%2Fhome'],
    [exact[2]!, 'https://rp.example.org/cb?tenant=7&next=/home'],
  ])('real client rule 14: %s is not %s (RFC 9700 §2.1)', async (registered, used) => {
    const client = await register({ ...PUBLIC, redirect_uris: [registered] })
    await expect(logIn(server, client, login(used))).rejects.toThrow(/ended on a page \(400\)/)
  })
})

test('real client rule 16: a client registered without scope may ask for the default scopes later (RFC 7591 §2)', async () => {
  const redirectUri = 'http://localhost:3000/callback'
  const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
  const scope = 'openid profile email'
  const { tokens } = await logIn(server, client, login(redirectUri, { scope }))
  expect(tokens.body.scope).toBe(scope)
})

describe('real client rule 16: scopes that this server does not know', () => {
  const redirectUri = 'http://localhost:3000/callback'

  test('real client rule 16: unknown ones beside known ones are left out, and the answer says so (RFC 6749 §3.3)', async () => {
    const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
    const { tokens } = await logIn(server, client, login(redirectUri, { scope: 'mcp:read openid mcp:write' }))
    expect(tokens.body.scope).toBe('openid')
  })

  test('real client rule 16: unknown ones alone are refused before anybody signs in (RFC 6749 §4.1.2.1)', async () => {
    const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'mcp:read mcp:write',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeGt1sCM8kLoJHh9FoQs',
      code_challenge_method: 'S256',
    })
    const { answer, shown } = await server
      .person()
      .authorize(`${server.metadata.authorization_endpoint}?${query}`)
    expect(answer.get('error')).toBe('invalid_scope')
    expect(shown).toEqual([])
  })
})

describe('real client rule 18: refresh tokens', () => {
  const redirectUri = 'http://127.0.0.1:9000/cb'
  test.each([
    ['without offline_access', PUBLIC, 'none', 'openid'],
    ['with offline_access', PUBLIC, 'none', 'openid offline_access'],
    ['with a scope that is not for OpenID Connect', PUBLIC, 'none', 'profile'],
    [
      'named by no grant_types, from a native client',
      { application_type: 'native' },
      'client_secret_basic',
      'openid offline_access',
    ],
  ] as const)('real client rule 18: a refresh token %s (RFC 6749 §6)', async (_, body, method, scope) => {
    const client = await register({ ...body, redirect_uris: [redirectUri] })
    const { tokens, refresh } = await logIn(server, client, login(redirectUri, { method, scope }))
    expect(tokens.body.refresh_token).toBeTypeOf('string')
    expect((await refresh(tokens.body.refresh_token!)).status).toBe(200)
  })

  test('real client rule 18: none for a client that named its grants without it, whatever it asks for (RFC 6749 §1.5)', async () => {
    const client = await register({
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      redirect_uris: [redirectUri],
    })
    const parameters = { prompt: 'consent' }
    const { tokens } = await logIn(
      server,
      client,
      login(redirectUri, { scope: 'openid offline_access', parameters }),
    )
    expect(tokens.body).not.toHaveProperty('refresh_token')
  })
})

describe('real client rule 23: browsers of any origin may call (CORS)', () => {
  const origin = 'https://inspector.example.org'
  const endpoints = [
    ['GET', 'discovery', '/.well-known/oauth-authorization-server', 'mcp-protocol-version'],
    ['GET', 'OpenID discovery', '/.well-known/openid-configuration', 'mcp-protocol-version'],
    ['POST', 'registration', '/register', 'content-type,authorization,mcp-protocol-version'],
    ['POST', 'token', '/token', 'authorization,content-type,dpop'],
    ['GET', 'jwks', '/jwks', 'accept'],
    ['GET', 'userinfo', '/userinfo', 'authorization,dpop'],
    ['POST', 'revocation', '/revoke', 'authorization,content-type'],
    ['DELETE', 'client configuration', '/register/018f0000-0000-7000-8000-000000000000', 'authorization'],
  ] as const

  test.each(endpoints)('real client rule 23: %s at the %s endpoint', async (method, _, path, headers) => {
    const preflight = await fetch(server.url + path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    })
    expect(preflight.ok).toBe(true)
    expect(['*', origin]).toContain(preflight.headers.get('access-control-allow-origin'))
    expect(preflight.headers.get('access-control-allow-methods')).toContain(method)
    const allowed = preflight.headers.get('access-control-allow-headers')!.toLowerCase().split(/, ?/)
    expect(allowed).toEqual(expect.arrayContaining(headers.split(',')))
    expect(preflight.headers.get('access-control-allow-credentials')).not.toBe('true')

    // An error must be readable as well.
    const response = await fetch(server.url + path, { method, headers: { origin } })
    expect(['*', origin]).toContain(response.headers.get('access-control-allow-origin'))
  })

  test('real client rule 23: never at the authorization endpoint, where people are sent (RFC 9700 §2.6)', async () => {
    for (const method of ['OPTIONS', 'GET']) {
      const response = await fetch(`${server.url}/authorize`, {
        method,
        headers: { origin, 'access-control-request-method': 'GET' },
      })
      expect(response.headers.has('access-control-allow-origin')).toBe(false)
    }
  })
})

test.each([
  MCP_RESOURCE,
  'https://mcp.example.com',
  'https://mcp.example.com/',
  'http://127.0.0.1:8000/mcp?v=1',
])(
  'real client rule 24: resource %s is accepted at authorization, token and refresh, and is the audience (RFC 8707 §2)',
  async (resource) => {
    const redirectUri = 'http://127.0.0.1:9000/cb'
    const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
    const { tokens, refresh } = await logIn(server, client, login(redirectUri, { resource }))
    expect(decodeJwt(tokens.body.access_token!)).toMatchObject({ aud: resource, client_id: client.client_id })
    const again = await refresh(tokens.body.refresh_token!)
    expect(decodeJwt(again.body.access_token!).aud).toBe(resource)
  },
)

describe('real client rule 25: what discovery promises', () => {
  test('real client rule 25: S256 is announced, and issuer is what was asked for (RFC 8414 §3.3)', async () => {
    expect(server.metadata.code_challenge_methods_supported).toContain('S256')
    expect(server.metadata.issuer).toBe(server.issuer)
  })

  test('real client rule 25: an answer carries the iss that is announced, an error too (RFC 9207 §2)', async () => {
    expect(server.metadata.authorization_response_iss_parameter_supported).toBe(true)
    const redirectUri = 'http://127.0.0.1:9000/cb'
    const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
    const { returned } = await logIn(server, client, login(redirectUri))
    expect(returned.answer.get('iss')).toBe(server.issuer)
    const query = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      state: 'x',
    })
    const refused = await server.person().authorize(`${server.metadata.authorization_endpoint}?${query}`)
    expect(refused.answer.get('error')).toBe('invalid_request')
    expect(refused.answer.get('iss')).toBe(server.issuer)
    expect(refused.answer.get('state')).toBe('x')
  })
})

describe('real client rule 26: where discovery is found', () => {
  test('real client rule 26: at both well-known addresses of the host (RFC 8414 §3, OpenID Connect Discovery §4)', async () => {
    const [one, other] = await Promise.all(
      ['oauth-authorization-server', 'openid-configuration'].map(async (name) => {
        const response = await fetch(`${server.url}/.well-known/${name}`)
        expect(response.status).toBe(200)
        return response.json()
      }),
    )
    expect(one).toEqual(other)
  })

  test('real client rule 26: at the inserted and the appended address of an issuer with a path (RFC 8414 §3.1)', async () => {
    const issuer = 'https://id.example.org/tenant/a'
    const tenant = await startRealServer({ server: { issuer } })
    try {
      for (const path of [
        '/.well-known/oauth-authorization-server/tenant/a',
        '/.well-known/openid-configuration/tenant/a',
        '/tenant/a/.well-known/openid-configuration',
        '/tenant/a/.well-known/oauth-authorization-server',
      ]) {
        const response = await fetch(tenant.url + path)
        expect(response.status, path).toBe(200)
        expect(await response.json()).toMatchObject({
          issuer,
          registration_endpoint: `${issuer}/register`,
          token_endpoint: `${issuer}/token`,
        })
      }
      // Another issuer's document is not this one's (RFC 8414 §3.3).
      expect((await fetch(`${tenant.url}/.well-known/openid-configuration`)).status).toBe(404)
    } finally {
      await tenant.close()
    }
  })

  test('real client rule 26: and a client logs in at an issuer with a path', async () => {
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}/tenant/a`
    const tenant = await startRealServer({ server: { port, issuer } })
    try {
      const redirectUri = 'http://127.0.0.1:9000/cb'
      const client = (await (
        await tenant.register({ ...PUBLIC, redirect_uris: [redirectUri] })
      ).json()) as Registered
      expect(client.registration_client_uri).toBe(`${issuer}/register/${client.client_id}`)
      const { returned, tokens, refresh, userinfo } = await logIn(tenant, client, login(redirectUri))
      expect(returned.answer.get('iss')).toBe(issuer)
      expect((await userinfo(tokens.body.access_token!)).status).toBe(200)
      expect((await refresh(tokens.body.refresh_token!)).status).toBe(200)
    } finally {
      await tenant.close()
    }
  })

  test('real client rule 26: the addresses that clients guess without metadata are the real ones', () => {
    const { authorization_endpoint, token_endpoint, registration_endpoint } = server.metadata
    const guessed = ['/authorize', '/token', '/register'].map((path) => server.issuer + path)
    expect([authorization_endpoint, token_endpoint, registration_endpoint]).toEqual(guessed)
  })
})

test.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
  'real client rule 27: an unknown client gets invalid_client, 401, in JSON, by %s (RFC 6749 §5.2)',
  async (method) => {
    const unknown = { client_id: '018f0000-0000-7000-8000-000000000000', client_secret: 'x'.repeat(43) }
    const parameters = { grant_type: 'refresh_token', refresh_token: 'x' }
    const { status, body } = await tokenRequest(server, unknown, { method }, parameters)
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' })
  },
)

test('real client rule 27: a deleted client gets invalid_client at its next refresh (RFC 7592 §2.3)', async () => {
  const redirectUri = 'http://127.0.0.1:9000/cb'
  const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
  const { tokens, refresh } = await logIn(server, client, login(redirectUri))
  const authorization = `Bearer ${client.registration_access_token}`
  await fetch(String(client.registration_client_uri), { method: 'DELETE', headers: { authorization } })
  const { status, body } = await refresh(tokens.body.refresh_token!)
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' })
})

test('real client rule 27: a client that goes on with an expired secret gets invalid_client (RFC 7591 §3.2.1)', async () => {
  let ahead = 0
  const clock = { milliseconds: () => Date.now() + ahead }
  const lifetime = { client_secret_lifetime_seconds: 3600 }
  const expiring = await startRealServer({ registration: lifetime }, { clock })
  try {
    const body = { grant_types: ['client_credentials'], redirect_uris: [] }
    const client = (await (await expiring.register(body)).json()) as Registered
    const method = 'client_secret_basic'
    const request = () => tokenRequest(expiring, client, { method }, { grant_type: 'client_credentials' })
    expect((await request()).status).toBe(200)
    ahead = 3601 * 1000
    const { status, body: answer } = await request()
    expect({ status, error: answer.error }).toEqual({ status: 401, error: 'invalid_client' })
  } finally {
    await expiring.close()
  }
})

describe('real client rule 28: two refreshes with one token within moments', () => {
  const redirectUri = 'http://127.0.0.1:9000/cb'

  test.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
    'real client rule 28: a %s client keeps its session (RFC 9700 §4.14.2)',
    async (method) => {
      const client = await register({
        ...PUBLIC,
        token_endpoint_auth_method: method,
        redirect_uris: [redirectUri],
      })
      const { tokens, refresh, userinfo } = await logIn(server, client, login(redirectUri, { method }))
      const used = tokens.body.refresh_token!
      const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(used)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
      expect(new Set(answers.map(({ body }) => body.refresh_token ?? used)).size).toBe(1)
      const late = await refresh(used)
      expect(late.status).toBe(200)
      for (const { body } of [...answers, late]) expect((await userinfo(body.access_token!)).status).toBe(200)
      expect((await refresh(late.body.refresh_token ?? used)).status).toBe(200)
    },
  )

  test('real client rule 28: without a grace period a second use ends the family (RFC 9700 §4.14.2)', async () => {
    const strict = await startRealServer({ tokens: { refresh_grace_seconds: 0 } })
    try {
      const client = (await (
        await strict.register({ ...PUBLIC, redirect_uris: [redirectUri] })
      ).json()) as Registered
      const { tokens, refresh } = await logIn(strict, client, login(redirectUri))
      const { body } = await refresh(tokens.body.refresh_token!)
      expect((await refresh(tokens.body.refresh_token!)).body.error).toBe('invalid_grant')
      expect((await refresh(body.refresh_token!)).body.error).toBe('invalid_grant')
    } finally {
      await strict.close()
    }
  })
})

test('real client rule 30: revocation and refresh are announced, and revocation works (RFC 7009 §2.1)', async () => {
  expect(server.metadata.revocation_endpoint).toBe(`${server.issuer}/revoke`)
  expect(server.metadata.grant_types_supported).toContain('refresh_token')
  const redirectUri = 'http://127.0.0.1:9000/cb'
  const client = await register({ ...PUBLIC, redirect_uris: [redirectUri] })
  const { tokens, refresh, userinfo } = await logIn(server, client, login(redirectUri))
  const body = new URLSearchParams({ token: tokens.body.refresh_token!, client_id: client.client_id })
  expect((await fetch(server.metadata.revocation_endpoint!, { method: 'POST', body })).status).toBe(200)
  expect((await refresh(tokens.body.refresh_token!)).body.error).toBe('invalid_grant')
  expect((await userinfo(tokens.body.access_token!)).status).toBe(401)
})
