import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { checkPolicy } from '../../clientele/src/policies/check-policy.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { createPolicyContext } from '../../clientele/src/server/load-policies.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'
import { type GatesServer, startGatesServer } from './gates-server.ts'

/**
 * The configuration page of Airlock IAM as one policy file, over real HTTP: each of its lines acts, at a creation and at an
 * update, and without the line the same request gets something else.
 */
const FOLDER = join(import.meta.dirname, '../../examples/policies')
const FILE = join(FOLDER, 'airlock-page.toml')
const POLICY = { name: 'airlock-page', ...(parse(readFileSync(FILE, 'utf8')) as PolicyDefinition) }
const SECTIONS = {
  registration: { anonymous: true },
  scopes: { supported: ['openid', 'orders:read', 'admin'], default: ['openid'] },
}

/** What the page lets through as it is. */
const GOOD = {
  redirect_uris: ['https://client.example/cb'],
  contacts: ['ops@client.example'],
  software_id: 'notes',
  software_version: '1.0',
  client_uri: 'https://client.example/',
}
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials']
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/

interface Line {
  readonly it: string
  readonly asked: JsonObject
  /** Reasons, or members of the answer. */
  readonly seen: readonly string[] | Readonly<Record<string, unknown>>
  /** What comes into being once, at the creation, is not made again at an update. */
  readonly atCreation?: true
}
const page = (member: string, on_bad: boolean): Readonly<Record<string, Line>> => ({
  [`uris.${member}.pattern`]: {
    it: on_bad ? 'a bad one is left out' : 'a bad one is refused',
    asked: { ...GOOD, [member]: 'https://client.example/?x=y' },
    seen: on_bad ? { [member]: undefined } : [`${member}.pattern`],
  },
  ...(on_bad
    ? {
        [`uris.${member}.on_bad`]: {
          it: 'the client is registered without it',
          asked: { ...GOOD, [member]: 'http://client.example/' },
          seen: { [member]: undefined, client_uri: GOOD.client_uri },
        },
      }
    : {}),
})

const LINES: Readonly<Record<string, Line>> = {
  'members.allow': {
    it: 'an attribute without a processor is ignored',
    asked: { ...GOOD, organization_name: 'Notes Ltd' },
    seen: { organization_name: undefined },
  },
  'credentials.client_id.generator': {
    it: 'client ids are random UUIDs',
    asked: GOOD,
    seen: { client_id: expect.stringMatching(UUID_V4) },
    atCreation: true,
  },
  'credentials.client_secret.length': {
    it: 'client secrets have 32 random characters',
    asked: GOOD,
    seen: { client_secret: expect.stringMatching(/^[0-9A-Za-z]{32}$/) },
    atCreation: true,
  },
  'grant_types.allowed': {
    it: 'a grant that is not among the supported ones is not registered',
    asked: { ...GOOD, grant_types: [...GRANTS, DEVICE] },
    seen: { grant_types: GRANTS },
  },
  'grant_types.requires': {
    it: 'refreshing is for the authorization code grant',
    // Another server-wide rule would refuse the two together, were it not for the policy.
    asked: { ...GOOD, grant_types: ['refresh_token'] },
    seen: ['grant_types.nothing_left'],
  },
  'member.client_name.pattern': {
    it: 'a bad name is not registered',
    asked: { ...GOOD, client_name: '<b>' },
    seen: { client_name: 'DCR OAuth 2.0 Client' },
  },
  'member.client_name.on_bad': {
    it: 'a bad name is no reason to refuse the client',
    asked: { ...GOOD, client_name: 'Nötes' },
    seen: { client_name: 'DCR OAuth 2.0 Client' },
  },
  'member.client_name.default': {
    it: 'a client without a name is shown by that of all',
    asked: GOOD,
    seen: { client_name: 'DCR OAuth 2.0 Client' },
  },
  'member.contacts.pattern': {
    it: 'a bad contact is refused, because they are mandatory',
    asked: { ...GOOD, contacts: ['ops@client.example', '<b>'] },
    seen: ['contacts.pattern'],
  },
  'member.contacts.required': {
    it: 'a client without contacts is refused',
    asked: { ...GOOD, contacts: [] },
    seen: ['contacts.required'],
  },
  'scope.patterns': {
    it: 'scopes that do not match are left out',
    asked: { ...GOOD, scope: 'openid admin orders:read' },
    seen: { scope: 'openid orders:read' },
  },
  'software.id_pattern': {
    it: 'a bad software id is refused',
    asked: { ...GOOD, software_id: 'my notes' },
    seen: ['software_id.pattern'],
  },
  'software.version_pattern': {
    it: 'a bad software version is refused',
    asked: { ...GOOD, software_version: '1.0 beta' },
    seen: ['software_version.pattern'],
  },
  'software.required': {
    it: 'both are mandatory',
    asked: { ...GOOD, software_version: '' },
    seen: ['software_version.required'],
  },
  'token_endpoint_auth_methods.allowed': {
    it: 'another method is refused',
    asked: { ...GOOD, token_endpoint_auth_method: 'client_secret_jwt' },
    seen: ['token_endpoint_auth_method.allowed'],
  },
  ...page('client_uri', false),
  'uris.client_uri.required': {
    it: 'the page of the client is mandatory',
    asked: { ...GOOD, client_uri: '' },
    seen: ['client_uri.required'],
  },
  ...page('logo_uri', true),
  ...page('policy_uri', true),
  ...page('tos_uri', true),
}

