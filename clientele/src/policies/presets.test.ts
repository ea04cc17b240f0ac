import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import { judgeByPolicy } from '../registration/steps/judge-by-policy.ts'
import { checkPolicy } from './check-policy.ts'
import { compilePolicy, type PolicyContext } from './compile-policy.ts'
import type { Facts } from './policy.ts'
import { PRESETS } from './presets.ts'

const deps = { capabilities: BUILT_IN, fields: METADATA_FIELDS }
const context: PolicyContext = { ...deps, known: { own: new Map(), presets: PRESETS } }

const jwks = {
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
}

/** What a preset makes of a request, on create and on update alike. */
async function judge(name: string, body: JsonObject, operation: Facts['operation'] = 'register') {
  const parsed = parseClientMetadata(body)
  const facts = {
    operation,
    caller: { gate: 'open' },
    permissions: [],
    address: '192.0.2.1',
    claimed: parsed.metadata,
    requested: parsed.metadata,
    capabilities: BUILT_IN,
    now: 1_800_000_000,
  } satisfies Facts
  const policy = compilePolicy(PRESETS.get(name)!, context)
  const { draft, problems, decisions } = await judgeByPolicy(parsed, facts, policy, deps)
  return { granted: draft.metadata, reasons: problems.map(({ reason }) => reason), decisions }
}

const web = { redirect_uris: ['https://app.example/cb'], client_name: 'App' }
const software = { software_id: 'app', software_version: '1.0' }
const contacts = ['dev@app.example']

