import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  authorizationUrl,
  EMAIL,
  OTHER_EMAIL,
  PASSWORD,
  type SignInSetup,
  startSignIn,
  VERIFIER,
} from './sign-in-setup.ts'
import { hiddenFields, Visitor } from './sign-in-visitor.ts'

const WEB = 'https://client.example/callback'
const LOOPBACK = 'http://127.0.0.1/callback'
const RESOURCE = 'https://mcp.example/tools'

const web = { client_name: 'Example Web', redirect_uris: [WEB], grant_types: ['authorization_code'] }
const cli = {
  client_name: 'Example CLI',
  redirect_uris: [LOOPBACK],
  grant_types: ['authorization_code', 'refresh_token'],
}

let setup: SignInSetup
beforeAll(async () => {
  setup = await startSignIn({
    web: { ...web, 'client_name#de': 'Beispiel' },
    native: cli,
    nameless: { redirect_uris: [WEB] },
    hostile: {
      ...web,
      client_name: `<script>alert(1)</script>"'${'x'.repeat(150)}`,
      logo_uri: 'https://tracker.example/pixel.png',
    },
    changing: { ...web, client_name: 'Before' },
    leaving: web,
    tools: { ...web, scope: 'openid email tools:read tools:write' },
  })
})
afterAll(async () => {
  await setup?.close()
  expect(setup?.errors).toEqual([])
})

async function signedIn(clientId: string, redirectUri: string, more: Record<string, string> = {}) {
  const visitor = new Visitor(setup.issuer)
  const page = await visitor.open(authorizationUrl(setup, clientId, redirectUri, more))
  const consent = await visitor.submit(page, { email: EMAIL, password: PASSWORD })
  return { visitor, consent }
}

describe('signing in (OpenID Connect Core 1.0 §3.1.2.3)', () => {
  test('the right password leads to consent, and consent to the client with a code, the state and iss (RFC 9207 §2)', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    expect(consent.status).toBe(200)
    expect(consent.body).toContain('Example Web')
    const { left } = await visitor.submit(consent, { decision: 'allow' })
    expect(`${left?.origin}${left?.pathname}`).toBe(WEB)
    expect(left?.searchParams.get('code')).toBeTruthy()
    expect(left?.searchParams.get('state')).toBe('state-1')
    expect(left?.searchParams.get('iss')).toBe(setup.issuer)
  })

  test('a wrong password and an unknown account get the same answer', async () => {
    const answers = []
    for (const email of [EMAIL, 'nobody@example.org']) {
      const visitor = new Visitor(setup.issuer)
      const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
      const answer = await visitor.submit(page, { email, password: 'wrong' })
      expect(answer.status).toBe(400)
      expect(answer.body).toContain('role="alert"')
      answers.push(answer.body.replaceAll(email, 'EMAIL').replaceAll(/[\w-]{43}|interaction\/[\w-]+/g, ''))
    }
    expect(answers[0]).toBe(answers[1])
  })

  test('the email address is compared trimmed and lower-cased', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const consent = await visitor.submit(page, { email: `  ${EMAIL.toUpperCase()} `, password: PASSWORD })
    expect(consent.body).toContain('name="decision"')
  })

  test('the password is never in an answer, and the page with its field is not kept', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const answer = await visitor.submit(page, { email: EMAIL, password: 'hunter2-hunter2' })
    expect(answer.body).not.toContain('hunter2')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    )
  })

  test('a session identifier from before the sign-in is worth nothing after it (session fixation)', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    const before = visitor.cookies.get('clientele_session@/')?.value
    await visitor.submit(consent, { decision: 'allow' })
    const again = await visitor.open(authorizationUrl(setup, 'web', WEB, { prompt: 'login' }))
    await visitor.submit(again, { email: EMAIL, password: PASSWORD })
    const after = visitor.cookies.get('clientele_session@/')?.value
    expect(before).toBeTruthy()
    expect(after).toBeTruthy()
    expect(after).not.toBe(before)
    const thief = new Visitor(setup.issuer)
    thief.cookies.set('clientele_session@/', { value: before!, path: '/' })
    const page = await thief.open(authorizationUrl(setup, 'web', WEB))
    expect(page.body).toContain('name="password"')
  })

  test('signing in as someone else ends the session of the one before and asks for their consent', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    await visitor.submit(consent, { decision: 'allow' })
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB, { prompt: 'login' }))
    expect(page.body).toContain('Sign in again')
    // The engine's own page: it sends itself with JavaScript, and has a button without.
    const handover = await visitor.submit(page, { email: OTHER_EMAIL, password: PASSWORD })
    expect(handover.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';script-src 'sha256-[^']+';/,
    )
    const asked = await visitor.submit(handover, {})
    expect(asked.body).toContain(OTHER_EMAIL)
    expect(asked.body).not.toContain('You allowed before')
    expect((await visitor.submit(asked, { decision: 'allow' })).left?.searchParams.get('code')).toBeTruthy()
  })

  test('Cancel returns access_denied to the client (RFC 6749 §4.1.2.1)', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const href = /class="quiet" href="([^"]+)"/.exec(page.body)![1]!
    const { left } = await visitor.open(new URL(href, setup.issuer).href)
    expect(left?.searchParams.get('error')).toBe('access_denied')
  })

  test('a login_hint fills the field in and cannot break out of it (OpenID Connect Core 1.0 §3.1.2.1)', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(
      authorizationUrl(setup, 'web', WEB, { login_hint: '"><script>alert(1)</script>' }),
    )
    expect(page.body).toContain('value="&quot;&gt;&lt;script&gt;')
    expect(page.body).not.toContain('<script')
  })
})

