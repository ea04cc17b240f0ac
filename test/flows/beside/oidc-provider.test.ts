import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRegistryReader } from '../../../clientele/src/registry.ts'
import { sha256 } from '../../../clientele/src/runtime/cryptography.ts'
import { type ForeignProvider, startForeignProvider } from '../../harness/foreign-provider.ts'
import { type GatesServer, startGatesServer } from '../gates-server.ts'
import { Visitor } from '../sign-in-visitor.ts'

/** Clients register here and are served by an oidc-provider that is somebody else's. */

const REDIRECT_URI = 'https://rp.example.org/cb'
const CODE = {
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid email',
}
let clientele: GatesServer
let foreign: ForeignProvider

beforeAll(async () => {
  clientele = await startGatesServer({
    registration: { anonymous: true },
    scopes: { supported: ['openid', 'offline_access', 'email', 'profile'], default: [] },
  })
  const { key } = await clientele.operator.createApiKey({
    permissions: ['registry-read'],
    expiresInSeconds: null,
  })
  const registry = createRegistryReader({ url: clientele.url, apiKey: key, maxStaleMilliseconds: 0 })
  foreign = await startForeignProvider(registry, `${clientele.url}/register`, { alsoTheirClients: true })
})
afterAll(async () => {
  await foreign?.close()
  await clientele?.close()
})

const execute = [oidc.allowInsecureRequests]

/** Registers where the discovery document of the other server says: here. */
function registerClient(metadata: Partial<oidc.ClientMetadata>, authentication?: oidc.ClientAuth) {
  return oidc.dynamicClientRegistration(new URL(foreign.issuer), metadata, authentication, { execute })
}

async function logIn(config: oidc.Configuration, parameters: Record<string, string> = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    ...parameters,
  })
  const page = await new Visitor(foreign.issuer).open(url.href)
  if (page.left === undefined) throw new Error(`the journey ended on a page (${page.status})`)
  return oidc.authorizationCodeGrant(config, page.left, { pkceCodeVerifier, expectedState })
}

/** A client as the registry's management sees it. */
function registered(config: oidc.Configuration) {
  return { body: config.clientMetadata() } as never
}

