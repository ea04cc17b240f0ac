import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../clientele/src/server/config.ts'
import type { Login } from '../fixtures/client-fixture.ts'
import { logIn } from '../harness/client-login.ts'
import { createProofs } from '../harness/dpop-proofs.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { createTestIssuer, type TestIssuer } from './statement-issuer.ts'

/** Access tokens of this server as the gate of its registration endpoint (RFC 6750), over real HTTP. */

const SERVICE = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
const INVALID = /^Bearer realm="clientele", error="invalid_token", error_description="[^"]+"$/

let server: RealServer
/** Where the operators of this server sign in; its tokens carry the permission to register privileged clients. */
let operators: TestIssuer
/** May register: an operator registered it with that scope. */
let robot: Answer

beforeAll(async () => {
  operators = await createTestIssuer('https://operators.example', { typ: 'at+jwt' })
  server = await startRealServer({
    registration: { anonymous: true },
    bearer: {
      enabled: true,
      issuers: [
        {
          issuer: operators.issuer,
          jwks: operators.jwks,
          audience: ['https://as.example'],
          permissions: ['oauth-client-override'],
        },
      ],
    },
  })
  robot = await registerPrivileged('register register:read')
})

afterAll(() => server.close())

const operatorToken = () => operators.sign({ aud: 'https://as.example', sub: 'ann', scope: 'register' })

/** A client whose scope an operator decided. */
async function registerPrivileged(scope: string): Promise<Answer> {
  const made = await register({ ...SERVICE, client_name: 'robot', scope }, await operatorToken())
  expect(made.body.scope).toBe(scope)
  return made
}

async function register(metadata: object, token?: string): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return readAnswer(await server.register(metadata as never, headers))
}

async function askToken(client: Answer, form: Record<string, string> = {}): Promise<Response> {
  const { client_id, client_secret } = client.body
  return fetch(server.metadata.token_endpoint!, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  })
}

async function tokenOf(client: Answer, scope?: string): Promise<string> {
  const response = await askToken(client, scope === undefined ? {} : { scope })
  const body = (await response.json()) as { access_token: string }
  expect(body).toMatchObject({ access_token: expect.any(String) })
  return body.access_token
}

describe('SimpleIdServer’s example: a token with the scope register, then a client_credentials client', () => {
  it('registers with the token, and the new client gets tokens of its own', async () => {
    const token = await tokenOf(robot, 'register')
    const made = await register({ ...SERVICE, client_name: 'made by the robot', scope: 'profile' }, token)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ client_name: 'made by the robot', scope: 'profile' })
    expect(made.body.client_secret).toMatch(/^cl_sec_/)
    expect((await askToken(made)).status).toBe(200)
    // The registration access token manages it as ever.
    const read = await fetch(made.body.registration_client_uri, {
      headers: { authorization: `Bearer ${made.body.registration_access_token}` },
    })
    expect(read.status).toBe(200)
  })

  it('takes the scheme in any case (RFC 9110 §11.1)', async () => {
    const response = await server.register(SERVICE, {
      authorization: `bEARER ${await tokenOf(robot, 'register')}`,
    })
    expect(response.status).toBe(201)
  })
})

