/** Issuers with a path: two of them on one host, behind a proxy, and every address of theirs (RFC 8414 §3, OIDC Discovery §4). */
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PathProxy, startPathProxy } from '../harness/path-proxy.ts'
import { Person } from '../harness/person.ts'
import { ADA, type RealServer, startRealServer } from '../harness/real-server.ts'
import { Visitor } from './sign-in-visitor.ts'

const REDIRECT_URI = 'https://rp.example.org/cb'
const METADATA = { redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code', 'refresh_token'] }
const PATHS = ['/tenant', '/tenant-b/deep'] as const
const insecure = { execute: [oidc.allowInsecureRequests] }

let proxy: PathProxy
let tenants: RealServer[] = []

beforeAll(async () => {
  proxy = await startPathProxy()
  tenants = await Promise.all(
    PATHS.map(async (path) => {
      const server = await startRealServer({
        server: { issuer: proxy.origin + path, trusted_proxies: ['127.0.0.1'] },
      })
      proxy.route(path, server.url)
      return server
    }),
  )
})
afterAll(async () => {
  await Promise.all(tenants.map((tenant) => tenant.close()))
  await proxy.close()
})

async function logIn(config: oidc.Configuration, person: Person): Promise<oidc.TokenEndpointResponseHelpers> {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid email',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  })
  const { location } = await person.authorize(url.href)
  return oidc.authorizationCodeGrant(config, new URL(location), { pkceCodeVerifier, expectedState })
}

describe.each(PATHS)('the issuer at %s', (path) => {
  const issuer = () => proxy.origin + path
  const tenant = () => tenants[PATHS.indexOf(path)]!

  it.each(['oidc', 'oauth2'] as const)(
    'is found, registers, logs in, refreshes, introspects, revokes and signs out with openid-client (%s)',
    async (algorithm) => {
      const config = await oidc.dynamicClientRegistration(
        new URL(issuer()),
        METADATA,
        oidc.ClientSecretBasic(),
        { ...insecure, algorithm },
      )
      for (const [name, value] of Object.entries(config.serverMetadata())) {
        if (/_endpoint$|_uri$/.test(name)) expect(value, name).toMatch(`${issuer()}/`)
      }
      const person = new Person(proxy.origin, ADA)
      const tokens = (await logIn(config, person)) as oidc.TokenEndpointResponse &
        oidc.TokenEndpointResponseHelpers
      const { sub, iss } = tokens.claims()!
      expect(iss).toBe(issuer())
      expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ email: ADA.email })
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
      expect((await oidc.tokenIntrospection(config, refreshed.access_token)).active).toBe(true)
      await oidc.tokenRevocation(config, refreshed.access_token)
      const ending = oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token! })
      const page = await person.browser.open(ending.href)
      expect(page.body).toContain(`action="${issuer()}/end-session/confirm"`)
    },
  )

  it('lets a device in, at a page of its own (RFC 8628 §3.2)', async () => {
    const config = await oidc.dynamicClientRegistration(
      new URL(issuer()),
      {
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'none',
      },
      oidc.None(),
      insecure,
    )
    const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid' })
    expect(begun.verification_uri).toBe(`${issuer()}/device`)
    expect(begun.verification_uri_complete).toMatch(`${issuer()}/device?`)
    const person = new Person(proxy.origin, ADA)
    await person.connectDevice(begun.verification_uri, begun.user_code)
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0.01 })
    expect(tokens.claims()!.iss).toBe(issuer())
  })

  it('has its clients manage their registration below it (RFC 7592 §2)', async () => {
    const json = { 'content-type': 'application/json' }
    const registered = await fetch(`${issuer()}/register`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(METADATA),
    })
    expect(registered.status).toBe(201)
    const client = (await registered.json()) as Record<string, string>
    expect(client.registration_client_uri).toBe(`${issuer()}/register/${client.client_id}`)
    const at = client.registration_client_uri!
    const headers = { ...json, authorization: `Bearer ${client.registration_access_token}` }
    expect((await fetch(at, { headers })).status).toBe(200)
    const { client_id } = client
    const body = JSON.stringify({ ...METADATA, client_id, client_name: 'Renamed' })
    const replaced = await fetch(at, { method: 'PUT', headers, body })
    expect(replaced.status).toBe(200)
    const again = (await replaced.json()) as Record<string, string>
    expect(again.registration_client_uri).toBe(at)
    const authorization = `Bearer ${again.registration_access_token ?? client.registration_access_token}`
    expect((await fetch(at, { method: 'DELETE', headers: { authorization } })).status).toBe(204)
  })

  it('has its metadata wherever clients look, inserted or appended, under either name, and nowhere else', async () => {
    const wellKnown = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
    const documents = await Promise.all(
      wellKnown
        .flatMap((segment) => [segment + path, path + segment])
        .map(async (address) => {
          const answer = await fetch(proxy.origin + address)
          expect(answer.status, address).toBe(200)
          return (await answer.json()) as Record<string, unknown>
        }),
    )
    for (const document of documents) expect(document).toEqual(documents[0])
    expect(documents[0]!.issuer).toBe(issuer())
    for (const segment of wellKnown) expect((await fetch(tenant().url + segment)).status).toBe(404)
  })

  it('answers the operator and health checks below it and at the root, and guards both', async () => {
    const base = tenant().url + path
    for (const address of [`${base}/livez`, `${base}/readyz`, `${tenant().url}/readyz`])
      expect((await fetch(address)).status, address).toBe(200)
    for (const place of [base, tenant().url]) {
      expect((await fetch(`${place}/admin/v1/clients`)).status).toBe(401)
      const headers = { authorization: 'Bearer cl_op_guessed' }
      expect((await fetch(`${place}/admin/v1/clients`, { headers })).status).toBe(401)
    }
  })

  it('has nothing beside itself', async () => {
    for (const address of ['/register', '/token', '/authorize', `${path}x/register`, `${path}//register`])
      expect((await fetch(tenant().url + address, { method: 'POST' })).status, address).toBe(404)
  })
})

