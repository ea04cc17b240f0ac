/** The programs in `examples/` that put registration into somebody else's server run, with the package as it is published. */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ExampleServer, startExample } from './example-server.ts'
import { type Consumer, createConsumer } from './packed.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples')
const PROGRAMS = ['inside-your-program', 'mcp-registration', 'existing-oidc-provider']
const EMBEDDED = 'inside-your-program'
const REGISTRATION = {
  client_name: 'Notes',
  redirect_uris: ['https://notes.example.org/cb'],
  scope: 'notes.read all',
}

let consumer: Consumer
beforeAll(async () => {
  consumer = await createConsumer(['express', 'fastify'])
  for (const folder of PROGRAMS)
    cpSync(join(EXAMPLES, folder), join(consumer.folder, folder), { recursive: true })
}, 120_000)
afterAll(() => consumer?.remove())

async function withExample(
  command: string,
  parts: readonly string[],
  body: (server: ExampleServer) => Promise<void>,
) {
  const server = await startExample(consumer, command, ...parts)
  try {
    await body(server)
  } finally {
    await server.close()
  }
}

/** The life of a client (RFC 7591 §3, RFC 7592 §2), where the address of the server is not the one of its answers. */
async function liveOneLife(ask: (path: string, init?: RequestInit) => Promise<Response>): Promise<string> {
  const send = (method: string, path: string, body?: string | object, authorization = '') =>
    ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const created = await send('POST', '/connect/dcr', REGISTRATION)
  expect(created.status).toBe(201)
  expect(created.headers.get('cache-control')).toBe('no-store')
  const registered = (await created.json()) as Record<string, string>
  const id = registered.client_id!
  expect(registered).toMatchObject({ client_name: 'Notes', scope: 'notes.read' })
  expect(registered.registration_client_uri).toBe(`https://id.example.com/connect/dcr/${id}`)
  const token = `Bearer ${registered.registration_access_token}`
  const place = `/connect/dcr/${id}`
  expect(await (await send('GET', place, undefined, token)).json()).toMatchObject({ client_id: id })
  const updated = await send('PUT', place, { ...REGISTRATION, client_id: id, client_name: 'More' }, token)
  expect(await updated.json()).toMatchObject({ client_name: 'More' })
  expect((await send('GET', place)).status).toBe(401)
  // Errors are the RFC's, and not the framework's.
  const malformed = await send('POST', '/connect/dcr', '{"redirect_uris":')
  expect([malformed.status, await malformed.json()]).toMatchObject([
    400,
    { error: 'invalid_client_metadata' },
  ])
  const refused = await send('POST', '/connect/dcr', { redirect_uris: ['https://a.example/#x'] })
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: 'invalid_redirect_uri' }])
  expect((await send('OPTIONS', '/connect/dcr')).headers.get('access-control-allow-methods')).toBe('POST')
  expect((await send('DELETE', place, undefined, token)).status).toBe(204)
  expect((await send('GET', place, undefined, token)).status).toBe(401)
  return id
}

async function live({ url, said }: ExampleServer): Promise<void> {
  const id = await liveOneLife((path, init) => fetch(url + path, init))
  // The program hears of every change.
  await expect.poll(said).toContain(`client.registered ${id}`)
  await expect.poll(said).toContain(`client.deleted ${id}`)
  const before = await fetch(url)
  expect([before.status, await before.text()]).toEqual([200, 'The server that was here before.'])
}

test.each(['node-http', 'express', 'fastify', 'hono'])(
  'a client lives its life in a server on %s',
  (name) => withExample('node', [`${EMBEDDED}/${name}.ts`, '0'], live),
  60_000,
)

/** What is not on this machine cannot be tried; `.ci/run` sees to it that it is there. */
const isHere = (command: string) => spawnSync(command, ['--version']).status === 0

test.skipIf(!isHere('bun'))(
  'a client lives its life in a server on Bun (skipped where bun is not installed)',
  () => withExample('bun', [`${EMBEDDED}/bun.ts`, '0'], live),
  60_000,
)

test.skipIf(!isHere('deno'))(
  'a client lives its life in a server on Deno (skipped where deno is not installed)',
  async () => {
    const parts = ['run', '--no-prompt', '--node-modules-dir=manual', '--allow-net', '--allow-env']
    await withExample('deno', [...parts, `${EMBEDDED}/deno.ts`, '0'], live)
  },
  60_000,
)