describe('an end-user’s access token', () => {
  const login: Login = {
    redirectUri: 'https://console.example/callback',
    method: 'none',
    pkce: true,
    refresh: false,
    scope: 'openid register register:read',
  }

  it('registers for the end-user who consented, and what they registered is theirs', async () => {
    const metadata = {
      redirect_uris: [login.redirectUri],
      token_endpoint_auth_method: 'none',
      scope: login.scope!,
    }
    const console = await register(metadata, await operatorToken())
    const { tokens } = await logIn(server, console.body, login)
    expect(tokens.status).toBe(200)
    const made = await register(SERVICE, tokens.body.access_token)
    expect(made.status).toBe(201)
    const read = (token: string) =>
      fetch(made.body.registration_client_uri, { headers: { authorization: `Bearer ${token}` } })
    expect((await read(tokens.body.access_token!)).status).toBe(200)
    // The client that the end-user used does not own it: its own tokens do not open it.
    expect((await read(await tokenOf(robot, 'register:read'))).status).toBe(403)
  })

  it('dies with the consent (RFC 7009 §2.1)', async () => {
    const metadata = {
      redirect_uris: [login.redirectUri],
      token_endpoint_auth_method: 'none',
      scope: login.scope!,
    }
    const console = await register(metadata, await operatorToken())
    const { tokens } = await logIn(server, console.body, login)
    const token = tokens.body.access_token!
    const revoked = await fetch(server.metadata.revocation_endpoint!, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: console.body.client_id }),
    })
    expect(revoked.status).toBe(200)
    expect((await register(SERVICE, token)).status).toBe(401)
  })

  it('for another resource server is no token of this endpoint (RFC 8707 §2, RFC 9068 §4)', async () => {
    const { client_id, client_secret } = robot.body
    const response = await fetch(server.metadata.token_endpoint!, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'register',
        resource: 'https://api.example/',
      }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    expect(access_token).toMatch(/^eyJ/)
    expect((await register(SERVICE, access_token)).status).toBe(401)
  })

  it('bound to a key by DPoP is none to a bearer (RFC 9449 §7.1)', async () => {
    const { client_id, client_secret } = robot.body
    const proofs = await createProofs()
    const url = server.metadata.token_endpoint!
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
        dpop: await proofs.make('POST', url),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'register' }),
    })
    const body = (await response.json()) as { access_token: string; token_type: string }
    expect(body.token_type).toBe('DPoP')
    const refused = await register(SERVICE, body.access_token)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(INVALID)
  })
})

describe('a token that is not good enough', () => {
  it('without the scope is answered 403 insufficient_scope with the scope that is missing (RFC 6750 §3.1)', async () => {
    const token = await tokenOf(robot, 'register:read')
    const refused = await register(SERVICE, token)
    expect(refused.status).toBe(403)
    expect(refused.body.error).toBe('insufficient_scope')
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="clientele", error="insufficient_scope", error_description="The access token does not have the scope for this.", scope="register"',
    )
  })

  it('and unknown, altered or cut is answered 401 invalid_token, also where anyone may register', async () => {
    const token = await tokenOf(robot, 'register')
    const other = token.endsWith('a') ? 'b' : 'a'
    for (const bad of [token.slice(0, -1) + other, token.slice(0, -9), 'cl_ct_', 'cl_at_x', `${token}x`]) {
      const refused = await register(SERVICE, bad)
      expect(refused.status, bad).toBe(401)
      expect(refused.body).toMatchObject({ error: 'invalid_token' })
      expect(refused.headers.get('www-authenticate')).toMatch(INVALID)
      expect(refused.text).not.toContain(bad)
    }
  })

  it('and revoked is worth nothing at the next request (RFC 7009 §2)', async () => {
    const token = await tokenOf(robot, 'register')
    const { client_id, client_secret } = robot.body
    const revoked = await fetch(server.metadata.revocation_endpoint!, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({ token }),
    })
    expect(revoked.status).toBe(200)
    expect((await register(SERVICE, token)).status).toBe(401)
  })

  it('dies with its client (RFC 7592 §2.3)', async () => {
    const mortal = await registerPrivileged('register')
    const token = await tokenOf(mortal, 'register')
    const authorization = `Bearer ${mortal.body.registration_access_token}`
    expect(
      (await fetch(mortal.body.registration_client_uri, { method: 'DELETE', headers: { authorization } }))
        .status,
    ).toBe(204)
    expect((await register(SERVICE, token)).status).toBe(401)
  })

  it('that opens registration opens no configuration endpoint of somebody else’s client', async () => {
    const stranger = await register(SERVICE)
    for (const scope of ['register', 'register:read']) {
      const response = await fetch(stranger.body.registration_client_uri, {
        headers: { authorization: `Bearer ${await tokenOf(robot, scope)}` },
      })
      expect([401, 403]).toContain(response.status)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="clientele", error=/)
    }
  })
})

