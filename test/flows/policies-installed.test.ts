/** The presets for installed programs, from the registration to the tokens: `mobile-install` and `native-public` (RFC 8252). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEVICE_CODE } from '../../clientele/src/oauth/capabilities.ts'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { MCP_EDITORS } from '../fixtures/clients/mcp-editors.ts'
import { logIn, type Registered, tokenRequest } from '../harness/client-login.ts'
import { type RealServer, startRealServer } from '../harness/real-server.ts'

const APP = 'com.example.app:/oauth2redirect'
const COPY = {
  client_name: 'Example App',
  software_id: '4NRB1-0XZABZI9E6-5SM3R',
  software_version: '2.1.0',
  redirect_uris: [APP],
}

let [phones, programs] = [] as unknown as [RealServer, RealServer]
beforeAll(async () => {
  phones = await startRealServer({ policies: { default: 'mobile-install' } })
  programs = await startRealServer({ policies: { default: 'native-public' } })
})
afterAll(() => Promise.all([phones.close(), programs.close()]))

async function register(server: RealServer, body: JsonObject): Promise<Registered> {
  const response = await server.register(body)
  expect(response.status).toBe(201)
  return (await response.json()) as Registered
}

test('each installed copy registers itself, with credentials of its own, and logs in with them (RFC 8252 §8.4)', async () => {
  const copies = [await register(phones, COPY), await register(phones, COPY)]
  expect(new Set(copies.map(({ client_secret }) => client_secret)).size).toBe(2)
  expect(copies[0]).toMatchObject({ application_type: 'native', require_pkce: true, ...COPY })
  const login = { redirectUri: APP, scope: 'openid', pkce: true, refresh: true } as const
  const { tokens, refresh } = await logIn(phones, copies[0]!, { ...login, method: 'client_secret_basic' })
  expect(tokens.status).toBe(200)
  expect((await refresh(tokens.body.refresh_token!)).status).toBe(200)
})

test('a copy that updates itself goes on with a new registration access token; a restored backup of it does not (RFC 7592 §3)', async () => {
  const copy = await register(phones, COPY)
  const address = String(copy.registration_client_uri)
  const put = (token: unknown, version: string) =>
    fetch(address, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...COPY, client_id: copy.client_id, software_version: version }),
    })
  const updated = (await (await put(copy.registration_access_token, '2.1.1')).json()) as Registered
  expect((await put(updated.registration_access_token, '2.1.2')).status).toBe(200)
  expect((await put(copy.registration_access_token, '2.1.0')).status).toBe(401)
})

test('an installed program without a redirect URI connects by device code (RFC 8628 §1)', async () => {
  const client = await register(programs, {
    client_name: 'TV',
    grant_types: [DEVICE_CODE, 'refresh_token'],
    token_endpoint_auth_method: 'none',
  })
  expect(client).toMatchObject({ redirect_uris: [], grant_types: [DEVICE_CODE, 'refresh_token'] })
  const body = new URLSearchParams({ client_id: client.client_id, scope: 'openid' })
  const asked = await fetch(programs.metadata.device_authorization_endpoint!, { method: 'POST', body })
  const { device_code, user_code, verification_uri } = (await asked.json()) as Record<string, string>
  expect(await programs.person().connectDevice(verification_uri!, user_code!)).toBe('Device connected')
  const parameters = { grant_type: DEVICE_CODE, device_code: device_code! }
  const tokens = await tokenRequest(programs, client, { method: 'none' }, parameters)
  expect(tokens.body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
})

test('VS Code keeps all of its grants', async () => {
  const [code] = MCP_EDITORS.filter(({ name }) => name === 'VS Code')
  const client = await register(programs, code!.sends.body as JsonObject)
  expect(client.grant_types).toEqual(code!.gets.members.grant_types)
})