const granted: readonly [preset: string, why: string, body: JsonObject, got: JsonObject][] = [
  [
    'default',
    'gives RFC 7591 its defaults',
    web,
    { grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic' },
  ],
  [
    'machine',
    'a program that names nothing gets client credentials',
    { client_name: 'Job' },
    { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
  ],
  [
    'web-confidential',
    'a web application with a secret',
    web,
    { token_endpoint_auth_method: 'client_secret_basic', require_pkce: true },
  ],
  [
    'native-public',
    'a loopback redirect URI, and no secret though none was asked for',
    { redirect_uris: ['http://127.0.0.1/cb'] },
    { token_endpoint_auth_method: 'none', application_type: 'native', require_pkce: true },
  ],
  [
    'native-public',
    'a claimed https redirect URI is native too (RFC 8252 §7.2)',
    { redirect_uris: ['https://app.example/cb'] },
    { application_type: 'native' },
  ],
  [
    'native-public',
    'a reversed domain name (RFC 8252 §7.1)',
    { redirect_uris: ['com.example.app:/cb'] },
    { application_type: 'native' },
  ],
  [
    'mobile-install',
    'a copy with a secret of its own (RFC 8252 §8.4)',
    { ...software, redirect_uris: ['com.example.app:/cb'] },
    {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  [
    'fapi2',
    'a client with keys, pushed requests, DPoP and ES256',
    { ...web, jwks },
    {
      token_endpoint_auth_method: 'private_key_jwt',
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
      authorization_code_lifetime: 60,
      require_pkce: true,
    },
  ],
  [
    'fapi2',
    'a client for itself alone',
    { grant_types: ['client_credentials'], jwks },
    { dpop_bound_access_tokens: true, response_types: [] },
  ],
  [
    'fapi2',
    'refresh tokens that are not rotated',
    { ...web, jwks, grant_types: ['authorization_code', 'refresh_token'] },
    { refresh_token_usage: 'ReUse' },
  ],
  [
    'fapi2',
    'the algorithm that a client chose from its list, of those that the profile has',
    { ...web, jwks, id_token_signing_alg_values_supported: ['RS256', 'ES256'] },
    { id_token_signed_response_alg: 'ES256' },
  ],
  // reference: what the programs send
  [
    'mcp',
    'VS Code',
    {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    {
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      require_pkce: true,
    },
  ],
  [
    'mcp',
    'Cursor, which calls itself web and has a scheme without a period',
    {
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'web',
    },
    {
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
    },
  ],
  [
    'mcp',
    'Claude',
    {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    { token_endpoint_auth_method: 'client_secret_post' },
  ],
  [
    'mcp',
    'MCP Inspector, with an empty scope',
    {
      redirect_uris: ['http://localhost:6274/oauth/callback'],
      token_endpoint_auth_method: 'none',
      scope: '',
    },
    { scope: 'openid offline_access profile email' },
  ],
  [
    'mcp',
    'a Python SDK that names no method (it takes none or client_secret_post)',
    { redirect_uris: ['https://app.example/cb'] },
    {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  [
    'mcp',
    'a scheme that is not accepted goes, the rest stays',
    { redirect_uris: ['odd://x/cb', 'http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' },
    { redirect_uris: ['http://127.0.0.1/cb'] },
  ],
  [
    'airlock-like',
    'members that are not named do not count',
    { ...web, ...software, contacts, initiate_login_uri: 'https://app.example/login' },
    { initiate_login_uri: undefined as never, client_name: 'App' },
  ],
  [
    'airlock-like',
    'a bad value of an optional member goes',
    { ...web, ...software, contacts, client_name: '<App>', logo_uri: 'http://app.example/logo' },
    { client_name: undefined as never, logo_uri: undefined as never },
  ],
]

const refused: readonly [preset: string, why: string, body: JsonObject, reason: RegExp][] = [
  ['machine', 'another grant', { ...web, grant_types: ['authorization_code'] }, /^grant_types\./],
  [
    'machine',
    'a public client (RFC 6749 §4.4)',
    { token_endpoint_auth_method: 'none' },
    /^token_endpoint_auth_method\./,
  ],
  ['machine', 'redirect URIs', web, /^redirect_uris\./],
  [
    'web-confidential',
    'a public client',
    { ...web, token_endpoint_auth_method: 'none' },
    /^token_endpoint_auth_method\./,
  ],
  [
    'web-confidential',
    'a loopback redirect URI',
    { redirect_uris: ['http://127.0.0.1/cb'] },
    /^(redirect_uris|application_type)\./,
  ],
  [
    'web-confidential',
    'client credentials',
    { ...web, grant_types: ['client_credentials'] },
    /^(grant_types|redirect_uris)\./,
  ],
  [
    'native-public',
    'a secret (RFC 8252 §8.5)',
    { redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'client_secret_basic' },
    /^token_endpoint_auth_method\./,
  ],
  [
    'native-public',
    'a scheme without a period (RFC 8252 §8.4)',
    { redirect_uris: ['app://host/cb'] },
    /^redirect_uris\./,
  ],
  ['mobile-install', 'a copy of nameless software', { redirect_uris: ['com.example.app:/cb'] }, /^software_/],
  [
    'mobile-install',
    'a loopback redirect URI',
    { ...software, redirect_uris: ['http://127.0.0.1/cb'] },
    /^redirect_uris\./,
  ],
  [
    'mobile-install',
    'a public client',
    { ...software, redirect_uris: ['com.example.app:/cb'], token_endpoint_auth_method: 'none' },
    /^token_endpoint_auth_method\./,
  ],
  [
    'mcp',
    'no redirect URI that is accepted',
    { redirect_uris: ['odd://x/cb'], token_endpoint_auth_method: 'none' },
    /^redirect_uris\./,
  ],
  [
    'fapi2',
    'a secret (§5.3.2.1)',
    { ...web, token_endpoint_auth_method: 'client_secret_basic' },
    /^token_endpoint_auth_method\./,
  ],
  [
    'fapi2',
    'a public client (§5.3.2.1)',
    { ...web, token_endpoint_auth_method: 'none' },
    /^token_endpoint_auth_method\./,
  ],
  [
    'fapi2',
    'RS256 (§5.4.1)',
    { ...web, jwks, id_token_signed_response_alg: 'RS256' },
    /^id_token_signed_response_alg\./,
  ],
  [
    'fapi2',
    'RS256 for assertions (§5.4.1)',
    { ...web, jwks, token_endpoint_auth_signing_alg: 'RS256' },
    /^token_endpoint_auth_signing_alg\./,
  ],
  [
    'fapi2',
    'codes that live longer than a minute',
    { ...web, jwks, authorization_code_lifetime: 61 },
    /^authorization_code_lifetime\./,
  ],
  ['airlock-like', 'a mandatory member that is missing', { ...web, ...software }, /^contacts\./],
  [
    'airlock-like',
    'a mandatory member with a bad value',
    { ...web, ...software, contacts: ['<dev>'] },
    /^contacts\./,
  ],
  [
    'airlock-like',
    'software without a version',
    { ...web, contacts, software_id: 'app' },
    /^software_version\./,
  ],
]

describe('a preset', () => {
  it.each([...PRESETS.keys()])('%s has no fault, not even a warning', (name) => {
    expect(checkPolicy(PRESETS.get(name)!, context)).toEqual([])
  })

  it.each([...PRESETS.keys()])('%s grants and refuses something in the tables below', (name) => {
    expect(granted.some(([preset]) => preset === name)).toBe(true)
    expect(name === 'default' || refused.some(([preset]) => preset === name)).toBe(true)
  })

  describe.each(['register', 'update'] as const)('on %s', (operation) => {
    it.each(granted)('%s: %s', async (preset, _why, body, got) => {
      const judged = await judge(preset, body, operation)
      expect(judged.reasons).toEqual([])
      for (const [member, value] of Object.entries(got))
        expect([member, judged.granted[member]]).toEqual([member, value])
    })

    it.each(refused)('%s refuses %s', async (preset, _why, body, reason) => {
      const { reasons } = await judge(preset, body, operation)
      expect(reasons).toEqual(expect.arrayContaining([expect.stringMatching(reason)]))
    })
  })

  it('default decides nothing: what it grants is what the standard gives', async () => {
    const { decisions } = await judge('default', { ...web, scope: 'openid', contacts })
    expect(decisions).toEqual([])
  })
})