describe('the scope register is privileged: a client that registers itself cannot let itself in', () => {
  it('is withheld from a stranger, who keeps the rest of what they asked for', async () => {
    const climber = await register({ ...SERVICE, scope: 'profile register register:update' })
    expect(climber.status).toBe(201)
    expect(climber.body.scope).toBe('profile')
    expect((await askToken(climber, { scope: 'register' })).status).toBe(400)
    const refused = await register(SERVICE, await tokenOf(climber))
    expect(refused.status).toBe(403)
  })

  it('alone is refused: a client with no scope is not what was asked for', async () => {
    const refused = await register({ ...SERVICE, scope: 'register' })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({ error: 'invalid_client_metadata', reason: 'scope.privileged' })
  })

  it('is not gained by an update (RFC 7592 §2.2)', async () => {
    const climber = await register({ ...SERVICE, scope: 'profile' })
    const { client_id, registration_client_uri, registration_access_token } = climber.body
    const update = (scope: string) =>
      fetch(registration_client_uri, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${registration_access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ...SERVICE, client_id, scope }),
      }).then(readAnswer)
    expect((await update('profile register')).body.scope).toBe('profile')
    expect((await update('register')).body).toMatchObject({ reason: 'scope.privileged' })
  })

  it('is not given to what a robot registers: the scope to register does not breed', async () => {
    const child = await register({ ...SERVICE, scope: 'profile register' }, await tokenOf(robot, 'register'))
    expect(child.body.scope).toBe('profile')
  })

  it('is not given by leaving the scope out', async () => {
    expect((await register(SERVICE)).body.scope.split(' ')).not.toContain('register')
  })

  it('stays with a client that an operator registered with it, at an update too; once given up it is gone', async () => {
    const keeper = await registerPrivileged('register')
    const { client_id, registration_client_uri, registration_access_token } = keeper.body
    const update = (scope: string | undefined) =>
      fetch(registration_client_uri, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${registration_access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ...SERVICE, client_id, scope }),
      }).then(readAnswer)
    expect((await update('register')).body.scope).toBe('register')
    // A token from before is worth only what the client has now (RFC 7592 §2.2).
    const token = await tokenOf(keeper, 'register')
    expect((await register(SERVICE, token)).status).toBe(201)
    expect((await update('profile')).body.scope).toBe('profile')
    expect((await register(SERVICE, token)).status).toBe(403)
    expect((await update('profile register')).body.scope).toBe('profile')
  })

  it('is not given by the word of a software statement', async () => {
    const vouching = await createTestIssuer()
    const trusting = await startRealServer({
      bearer: { enabled: true },
      software_statements: { admits: true, issuers: [{ issuer: vouching.issuer, jwks: vouching.jwks }] },
    })
    try {
      const software_statement = await vouching.sign({ scope: 'profile register' })
      const made = await trusting.register({ ...SERVICE, software_statement }).then(readAnswer)
      expect(made.status).toBe(201)
      expect(made.body.scope).toBe('profile')
    } finally {
      await trusting.close()
    }
  })

  it('and others that the operator calls privileged are no default of anybody (refused at the start)', () => {
    expect(() => parseConfig({ scopes: { privileged: ['email'] } })).toThrow(
      /scopes.default has privileged scopes/,
    )
    const scopes = { supported: ['openid', 'register'], default: ['register'] }
    expect(() => parseConfig({ scopes, bearer: { enabled: true } })).toThrow(
      /scopes.default has privileged scopes/,
    )
  })
})

it('is announced with the other scopes, and is a scope only where the gate is open (RFC 8414 §2)', async () => {
  expect(server.metadata.scopes_supported).toContain('register')
  const without = await startRealServer()
  try {
    expect(without.metadata.scopes_supported).not.toContain('register')
  } finally {
    await without.close()
  }
})
