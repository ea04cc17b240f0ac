/** The MCP TypeScript SDK, on which most MCP hosts stand, with a protected MCP server that names ours. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  auth,
  discoverAuthorizationServerMetadata,
  refreshAuthorization,
  registerClient,
} from '@modelcontextprotocol/sdk/client/auth.js'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RealServer } from '../harness/real-server.ts'
import { libraryVersion } from './library-version.ts'
import { McpHost } from './mcp-host.ts'
import { startSeparateServer } from './separate-server.ts'

let server: RealServer
let resource: Server
let mcpUrl: string

beforeAll(async () => {
  server = await startSeparateServer()
  // All that an MCP server shows to an OAuth client: its protected resource metadata (RFC 9728 §3).
  resource = createServer((request, response) => {
    if (request.url !== '/.well-known/oauth-protected-resource/mcp') return response.writeHead(404).end()
    const metadata = { resource: mcpUrl, authorization_servers: [server.issuer] }
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
  })
  await new Promise<void>((resolve) => resource.listen(0, '127.0.0.1', resolve))
  mcpUrl = `http://127.0.0.1:${(resource.address() as AddressInfo).port}/mcp`
})
afterAll(async () => {
  resource?.closeAllConnections()
  resource?.close()
  await server.close()
})

const HOST = {
  client_name: 'A host program',
  redirect_uris: ['http://127.0.0.1:33418/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
}

/** From nothing to tokens, as a host does it: `auth` sends the end-user away, and is called again with the code. */
async function connect(host: McpHost): Promise<void> {
  expect(await auth(host, { serverUrl: mcpUrl })).toBe('REDIRECT')
  const { answer } = await server.person().authorize(host.sentTo!.href)
  expect(answer.get('state')).toBe('state-of-the-host')
  expect(await auth(host, { serverUrl: mcpUrl, authorizationCode: answer.get('code')! })).toBe('AUTHORIZED')
}

async function deleteRegistration(
  client: { readonly client_id: string },
  registrationAccessToken: string,
): Promise<void> {
  const authorization = `Bearer ${registrationAccessToken}`
  const response = await fetch(`${server.issuer}/register/${client.client_id}`, {
    method: 'DELETE',
    headers: { authorization },
  })
  expect(response.status).toBe(204)
}

describe(libraryVersion('@modelcontextprotocol/sdk'), () => {
  test('discovers the authorization server (RFC 8414 §3)', async () => {
    const metadata = await discoverAuthorizationServerMetadata(server.issuer)
    expect(metadata).toMatchObject({
      issuer: server.issuer,
      registration_endpoint: `${server.issuer}/register`,
    })
    expect(metadata!.code_challenge_methods_supported).toContain('S256')
  })

  test.each(['none', 'client_secret_post', 'client_secret_basic', undefined])(
    'registers with method %s and accepts the answer (RFC 7591 §3.2.1)',
    async (method) => {
      const metadata = await discoverAuthorizationServerMetadata(server.issuer)
      const clientMetadata = { ...HOST, ...(method ? { token_endpoint_auth_method: method } : {}) }
      const client = await registerClient(server.issuer, { metadata: metadata!, clientMetadata })
      expect(client.redirect_uris).toEqual(HOST.redirect_uris)
      expect(client.token_endpoint_auth_method).toBe(method ?? 'client_secret_basic')
      expect(client.client_secret === undefined).toBe(method === 'none')
    },
  )

  test.each(['none', 'client_secret_post', 'client_secret_basic', undefined])(
    'drives the whole flow with method %s, for the resource that it found (RFC 8707 §2)',
    async (method) => {
      const host = new McpHost({ ...HOST, ...(method ? { token_endpoint_auth_method: method } : {}) })
      await connect(host)
      expect(host.sentTo!.searchParams.get('resource')).toBe(mcpUrl)
      const keys = createRemoteJWKSet(new URL(server.metadata.jwks_uri!))
      const { payload } = await jwtVerify(host.tokens()!.access_token, keys, {
        issuer: server.issuer,
        audience: mcpUrl,
      })
      expect(payload.client_id).toBe(host.clientInformation()!.client_id)

      const first = host.tokens()!
      expect(await auth(host, { serverUrl: mcpUrl })).toBe('AUTHORIZED')
      expect(host.tokens()!.access_token).not.toBe(first.access_token)
      expect(host.registrations).toHaveLength(1)
    },
  )

  test('asks for offline_access with the scopes that it is told, and gets them', async () => {
    const host = new McpHost({ ...HOST, token_endpoint_auth_method: 'none' })
    const scope = 'openid profile offline_access'
    expect(await auth(host, { serverUrl: mcpUrl, scope })).toBe('REDIRECT')
    expect(host.sentTo!.searchParams.get('prompt')).toBe('consent')
    const { answer } = await server.person().authorize(host.sentTo!.href)
    await auth(host, { serverUrl: mcpUrl, authorizationCode: answer.get('code')! })
    expect(host.tokens()!.scope!.split(' ').sort()).toEqual(['offline_access', 'openid', 'profile'])
  })

  test('keeps its session when two of its requests refresh at once', async () => {
    const host = new McpHost({ ...HOST, token_endpoint_auth_method: 'none' })
    await connect(host)
    const clientInformation = host.clientInformation()!
    const metadata = (await discoverAuthorizationServerMetadata(server.issuer))!
    const refresh = (refreshToken: string) =>
      refreshAuthorization(server.issuer, {
        metadata,
        clientInformation,
        refreshToken,
        resource: new URL(mcpUrl),
      })
    const used = host.tokens()!.refresh_token!
    const [one, other] = await Promise.all([refresh(used), refresh(used)])
    expect(one.refresh_token).toBe(other.refresh_token)
    expect((await refresh(one.refresh_token!)).access_token).toBeTypeOf('string')
  })

  test('registers again when its registration is gone, and can then log in (RFC 6749 §5.2 invalid_client)', async () => {
    const host = new McpHost({ ...HOST, token_endpoint_auth_method: 'none' })
    const response = await server.register({ ...HOST, token_endpoint_auth_method: 'none' })
    const lost = (await response.json()) as { client_id: string; registration_access_token: string }
    // The registration of an earlier run, with tokens that are due for a refresh.
    host.saveClientInformation({ client_id: lost.client_id, issuer: server.issuer })
    host.saveTokens({
      access_token: 'x',
      token_type: 'Bearer',
      refresh_token: 'cl_rt_x',
      issuer: server.issuer,
    })
    await deleteRegistration(lost, lost.registration_access_token)

    await connect(host)
    expect(host.registrations).toHaveLength(2)
    expect(host.clientInformation()!.client_id).not.toBe(lost.client_id)
    expect(host.tokens()!.access_token).not.toBe('x')
  })

  test('gets a token for a program without a user, by client credentials (RFC 6749 §4.4)', async () => {
    const host = new McpHost({
      client_name: 'A nightly job',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    host.prepareTokenRequest = () => new URLSearchParams({ grant_type: 'client_credentials' })
    expect(await auth(host, { serverUrl: mcpUrl })).toBe('AUTHORIZED')
    const keys = createRemoteJWKSet(new URL(server.metadata.jwks_uri!))
    const { payload } = await jwtVerify(host.tokens()!.access_token, keys, { audience: mcpUrl })
    expect(payload.client_id).toBe(host.clientInformation()!.client_id)
    expect(payload.sub).toBe(payload.client_id)
  })
})