it('every line of the page has a test, and there are no others', () => {
  const { name: _, ...tables } = POLICY
  expect(Object.keys(LINES).sort()).toEqual([...linesOf(tables)].sort())
})

it('the file has no fault, not even a warning', () => {
  expect(checkPolicy(POLICY, createPolicyContext(parseConfig(SECTIONS)))).toEqual([])
})

let server: GatesServer
beforeAll(async () => {
  // As an operator does it: the folder, and the name.
  server = await startGatesServer({ ...SECTIONS, policies: { folder: FOLDER, default: 'airlock-page' } })
})
afterAll(() => server.close())

it('what the page lets through is registered and returned as it was sent', async () => {
  const whole = {
    ...GOOD,
    client_name: 'Notes 2',
    grant_types: GRANTS,
    scope: 'openid orders:read',
    token_endpoint_auth_method: 'client_secret_post',
    logo_uri: 'https://client.example/logo.png',
    policy_uri: 'https://client.example/policy',
    tos_uri: 'https://client.example/tos',
  }
  const client = await server.register(whole)
  expect([client.status, client.body]).toMatchObject([201, whole])
  expect(client.body).not.toHaveProperty('metadata_changes')
})

describe.each(Object.entries(LINES))('%s', (key, line) => {
  it(`${line.it}, at a creation (RFC 7591 §3)`, async () => {
    expect(see(line, await server.register(line.asked))).toEqual(line.seen)
  })

  it('without the line something else is so', async () => {
    const policy = [without(POLICY, key)]
    const other = await startGatesServer({ ...SECTIONS, policies: { policy, default: 'airlock-page' } })
    try {
      expect(see(line, await other.register(line.asked))).not.toEqual(line.seen)
    } finally {
      await other.close()
    }
  })

  it(line.atCreation ? 'an update leaves it' : `${line.it}, at an update (RFC 7592 §2.2)`, async () => {
    const client = await server.register(GOOD)
    const updated = await server.manage('PUT', client, { body: line.asked })
    expect(see(line, updated)).toEqual(line.seen)
    if (line.atCreation) expect(updated.body).toMatchObject({ client_id: client.body.client_id })
  })
})

it('a drop is reported, which a page that drops in silence does not', async () => {
  const { body } = await readAnswer(
    await fetch(`${server.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...GOOD, logo_uri: 'http://client.example/' }),
    }),
  )
  expect(body.metadata_changes).toContainEqual({
    member: 'logo_uri',
    effect: 'dropped',
    because: 'is not of the form that this server accepts',
  })
})

function see({ seen }: Line, { body }: Answer): unknown {
  if (!Array.isArray(seen))
    return Object.fromEntries(Object.keys(seen).map((member) => [member, body[member]]))
  const problems = (body.problems ?? []) as readonly { readonly reason: string }[]
  return problems.map(({ reason }) => reason)
}

/** The keys of a file, each with the tables that it stands in. */
function linesOf(table: object, path = ''): readonly string[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const here = path === '' ? key : `${path}.${key}`
    const isTable = typeof value === 'object' && !Array.isArray(value) && key !== 'requires'
    return isTable ? linesOf(value, here) : [here]
  })
}

function without(policy: PolicyDefinition, key: string): PolicyDefinition {
  const copy = structuredClone(policy)
  const path = key.split('.')
  const table = path.slice(0, -1).reduce((each, part) => each[part] as never, copy as Record<string, never>)
  delete table[path.at(-1)!]
  return copy
}