test('a client lives its life in the route handlers of Next.js, which take a Web request', async () => {
  const place = join(consumer.folder, EMBEDDED, 'next-route/route.ts')
  const route = (await import(place)) as Record<string, (request: Request) => Promise<Response>>
  await liveOneLife((path, init) => {
    const request = new Request(`http://localhost:3000${path}`, init)
    return route[request.method]!(request)
  })
})

test('each program is shorter than 40 lines, and its folder says what it shows', () => {
  for (const folder of PROGRAMS) {
    const files = readdirSync(join(EXAMPLES, folder), { recursive: true, encoding: 'utf8' })
    expect(files, folder).toContain('README.md')
    const readme = readFileSync(join(EXAMPLES, folder, 'README.md'), 'utf8')
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      expect(readFileSync(join(EXAMPLES, folder, file), 'utf8').split('\n').length, file).toBeLessThanOrEqual(
        40,
      )
      expect(readme, file).toContain(file)
    }
  }
})

describe('registration for an MCP server', () => {
  test('the MCP SDK finds it, registers, and is sent to sign in with the id that it got', async () => {
    await withExample('node', ['mcp-registration/main.ts', '0'], async ({ url }) => {
      let registered: OAuthClientInformationFull | undefined
      let sentTo: URL | undefined
      const provider: OAuthClientProvider = {
        redirectUrl: 'http://127.0.0.1:8765/callback',
        clientMetadata: {
          client_name: 'A tool',
          redirect_uris: ['http://127.0.0.1:8765/callback'],
          token_endpoint_auth_method: 'none',
        },
        clientInformation: () => registered,
        saveClientInformation(information) {
          registered = information as OAuthClientInformationFull
        },
        tokens: () => undefined,
        saveTokens() {},
        redirectToAuthorization(address) {
          sentTo = address
        },
        saveCodeVerifier() {},
        codeVerifier: () => '',
      }
      expect(await auth(provider, { serverUrl: `${url}/mcp` })).toBe('REDIRECT')
      expect(registered).toMatchObject({ client_name: 'A tool', token_endpoint_auth_method: 'none' })
      expect(sentTo?.searchParams.get('client_id')).toBe(registered!.client_id)
      expect(sentTo?.origin).toBe(url)
    })
  })
})

describe('registration for an existing oidc-provider', () => {
  test('grants an ordinary web client what the provider does, and it is sent to sign in', async () => {
    await withExample('node', ['existing-oidc-provider/main.ts', '0'], async ({ url }) => {
      const register = (more: object) =>
        fetch(`${url}/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ redirect_uris: ['https://notes.example.org/cb'], ...more }),
        })
      const device = 'urn:ietf:params:oauth:grant-type:device_code'
      for (const [more, granted] of [
        [{}, ['authorization_code']],
        [
          {
            grant_types: ['authorization_code', 'refresh_token', device],
            scope: 'openid offline_access notes',
          },
          ['authorization_code', 'refresh_token'],
        ],
      ] as const) {
        const answer = await register(more)
        const { client_id, grant_types } = (await answer.json()) as Record<string, string>
        expect([answer.status, grant_types]).toEqual([201, granted])
        const query = new URLSearchParams({
          client_id: client_id!,
          response_type: 'code',
          scope: 'openid',
          redirect_uri: 'https://notes.example.org/cb',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
        })
        const sent = await fetch(`${url}/auth?${query}`, { redirect: 'manual' })
        expect([sent.status, sent.headers.get('location')]).toEqual([
          303,
          expect.stringMatching(/\/interaction\//),
        ])
      }
      expect((await register({ id_token_signed_response_alg: 'ES256' })).status).toBe(400)
    })
  })

  test('a client that registers is found through discovery, and gets a token with its secret', async () => {
    await withExample('node', ['existing-oidc-provider/main.ts', '0'], async ({ url }) => {
      const config = await client.dynamicClientRegistration(
        new URL(url),
        { grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'notes' },
        undefined,
        { execute: [client.allowInsecureRequests] },
      )
      const token = await client.clientCredentialsGrant(config, { scope: 'notes' })
      expect(token.access_token).toBeTypeOf('string')
      const { client_id } = config.clientMetadata()
      const wrong = new client.Configuration(config.serverMetadata(), client_id, 'not the secret')
      client.allowInsecureRequests(wrong)
      await expect(client.clientCredentialsGrant(wrong)).rejects.toMatchObject({ error: 'invalid_client' })
    })
  })
})
