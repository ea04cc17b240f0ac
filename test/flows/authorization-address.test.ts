import { request as httpRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../clientele/src/runtime/cryptography.ts'
import { createBrowser, exchange, login } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'

interface RawAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

/** A request with a target and headers that fetch would not send. */
function send(
  server: TestServer,
  method: string,
  target: string,
  headers: Record<string, string>,
  body = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(server.origin)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: target, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: text }),
      )
    })
    request.on('error', reject).end(body)
  })
}

const PUBLIC = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }
const HOSTILE = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '6.6.6.6',
}

describe('the addresses of the authorization server', () => {
  it('come from the issuer and never from the request (RFC 8414 §3.3)', async () => {
    const server = await startTestServer()
    const client = await server.register({
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      response_types: [],
      token_endpoint_auth_method: 'none',
    })
    const form = { ...HOSTILE, 'content-type': 'application/x-www-form-urlencoded' }
    for (const target of ['/device-authorization', 'http://evil.example/device-authorization']) {
      const answer = await send(server, 'POST', target, form, `client_id=${client.id}`)
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body).verification_uri).toBe(`${server.issuer}/device`)
    }
    const web = await server.register(PUBLIC)
    const query = new URLSearchParams({
      client_id: web.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      code_challenge: sha256('v'),
      code_challenge_method: 'S256',
    })
    const started = await send(server, 'GET', `http://evil.example/authorize?${query}`, HOSTILE)
    expect(started.status).toBe(303)
    expect(started.headers.location).toMatch(/^\/interaction\//)
    expect(JSON.stringify(started)).not.toContain('evil.example')
    await server.close()
  })

  it('work below an issuer with a path, from sign-in to refresh, cookies included', async () => {
    for (const path of ['/tenant', '/a/token']) {
      const server = await startTestServer({ path })
      const client = await server.register(PUBLIC)
      const browser = createBrowser(server)
      const ended = await login(server, client, { scope: 'openid' }, browser)
      const { status, body } = await exchange(server, client, ended)
      expect(status, path).toBe(200)
      expect(JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString()).iss).toBe(
        server.origin + path,
      )
      expect(ended.location.searchParams.get('iss')).toBe(server.origin + path)
      expect((await fetch(`${server.origin}/token`, { method: 'POST' })).status).toBe(404)
      expect(server.failures).toEqual([])
      await server.close()
    }
  })

  it('serve a client that proves possession to an issuer behind a proxy (RFC 9449 §4.3)', async () => {
    const server = await startTestServer({ issuer: 'https://id.example/desk' })
    const client = await server.register({ grant_types: ['client_credentials'], response_types: [] })
    const { generateKeyPair, exportJWK, SignJWT } = await import('jose')
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const proof = await new SignJWT({ htm: 'POST', htu: 'https://id.example/desk/token', jti: 'once' })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey)
    const headers = {
      authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
      dpop: proof,
    }
    const tokens = () => send(server, 'POST', '/desk/token', headers, 'grant_type=client_credentials')
    const [first, second] = await Promise.all([tokens(), tokens()])
    expect([first.status, second.status].sort()).toEqual([200, 400])
    expect(JSON.parse((first.status === 200 ? first : second).body).token_type).toBe('DPoP')
    await server.close()
  })

  it('keep sign-in cookies to https, to the host and from scripts', async () => {
    const server = await startTestServer({ issuer: 'https://id.example' })
    const client = await server.register(PUBLIC)
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: 'https://client.example/callback',
      code_challenge: sha256('v'),
      code_challenge_method: 'S256',
    })
    const started = await send(server, 'GET', `/authorize?${query}`, {})
    const cookies = started.headers['set-cookie'] as string[]
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__(?:Host|Secure)-clientele_/)
      for (const attribute of ['secure', 'httponly', 'samesite=lax'])
        expect(cookie.toLowerCase()).toContain(attribute)
    }
    await server.close()
  })
})