describe('an oidc-provider that is not ours, with our adapter', () => {
  it.each([
    ['client_secret_basic', () => oidc.ClientSecretBasic()],
    ['client_secret_post', () => oidc.ClientSecretPost()],
    ['none', () => oidc.None()],
  ])('lets a client in that registered here, with %s', async (method, authentication) => {
    const config = await registerClient({ ...CODE, token_endpoint_auth_method: method }, authentication())
    const tokens = await logIn(config)
    expect(tokens.claims()).toMatchObject({
      iss: foreign.issuer,
      sub: 'ada',
      aud: config.clientMetadata().client_id,
    })
    // What is kept is theirs, and no client is.
    const models = new Set([...foreign.kept.keys()].map((key) => key.split(':')[0]))
    expect([...models]).toEqual(expect.arrayContaining(['AccessToken', 'Grant', 'Session']))
    expect(models.has('Client')).toBe(false)
  })

  it('gives a service its token, and refuses a secret that is wrong, of another client, or the hash', async () => {
    const service = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'email',
    }
    const config = await registerClient(service)
    const { client_id, client_secret } = config.clientMetadata() as Record<string, string>
    const tokens = await oidc.clientCredentialsGrant(config)
    expect(tokens.access_token).toBeTruthy()
    const other = (await registerClient(service)).clientMetadata().client_secret as string
    for (const wrong of ['x', `${client_secret}x`, other, ' ', sha256(client_secret!)]) {
      const bad = await oidc.discovery(new URL(foreign.issuer), client_id!, wrong, undefined, { execute })
      await expect(oidc.clientCredentialsGrant(bad)).rejects.toMatchObject({ error: 'invalid_client' })
    }
  })

  it('obeys a change and a deletion at the next request', async () => {
    const config = await registerClient(CODE)
    await logIn(config)
    const client = config.clientMetadata() as Record<string, string>
    const body = { ...CODE, redirect_uris: ['https://rp.example.org/new'] }
    expect((await clientele.manage('PUT', registered(config), { body })).status).toBe(200)
    await expect(logIn(config)).rejects.toThrow('(400)')
    await logIn(config, { redirect_uri: 'https://rp.example.org/new' })
    expect((await clientele.manage('DELETE', registered(config))).status).toBe(204)
    await expect(logIn(config, { redirect_uri: 'https://rp.example.org/new' })).rejects.toThrow('(400)')
    const gone = await oidc.discovery(
      new URL(foreign.issuer),
      client.client_id!,
      client.client_secret,
      undefined,
      { execute },
    )
    await expect(oidc.clientCredentialsGrant(gone)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('holds a client to its scope, also one that has none', async () => {
    const narrow = await registerClient({ ...CODE, scope: 'openid' })
    await expect(logIn(narrow)).rejects.toMatchObject({ error: 'invalid_scope' })
    expect((await logIn(narrow, { scope: 'openid' })).scope).toBe('openid')
    const { scope: _, ...bare } = CODE
    const none = await registerClient(bare)
    expect(none.clientMetadata().scope ?? '').toBe('')
    await expect(logIn(none, { scope: 'openid' })).rejects.toMatchObject({ error: 'invalid_scope' })
  })

  it('takes a secret where the client said it would send it, and of one that named no method in either place', async () => {
    const service = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'email',
    }
    const places = { client_secret_basic: oidc.ClientSecretBasic, client_secret_post: oidc.ClientSecretPost }
    const taken = async (config: oidc.Configuration) => {
      const { client_id, client_secret } = config.clientMetadata() as Record<string, string>
      const methods: string[] = []
      for (const [method, place] of Object.entries(places)) {
        const other = new oidc.Configuration(
          config.serverMetadata(),
          client_id!,
          undefined,
          place(client_secret),
        )
        oidc.allowInsecureRequests(other)
        const status = await oidc.clientCredentialsGrant(other).then(
          () => 200,
          (error) => error.status,
        )
        expect([200, 401]).toContain(status)
        if (status === 200) methods.push(method)
      }
      return methods
    }
    for (const method of Object.keys(places))
      expect(await taken(await registerClient({ ...service, token_endpoint_auth_method: method }))).toEqual([
        method,
      ])
    expect(await taken(await registerClient(service))).toEqual(Object.keys(places))
  })

  it('asks a client that registered require_pkce for a code challenge, and one that did not as the host does', async () => {
    const query = (clientId: unknown) =>
      `${foreign.issuer}/auth?${new URLSearchParams({
        client_id: String(clientId),
        response_type: 'code',
        scope: 'openid',
        redirect_uri: REDIRECT_URI,
      })}`
    const bound = await registerClient({ ...CODE, require_pkce: true })
    expect(bound.clientMetadata().require_pkce).toBe(true)
    await logIn(bound)
    const answer = await fetch(query(bound.clientMetadata().client_id), { redirect: 'manual' })
    const left = new URL(answer.headers.get('location')!)
    expect(left.origin + left.pathname).toBe(REDIRECT_URI)
    expect(left.searchParams.get('error')).toBe('invalid_request')
    expect(left.searchParams.get('error_description')).toContain('code_challenge')
    const free = await registerClient(CODE)
    const other = await fetch(query(free.clientMetadata().client_id), { redirect: 'manual' })
    expect(other.headers.get('location')).toContain('/interaction/')
  })

  it('gives tokens no longer a life than is registered', async () => {
    const lifetimes = {
      access_token_lifetime: 60,
      identity_token_lifetime: 90,
      authorization_code_lifetime: 20,
    }
    const tokens = await logIn(await registerClient({ ...CODE, ...lifetimes }))
    expect(tokens.expires_in).toBe(60)
    const { iat, exp } = tokens.claims()!
    expect(exp - iat).toBe(90)
    const code = [...foreign.kept].findLast(([key]) => key.startsWith('AuthorizationCode:'))![1]
    expect(code.exp! - code.iat!).toBe(20)
    const service = {
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'email',
    }
    const config = await registerClient({ ...service, access_token_lifetime: 60 })
    expect((await oidc.clientCredentialsGrant(config)).expires_in).toBe(60)
    expect((await oidc.clientCredentialsGrant(await registerClient(service))).expires_in).toBe(600)
  })

  it('takes any port of a loopback redirect URI, and nothing else of it (RFC 8252 §7.3)', async () => {
    const config = await registerClient(
      { ...CODE, redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' },
      oidc.None(),
    )
    await logIn(config, { redirect_uri: 'http://127.0.0.1:4711/cb' })
    await expect(logIn(config, { redirect_uri: 'http://127.0.0.1:4711/other' })).rejects.toThrow('(400)')
  })

  it('still serves the clients that it had itself, by their own secrets', async () => {
    const theirs = { client_id: 'theirs', client_secret: 'their secret', redirect_uris: [REDIRECT_URI] }
    ;(foreign.kept as Map<string, object>).set('Client:theirs', {
      ...theirs,
      grant_types: ['authorization_code'],
    })
    const config = await oidc.discovery(new URL(foreign.issuer), 'theirs', theirs.client_secret, undefined, {
      execute,
    })
    expect((await logIn(config)).claims()?.aud).toBe('theirs')
    const bad = await oidc.discovery(new URL(foreign.issuer), 'theirs', 'another', undefined, { execute })
    await expect(logIn(bad)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('serves nobody while the registry is away', async () => {
    const registry = createRegistryReader({ url: 'http://127.0.0.1:1', apiKey: 'x' })
    const alone = await startForeignProvider(registry, `${clientele.url}/register`)
    const url = `${alone.issuer}/auth?client_id=x&response_type=code&redirect_uri=${encodeURIComponent(REDIRECT_URI)}`
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.status).toBe(500)
    await alone.close()
  })
})
