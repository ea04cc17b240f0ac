import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ClientMetadata } from '../../clientele/src/oauth/client-metadata.ts'
import { createBrowser, exchange, login, refresh } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'
import {
  authorizationUrl,
  EMAIL,
  PASSWORD,
  type SignInSetup,
  startSignIn,
  VERIFIER,
} from './sign-in-setup.ts'
import { type Visited, Visitor } from './sign-in-visitor.ts'

/** How often an end-user is asked, as the client is registered for it (OpenID Connect Core 1.0 §3.1.2.4). */
const CALLBACK = 'https://client.example/cb'
const WEB = { redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'] }

function later(seconds: number): void {
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now: now + seconds * 1000 })
}
afterEach(() => void vi.useRealTimers())

describe('the pages', () => {
  let setup: SignInSetup
  beforeAll(async () => {
    setup = await startSignIn({
      remembered: WEB,
      always: { ...WEB, allow_remember_consent: false },
      briefly: { ...WEB, consent_lifetime: 300 },
    })
  })
  afterAll(async () => {
    await setup.close()
    expect(setup.errors).toEqual([])
  })

  /** Signs in where that is asked, and says yes where that is; how often each was. */
  async function authorize(name: string, browser: Visitor, more: Record<string, string> = {}) {
    let page = await browser.open(authorizationUrl(setup, name, CALLBACK, more))
    const asked = { login: 0, consent: 0 }
    while (page.left === undefined) {
      const isLogin = page.body.includes('name="password"')
      asked[isLogin ? 'login' : 'consent']++
      page = await browser.submit(
        page,
        isLogin ? { email: EMAIL, password: PASSWORD } : { decision: 'allow' },
      )
    }
    return { asked, answer: page.left.searchParams }
  }

  async function token(name: string, form: Record<string, string>) {
    const client_id = setup.clients[name]!.client_id
    const body = new URLSearchParams({ client_id, ...form })
    const response = await fetch(`${setup.issuer}/token`, { method: 'POST', body })
    // biome-ignore lint/suspicious/noExplicitAny: whatever the server said.
    return { status: response.status, body: (await response.json()) as any }
  }

  const redeem = (name: string, answer: URLSearchParams) =>
    token(name, {
      grant_type: 'authorization_code',
      code: answer.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    })

  it('left out: the end-user is asked once in a session', async () => {
    const browser = new Visitor(setup.issuer)
    expect((await authorize('remembered', browser)).asked).toEqual({ login: 1, consent: 1 })
    expect((await authorize('remembered', browser)).asked).toEqual({ login: 0, consent: 0 })
  })

  it('allow_remember_consent false: asked at every sign-in, and the page says what was granted before', async () => {
    const browser = new Visitor(setup.issuer)
    expect((await authorize('always', browser)).asked).toEqual({ login: 1, consent: 1 })
    const page: Visited = await browser.open(authorizationUrl(setup, 'always', CALLBACK))
    expect(page.left).toBeUndefined()
    expect(page.body).toContain('name="decision"')
    const { asked, answer } = await authorize('always', browser)
    expect(asked).toEqual({ login: 0, consent: 1 })
    expect((await redeem('always', answer)).status).toBe(200)
  })

  it('allow_remember_consent false: a request that wants no page is told that one is needed (OpenID Connect Core 1.0 §3.1.2.6)', async () => {
    const browser = new Visitor(setup.issuer)
    await authorize('always', browser)
    const { answer } = await authorize('always', browser, { prompt: 'none' })
    expect(answer.get('error')).toBe('consent_required')
  })

  it('allow_remember_consent false: what is out lives on', async () => {
    const browser = new Visitor(setup.issuer)
    const { answer } = await authorize('always', browser)
    const { body } = await redeem('always', answer)
    later(3600)
    expect(
      (await token('always', { grant_type: 'refresh_token', refresh_token: body.refresh_token })).status,
    ).toBe(200)
  })

  it('consent_lifetime: remembered so long and asked again then', async () => {
    const browser = new Visitor(setup.issuer)
    await authorize('briefly', browser)
    later(290)
    expect((await authorize('briefly', browser)).asked).toEqual({ login: 0, consent: 0 })
    later(20)
    expect((await authorize('briefly', browser)).asked).toEqual({ login: 0, consent: 1 })
    later(290)
    expect((await authorize('briefly', browser)).asked).toEqual({ login: 0, consent: 0 })
  })

  it('consent_lifetime: a consent given anew before its end holds anew', async () => {
    const browser = new Visitor(setup.issuer)
    await authorize('briefly', browser)
    later(200)
    expect((await authorize('briefly', browser, { prompt: 'consent' })).asked).toEqual({
      login: 0,
      consent: 1,
    })
    later(200)
    expect((await authorize('briefly', browser)).asked).toEqual({ login: 0, consent: 0 })
  })

  it('consent_lifetime: nothing that stands on the consent outlives it', async () => {
    const browser = new Visitor(setup.issuer)
    const { answer } = await authorize('briefly', browser)
    const { body } = await redeem('briefly', answer)
    later(280)
    const used = await token('briefly', { grant_type: 'refresh_token', refresh_token: body.refresh_token })
    expect(used.status).toBe(200)
    later(40)
    const late = await token('briefly', {
      grant_type: 'refresh_token',
      refresh_token: used.body.refresh_token,
    })
    expect(late.body.error).toBe('invalid_grant')
    const userinfo = await fetch(`${setup.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${used.body.access_token}` },
    })
    expect(userinfo.status).toBe(401)
  })

  it('consent_lifetime: shortened by an update, it holds for consents that are out (RFC 7592 §2.2)', async () => {
    const browser = new Visitor(setup.issuer)
    const { answer } = await authorize('remembered', browser)
    const { body } = await redeem('remembered', answer)
    await setup.update('remembered', { ...WEB, token_endpoint_auth_method: 'none', consent_lifetime: 60 })
    later(61)
    const late = await token('remembered', { grant_type: 'refresh_token', refresh_token: body.refresh_token })
    expect(late.body.error).toBe('invalid_grant')
    expect((await authorize('remembered', browser)).asked).toEqual({ login: 0, consent: 1 })
  })
})

