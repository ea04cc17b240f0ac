import { describe, expect, it } from 'vitest'
import type { Connector } from '../../../clientele/src/connectors/connector.ts'
import { keycloakConnector } from '../../../clientele/src/connectors/keycloak.ts'
import { oryHydraConnector } from '../../../clientele/src/connectors/ory-hydra.ts'
import { systemClock } from '../../../clientele/src/runtime/clock.ts'
import { createOutboundFetch } from '../../../clientele/src/runtime/outbound-fetch.ts'
import {
  describeConnector,
  sampleConnectedClient,
} from '../../../clientele/src/testing/connector-contract.ts'
import { startStandInHydra } from '../../harness/stand-in-hydra.ts'
import { startStandInKeycloak } from '../../harness/stand-in-keycloak.ts'

/**
 * The connectors against servers of ours that speak the documented contract of the other product strictly. They are stand-ins:
 * what the products do beyond their documents is not seen here.
 */

const functions = { describe, it, expect }
const send = createOutboundFetch({ allowPrivate: true, maxBytes: 8_388_608 })
const REALM = { realm: 'a realm', clientId: 'clientele', clientSecret: 'the secret: of ours' }
const SECRET = { clientSecret: 'a secret of many characters' }
const REGISTRY = 'https://register.example'
const BASE = ['acr', 'basic', 'roles', 'web-origins']

async function makeHydra() {
  const server = await startStandInHydra('the token')
  const options = { name: 'hydra', url: `${server.url}/`, token: 'the token' }
  const of = (registry: string) => oryHydraConnector({ ...options, registry }, send)
  return { server, connector: of(REGISTRY), of }
}

async function makeKeycloak(clock = systemClock) {
  const server = await startStandInKeycloak(REALM)
  const options = { name: 'keycloak', url: server.url, baseScopes: BASE, ...REALM }
  const of = (registry: string) => keycloakConnector({ ...options, registry }, { send, clock })
  return { server, connector: of(REGISTRY), of }
}

async function listed({ list }: Connector) {
  const ids: string[] = []
  for await (const id of list()) ids.push(id)
  return ids
}

describeConnector(
  'the connector for Ory Hydra',
  async () => {
    const { server, connector } = await makeHydra()
    return {
      connector,
      async find(id) {
        const client = server.clients.get(id)
        return (
          client && {
            redirectUris: client.redirect_uris as string[],
            secret: client.client_secret as string,
            ...(client.client_name === undefined ? {} : { name: client.client_name as string }),
          }
        )
      },
      async addForeign(id) {
        server.add({ client_id: id, redirect_uris: ['https://theirs.example/'] })
      },
      turn: (state) => {
        server.state = state
      },
      many: 251,
      refused: [
        { token_endpoint_auth_method: 'client_secret_jwt' },
        { token_endpoint_auth_method: 'tls_client_auth' },
        { dpop_bound_access_tokens: true },
        { require_pushed_authorization_requests: true },
        { require_signed_request_object: true },
        { userinfo_signed_response_alg: 'ES256' },
        { id_token_encrypted_response_alg: 'RSA-OAEP' },
        { grant_types: ['urn:openid:params:grant-type:ciba'] },
        { scope: 'openid admin:*' },
        // The other server's own word, in its answer.
        { post_logout_redirect_uris: ['https://elsewhere.example/'] },
      ],
      close: server.close,
    }
  },
  functions,
)

describeConnector(
  'the connector for Keycloak',
  async () => {
    const { server, connector } = await makeKeycloak()
    return {
      connector,
      async find(id) {
        const client = server.find(id)?.representation
        return (
          client && {
            redirectUris: client.redirectUris as string[],
            ...(client.secret === undefined ? {} : { secret: client.secret as string }),
            ...(client.name === undefined ? {} : { name: client.name as string }),
          }
        )
      },
      addForeign: async (id) => server.add(id),
      turn: (state) => {
        server.state = state
      },
      many: 101,
      refused: [
        { redirect_uris: ['https://client.example/*'] },
        { redirect_uris: ['https://client.example/cb', 'https://client.example/a*b'] },
        { post_logout_redirect_uris: ['https://client.example/*'] },
        { token_endpoint_auth_method: 'tls_client_auth' },
        { subject_type: 'pairwise' },
        { response_types: ['code id_token'] },
        { grant_types: ['password'] },
        { introspection_signed_response_alg: 'ES256' },
        // What its database has no room for: it would answer 500 for ever.
        { client_name: 'x'.repeat(256) },
        { client_uri: `https://client.example/${'x'.repeat(256)}` },
        { redirect_uris: [`https://client.example/${'x'.repeat(256)}`] },
      ],
      close: server.close,
    }
  },
  functions,
)

describe('a client in Ory Hydra', () => {
  it('without a scope has none, and not the default ones of the server', async () => {
    const { server, connector } = await makeHydra()
    await connector.upsert(sampleConnectedClient('c', { scope: '' }), SECRET)
    expect(server.clients.get('c')!.scope).toBe('clientele:none')
    await server.close()
  })

  it('has its keys, its lifetimes, and its owner', async () => {
    const { server, connector } = await makeHydra()
    const metadata = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [] },
      access_token_lifetime: 300,
      identity_token_lifetime: 60,
    }
    await connector.upsert(sampleConnectedClient('c', metadata), {})
    expect(server.clients.get('c')).toMatchObject({
      jwks: { keys: [] },
      authorization_code_grant_access_token_lifespan: '300s',
      refresh_token_grant_id_token_lifespan: '60s',
      client_credentials_grant_access_token_lifespan: '300s',
      owner: 'clientele/hydra/https://register.example',
      metadata: { clientele_revision: 1 },
      skip_consent: false,
    })
    await server.close()
  })
})