describe('consent (OpenID Connect Core 1.0 §3.1.2.4)', () => {
  test('it says that the identity is not verified, where the answer goes, and the scopes in words', async () => {
    const { consent } = await signedIn('web', WEB, { scope: 'openid email profile' })
    expect(consent.body).toContain('Not verified.')
    expect(consent.body).toContain('<strong>client.example</strong>')
    expect(consent.body).toContain('Know who you are')
    expect(consent.body).toContain('See your email address')
    expect(consent.body).toContain(EMAIL)
    expect(consent.body).not.toContain('Stay signed in')
  })

  test('a client that will get a refresh token is said to stay signed in, whether or not it asks for offline_access', async () => {
    const { consent } = await signedIn('native', 'http://127.0.0.1:4711/callback')
    expect(consent.body).toContain('Stay signed in')
    expect(consent.body).toContain('A program on this device (<strong>127.0.0.1</strong>)')
  })

  test('Deny returns access_denied and grants nothing (RFC 6749 §4.1.2.1)', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    const { left } = await visitor.submit(consent, { decision: 'deny' })
    expect(left?.searchParams.get('error')).toBe('access_denied')
    expect(left?.searchParams.get('code')).toBeNull()
    const next = await visitor.open(authorizationUrl(setup, 'web', WEB))
    expect(next.body).toContain('name="decision"')
  })

  test('neither Allow nor Deny decides nothing', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    const answer = await visitor.submit(consent, {})
    expect(answer.left).toBeUndefined()
    expect(answer.body).toContain('name="decision"')
  })

  test('what was granted is not asked again; more is asked by itself', async () => {
    const { visitor, consent } = await signedIn('web', WEB, { scope: 'openid' })
    await visitor.submit(consent, { decision: 'allow' })
    const same = await visitor.open(authorizationUrl(setup, 'web', WEB, { scope: 'openid' }))
    expect(same.left?.searchParams.get('code')).toBeTruthy()
    const more = await visitor.open(authorizationUrl(setup, 'web', WEB, { scope: 'openid email' }))
    const [asked, before] = more.body.split('You allowed before')
    expect(asked).toContain('See your email address')
    expect(asked).not.toContain('Know who you are')
    expect(before).toContain('Know who you are')
  })

  test('a native client is asked every time, because anyone can be it (RFC 8252 §8.6)', async () => {
    const { visitor, consent } = await signedIn('native', LOOPBACK)
    await visitor.submit(consent, { decision: 'allow' })
    const again = await visitor.open(authorizationUrl(setup, 'native', LOOPBACK))
    expect(again.body).toContain('You allowed before')
    expect((await visitor.submit(again, { decision: 'allow' })).left?.searchParams.get('code')).toBeTruthy()
  })

  test('a token holds what the page showed and no more, for the resource that it named (RFC 8707 §2)', async () => {
    const scope = 'openid tools:read'
    const { visitor, consent } = await signedIn('tools', WEB, { resource: RESOURCE, scope })
    expect(consent.body).toContain(RESOURCE)
    expect(consent.body).toContain('<li>tools:read</li>')
    expect(consent.body).not.toMatch(/tools:write|email address/)
    const { left } = await visitor.submit(consent, { decision: 'allow' })
    const response = await fetch(`${setup.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: setup.clients.tools!.client_id,
        code: left!.searchParams.get('code')!,
        redirect_uri: WEB,
        code_verifier: VERIFIER,
        resource: RESOURCE,
      }),
    })
    const { access_token: token } = (await response.json()) as { access_token: string }
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<
      string,
      unknown
    >
    expect(claims.aud).toBe(RESOURCE)
    expect(new Set(String(claims.scope).split(' '))).toEqual(new Set(scope.split(' ')))
  })

  test('a client name is chosen by Accept-Language (RFC 7591 §2.2), a missing one is the client id', async () => {
    const german = new Visitor(setup.issuer)
    german.headers = { 'accept-language': 'de-AT, en;q=0.5' }
    expect((await german.open(authorizationUrl(setup, 'web', WEB))).body).toContain(
      '<bdi lang="de">Beispiel</bdi>',
    )
    const page = await new Visitor(setup.issuer).open(authorizationUrl(setup, 'nameless', WEB))
    expect(page.body).toContain(`<bdi>${setup.clients.nameless!.client_id}</bdi>`)
  })

  test('a hostile name is text, short and in one direction; no logo and no script address reaches the page', async () => {
    const { consent } = await signedIn('hostile', WEB)
    expect(consent.body).not.toMatch(/<script|tracker\.example|<img/)
    expect(consent.body).toContain('&lt;script&gt;')
    expect(consent.body.length).toBeLessThan(20_000)
  })
})

describe('forms that are not ours, or not now', () => {
  test('a form without its token changes nothing (cross-site request forgery)', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    const { token } = hiddenFields(consent.body)
    for (const forged of ['', 'x', `${token}x`]) {
      const answer = await visitor.submit(consent, { token: forged, decision: 'allow' })
      expect(answer.status).toBe(403)
      expect(answer.left).toBeUndefined()
    }
    expect((await visitor.submit(consent, { decision: 'allow' })).left).toBeDefined()
  })

  test('a sign-in form without its token is not looked at', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const answer = await visitor.submit(page, { token: 'x', email: EMAIL, password: PASSWORD })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('name="password"')
  })

  test.each(['cross-site', 'same-site'])(
    'a form that the browser calls %s is refused (Fetch Metadata)',
    async (site) => {
      const { visitor, consent } = await signedIn('web', WEB)
      visitor.headers = { 'sec-fetch-site': site }
      const answer = await visitor.submit(consent, { decision: 'allow' })
      expect(answer.status).toBe(403)
      expect(answer.left).toBeUndefined()
    },
  )

  test('consent to a page whose client has changed meanwhile is asked for again (RFC 7592 §2.2)', async () => {
    const { visitor, consent } = await signedIn('changing', WEB)
    await setup.update('changing', { ...web, client_name: 'After' })
    const answer = await visitor.submit(consent, { decision: 'allow' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('After')
    expect((await visitor.submit(answer, { decision: 'allow' })).left?.searchParams.get('code')).toBeTruthy()
  })

  test('consent to a client that was deleted meanwhile ends at an error page', async () => {
    const { visitor, consent } = await signedIn('leaving', WEB)
    await setup.delete('leaving')
    const answer = await visitor.submit(consent, { decision: 'allow' })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('not known here')
  })

  test('another browser with the address of an interaction gets nothing', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const other = await new Visitor(setup.issuer).open(page.url)
    expect(other.status).toBe(400)
    expect(other.body).toContain('This sign-in has ended')
  })

  test("an interaction's cookie does not open another interaction", async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const cookie = [...visitor.cookies].find(([name]) => name.startsWith('clientele_interaction@'))![1].value
    const signature = [...visitor.cookies].find(([name]) => name.startsWith('clientele_interaction.sig@'))![1]
      .value
    const answer = await fetch(`${page.url}x`, {
      headers: { cookie: `clientele_interaction=${cookie}; clientele_interaction.sig=${signature}` },
    })
    expect(answer.status).toBe(400)
  })

  test('a decision that was used cannot be sent again', async () => {
    const { visitor, consent } = await signedIn('web', WEB)
    const cookies = new Map(visitor.cookies)
    await visitor.submit(consent, { decision: 'allow' })
    for (const [name, cookie] of cookies) visitor.cookies.set(name, cookie)
    const replay = await visitor.submit(consent, { decision: 'allow' })
    expect(replay.status).toBe(400)
    expect(replay.body).toContain('This sign-in has ended')
  })

  test('a form of another type, a form that is too large and another method are refused', async () => {
    const visitor = new Visitor(setup.issuer)
    const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
    const json = await visitor.fetch(page.url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).toBe(415)
    const large = await visitor.fetch(page.url, {
      method: 'POST',
      body: new URLSearchParams({ email: 'x'.repeat(20_000) }),
    })
    expect(large.status).toBe(413)
    const put = await visitor.fetch(page.url, { method: 'PUT' })
    expect(put.status).toBe(405)
    expect(put.headers.get('allow')).toBe('GET, HEAD, POST')
  })
})

describe('errors that must not be redirected (RFC 6749 §4.1.2.1)', () => {
  test('an unknown client ends at a page that names the request and nothing internal', async () => {
    const page = await new Visitor(setup.issuer).open(authorizationUrl(setup, 'nobody', WEB))
    expect(page.status).toBe(400)
    expect(page.left).toBeUndefined()
    expect(page.body).toContain('This program is not known here')
    expect(page.body).toMatch(/<dt>Request<\/dt><dd><code>[^<]+<\/code>/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('an unregistered redirect URI ends at a page', async () => {
    const page = await new Visitor(setup.issuer).open(authorizationUrl(setup, 'web', 'https://evil.example/'))
    expect(page.status).toBe(400)
    expect(page.left).toBeUndefined()
    expect(page.body).toContain('The way back is not registered')
  })
})