describe('require_consent false, which only a policy lets a client have', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server.close()
    expect(server.failures).toEqual([])
  })

  const KNOWN: ClientMetadata = {
    grant_types: ['authorization_code', 'refresh_token'],
    require_consent: false,
  }

  /** Somebody is signed in already, so that all that could be asked is consent. */
  async function signedIn() {
    const browser = createBrowser(server)
    await login(server, await server.register({}), {}, browser)
    return browser
  }

  it('the end-user goes straight on, and the tokens stand on a consent of the scope that was asked', async () => {
    const client = await server.register(KNOWN)
    const returned = await login(server, client, { prompt: 'none', scope: 'openid email' }, await signedIn())
    const { body } = await exchange(server, client, returned)
    expect(body.scope).toBe('openid email')
    const userinfo = await fetch(`${server.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    expect(await userinfo.json()).toHaveProperty('email')
    expect((await refresh(server, client, body.refresh_token)).status).toBe(200)
  })

  it('for a resource too, up to the registered scope', async () => {
    const client = await server.register({ ...KNOWN, scope: 'openid email' })
    const params = { prompt: 'none', scope: 'openid email profile', resource: 'https://api.example/' }
    const { body } = await exchange(server, client, await login(server, client, params, await signedIn()))
    expect(body.scope.split(' ').sort()).toEqual(['email', 'openid'])
  })

  it('more scope at the next sign-in is had as easily', async () => {
    const client = await server.register(KNOWN)
    const browser = await signedIn()
    await login(server, client, { prompt: 'none', scope: 'openid' }, browser)
    const returned = await login(server, client, { prompt: 'none', scope: 'openid profile' }, browser)
    expect((await exchange(server, client, returned)).body.scope).toBe('openid profile')
  })

  it('left out: the end-user is asked', async () => {
    const client = await server.register({})
    const { location } = await login(server, client, { prompt: 'none' }, await signedIn())
    expect(location.searchParams.get('error')).toBe('consent_required')
  })

  it('taken back by an update, the end-user is asked, and what nobody agreed to is worth nothing (RFC 7592 §2.2)', async () => {
    const client = await server.register(KNOWN)
    const browser = await signedIn()
    const { body } = await exchange(server, client, await login(server, client, { prompt: 'none' }, browser))
    await server.update(client.record, { require_consent: true })
    const { location } = await login(server, client, { prompt: 'none' }, browser)
    expect(location.searchParams.get('error')).toBe('consent_required')
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('what an end-user did agree to is not widened by what nobody asked them', async () => {
    const client = await server.register({ ...KNOWN, require_consent: true })
    const browser = await signedIn()
    await login(server, client, { scope: 'openid' }, browser)
    const free = await server.update(client.record, { require_consent: false })
    const same = await login(server, client, { prompt: 'none', scope: 'openid' }, browser)
    const more = await login(server, client, { prompt: 'none', scope: 'openid email' }, browser)
    expect((await exchange(server, client, same)).body.scope).toBe('openid')
    const wide = await exchange(server, client, more)
    expect(wide.body.scope).toBe('openid email')
    await server.update(free, { require_consent: true })
    expect((await refresh(server, client, wide.body.refresh_token)).body.error).toBe('invalid_grant')
    const { location } = await login(server, client, { prompt: 'none', scope: 'openid email' }, browser)
    expect(location.searchParams.get('error')).toBe('consent_required')
  })

  it('a native client’s end-user is asked all the same (RFC 8252 §8.6)', async () => {
    const client = await server.register({ ...KNOWN, application_type: 'native' })
    const { location } = await login(server, client, { prompt: 'none' }, await signedIn())
    expect(location.searchParams.get('error')).toBe('interaction_required')
  })

  it('its consent ends with its lifetime', async () => {
    const client = await server.register({ ...KNOWN, consent_lifetime: 100 })
    const { body } = await exchange(
      server,
      client,
      await login(server, client, { prompt: 'none' }, await signedIn()),
    )
    later(101)
    expect((await refresh(server, client, body.refresh_token)).body.error).toBe('invalid_grant')
  })
})