describe('two issuers on one host', () => {
  it('keep their sessions apart: the cookies of one never reach the other', async () => {
    const person = new Person(proxy.origin, ADA)
    const configs = await Promise.all(
      tenants.map(({ issuer }) =>
        oidc.dynamicClientRegistration(new URL(issuer), METADATA, oidc.ClientSecretBasic(), insecure),
      ),
    )
    for (const config of configs) await logIn(config, person)
    const sessions = [...person.browser.cookies].filter(([name]) => name.startsWith('clientele_session@'))
    expect(sessions.map(([, { path }]) => path).toSorted()).toEqual([...PATHS])
    // Signed in at both still: neither is asked for a password again.
    for (const config of configs) {
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT_URI,
        scope: 'openid',
        prompt: 'none',
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      })
      expect((await person.authorize(url.href)).answer.get('error')).toBeNull()
    }
  })

  it('send their people to pages, forms and links below their own path', async () => {
    for (const [index, path] of PATHS.entries()) {
      const { issuer } = tenants[index]!
      const config = await oidc.dynamicClientRegistration(
        new URL(issuer),
        METADATA,
        oidc.ClientSecretBasic(),
        insecure,
      )
      const visitor = new Visitor(proxy.origin)
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT_URI,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      })
      const page = await visitor.open(url.href)
      expect(new URL(page.url).pathname).toMatch(`${path}/interaction/`)
      const addresses = [...page.body.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(
        ([, address]) => address!,
      )
      expect(addresses.length).toBeGreaterThan(0)
      for (const address of addresses) {
        const { origin, pathname } = new URL(address, page.url)
        if (origin === proxy.origin) expect(pathname).toMatch(`${path}/`)
      }
      for (const { path: cookiePath } of visitor.cookies.values()) expect(cookiePath).toMatch(path)
      expect(page.body).not.toMatch(/evil\.example|upstream\.internal/)
    }
  })
})