describe('a client in Keycloak', () => {
  it('is public, confidential, a service or a device as it is registered', async () => {
    const { server, connector } = await makeKeycloak()
    const seen = async (metadata: object, credentials = {}) => {
      await connector.upsert(sampleConnectedClient('c', metadata), credentials)
      return server.find('c')!.representation
    }
    const publicClient = await seen({ token_endpoint_auth_method: 'none' })
    expect(publicClient).toMatchObject({
      publicClient: true,
      serviceAccountsEnabled: false,
      standardFlowEnabled: true,
    })
    expect(publicClient.attributes).toMatchObject({
      'pkce.code.challenge.method': 'S256',
      'use.refresh.tokens': 'true',
    })
    const service = await seen(
      { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
      SECRET,
    )
    expect(service).toMatchObject({
      publicClient: false,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
    })
    // An attribute that is not registered any more is gone, although a PUT merges.
    expect(service.attributes).not.toHaveProperty('pkce.code.challenge.method')
    expect(service.attributes).toMatchObject({
      'use.refresh.tokens': 'false',
      'post.logout.redirect.uris': '-',
    })
    const device = await seen({
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
      response_types: [],
    })
    expect(device.attributes?.['oauth2.device.authorization.grant.enabled']).toBe('true')
    const keys = await seen({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://client.example/jwks',
      post_logout_redirect_uris: ['https://client.example/a', 'https://client.example/b'],
    })
    expect(keys.clientAuthenticatorType).toBe('client-jwt')
    expect(keys.attributes).toMatchObject({
      'use.jwks.url': 'true',
      'jwks.url': 'https://client.example/jwks',
      'post.logout.redirect.uris': 'https://client.example/a##https://client.example/b',
    })
    await server.close()
  })

  it('has the scopes that are registered and no default ones of the realm, after every change', async () => {
    const { server, connector } = await makeKeycloak()
    const scopes = async (scope: string) => {
      await connector.upsert(sampleConnectedClient('c', { scope }), SECRET)
      const { defaultScopes, optionalScopes } = server.find('c')!
      return [[...defaultScopes].sort(), [...optionalScopes].sort()]
    }
    expect(await scopes('openid email unheard-of')).toEqual([BASE, ['email']])
    expect(await scopes('openid phone offline_access')).toEqual([BASE, ['offline_access', 'phone']])
    expect(await scopes('')).toEqual([BASE, []])
    await server.close()
  })

  it('a token that was withdrawn before its end is replaced, once', async () => {
    const { server, connector } = await makeKeycloak()
    await connector.upsert(sampleConnectedClient('c'), SECRET)
    server.endTokens()
    await connector.upsert(sampleConnectedClient('d'), SECRET)
    expect(server.find('d')).toBeDefined()
    expect(server.tokens()).toBe(2)
    await server.close()
  })

  it('one token serves until it is about to end', async () => {
    let now = 1_000_000
    const { server, connector } = await makeKeycloak({ milliseconds: () => now })
    await connector.upsert(sampleConnectedClient('c'), SECRET)
    now += 29_000
    await connector.upsert(sampleConnectedClient('d'), SECRET)
    expect(server.tokens()).toBe(1)
    now += 2_000
    server.endTokens()
    await connector.upsert(sampleConnectedClient('e'), SECRET)
    expect(server.tokens()).toBe(2)
    await server.close()
  })
})

describe.each([
  ['Ory Hydra', makeHydra],
  ['Keycloak', makeKeycloak],
])('two registries with connectors of one name at one %s', (_product, make) => {
  it('neither sees, takes over nor removes the clients of the other', async () => {
    const { server, connector, of } = await make()
    const other = of('https://elsewhere.example')
    await connector.upsert(sampleConnectedClient('c'), SECRET)
    expect(await listed(other)).toEqual([])
    await other.remove('c')
    await expect(other.upsert(sampleConnectedClient('c'), SECRET)).rejects.toThrow('from elsewhere')
    expect(await listed(connector)).toEqual(['c'])
    await server.close()
  })
})

describe('what the other server says about a failure', () => {
  const refuse = (status: number, body: object) =>
    oryHydraConnector(
      { name: 'h', registry: REGISTRY, url: 'http://hydra.example' },
      async (_url, { method } = {}) =>
        method === 'GET' ? new Response(null, { status: 404 }) : Response.json(body, { status }),
    ).upsert(sampleConnectedClient('c'), SECRET)

  it('is told by its error members, and by nothing else of its answer, which may echo the secret', async () => {
    const echo = { error: 'invalid_request', error_description: 'no', request: SECRET.clientSecret }
    for (const status of [400, 409, 500])
      await expect(refuse(status, echo)).rejects.toThrow(
        new RegExp(`^the other server answered POST /admin/clients with ${status}: invalid_request: no$`),
      )
    const loud = { error: 'bad', error_description: `bad: {"client_secret":"${SECRET.clientSecret}"}` }
    await expect(refuse(500, loud)).rejects.toThrow(/with 500$/)
  })
})
