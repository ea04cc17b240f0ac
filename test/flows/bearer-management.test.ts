import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealServer, startRealServer } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { createTestIssuer, type TestIssuer } from './statement-issuer.ts'

/** A scope for each operation: whoever registered a client with an access token manages it with another. */

const WEB = { redirect_uris: ['https://app.example/callback'] }
const AUDIENCE = 'https://as.example'

let issuer: TestIssuer
let operators: TestIssuer
let server: RealServer
let client: Answer

beforeAll(async () => {
  issuer = await createTestIssuer('https://login.example', { typ: 'at+jwt' })
  operators = await createTestIssuer('https://operators.example', { typ: 'at+jwt' })
  const trusted = (each: TestIssuer) => ({ issuer: each.issuer, jwks: each.jwks, audience: [AUDIENCE] })
  server = await startRealServer({
    bearer: {
      delete_scope: 'remove',
      issuers: [
        trusted(issuer),
        { ...trusted(operators), read_scope: 'support', permissions: ['oauth-client-get'] },
      ],
    },
  })
  client = await register(await token('register'))
  expect(client.status).toBe(201)
})

afterAll(() => server.close())

const token = (scope: string, sub = 'ann', from = issuer) => from.sign({ aud: AUDIENCE, sub, scope })

async function register(bearer: string): Promise<Answer> {
  return readAnswer(await server.register(WEB, { authorization: `Bearer ${bearer}` }))
}

async function manage(method: string, bearer: string, of: Answer = client): Promise<Answer> {
  const { client_id, registration_client_uri } = of.body
  return readAnswer(
    await fetch(registration_client_uri, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(method === 'PUT' ? { body: JSON.stringify({ client_id, ...WEB, client_name: 'new' }) } : {}),
    }),
  )
}

/** RFC 6750 §3.1. */
function expectInsufficient(answer: Answer, scope: string): void {
  expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope'])
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="clientele", error="insufficient_scope", error_description="The access token does not have the scope for this.", scope="${scope}"`,
  )
}

describe('the owner’s token', () => {
  it('with the scope of the operation reads and updates, and is told no secret', async () => {
    for (const [method, scope] of [
      ['GET', 'register:read'],
      ['PUT', 'register:update'],
    ] as const) {
      const answer = await manage(method, await token(scope))
      expect(answer.status).toBe(200)
      expect(answer.body.client_id).toBe(client.body.client_id)
      expect(answer.text).not.toContain(client.body.client_secret)
      expect(answer.body).not.toHaveProperty('registration_access_token')
    }
  })

  it('with the scope of another operation does not: valid for one thing is not valid for all', async () => {
    expectInsufficient(await manage('GET', await token('register register:update remove')), 'register:read')
    expectInsufficient(await manage('PUT', await token('register register:read remove')), 'register:update')
    expectInsufficient(
      await manage('DELETE', await token('register register:read register:delete')),
      'remove',
    )
    expectInsufficient(await register(await token('register:read register:update remove')), 'register')
  })

  it('deletes with the scope that the operator chose for it, once', async () => {
    const mortal = await register(await token('register'))
    expect((await manage('DELETE', await token('remove'), mortal)).status).toBe(204)
    // What is gone reads like what is somebody else's: a caller without the permission for all learns nothing of ids.
    expect((await manage('DELETE', await token('remove'), mortal)).status).toBe(403)
  })
})

describe('another caller’s token', () => {
  it('is refused, whatever its scopes are', async () => {
    const bob = await token('register register:read register:update remove', 'bob')
    for (const method of ['GET', 'PUT', 'DELETE']) expect((await manage(method, bob)).status).toBe(403)
  })

  it('of the same subject at another issuer is another caller’s', async () => {
    const namesake = await token('register:update remove', 'ann', operators)
    for (const method of ['PUT', 'DELETE']) expect((await manage(method, namesake)).status).toBe(403)
  })

  it('reads where its issuer has the permission for every registration, and only reads', async () => {
    const support = await token('support register:update', 'eve', operators)
    const read = await manage('GET', support)
    expect(read.status).toBe(200)
    expect(read.text).not.toContain(client.body.client_secret)
    expect((await manage('PUT', support)).status).toBe(403)
  })
})

it('a bad token is refused with 401 and does not fall through to the registration access token', async () => {
  const stranger = await createTestIssuer(issuer.issuer, { typ: 'at+jwt' })
  const refused = await manage(
    'GET',
    await stranger.sign({ aud: AUDIENCE, sub: 'ann', scope: 'register:read' }),
  )
  expect([refused.status, refused.body.error]).toEqual([401, 'invalid_token'])
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer realm="clientele", error="invalid_token"/)
})
