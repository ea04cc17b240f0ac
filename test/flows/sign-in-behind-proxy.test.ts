import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizationUrl, EMAIL, PASSWORD, type SignInSetup, startSignIn } from './sign-in-setup.ts'
import { Visitor } from './sign-in-visitor.ts'

const WEB = 'https://client.example/callback'

let setup: SignInSetup
beforeAll(async () => {
  setup = await startSignIn(
    { web: { client_name: 'Example', redirect_uris: [WEB] } },
    {},
    'https://id.example/tenant',
  )
})
afterAll(() => setup?.close())

test('with an https issuer that has a path, every address and cookie stays below it', async () => {
  const visitor = new Visitor(setup.issuer, setup.url)
  const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
  expect(page.url).toMatch(/^https:\/\/id\.example\/tenant\/interaction\/[\w-]+$/)
  expect(page.body).toContain('You are at <strong>id.example</strong>')
  const consent = await visitor.submit(page, { email: EMAIL, password: PASSWORD })
  const { left } = await visitor.submit(consent, { decision: 'allow' })
  expect(left?.searchParams.get('code')).toBeTruthy()
  expect(left?.searchParams.get('iss')).toBe('https://id.example/tenant')
  expect(setup.errors).toEqual([])
})

test('cookies are for https alone and out of the reach of scripts and sibling domains (RFC 6265bis §4.1.3)', async () => {
  const visitor = new Visitor(setup.issuer, setup.url)
  const response = await visitor.fetch(authorizationUrl(setup, 'web', WEB))
  const cookies = response.headers.getSetCookie()
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__(?:Host|Secure)-/)
    expect(cookie).toMatch(/; secure/i)
    expect(cookie).toMatch(/; httponly/i)
    expect(cookie).toMatch(/; samesite=lax/i)
    expect(cookie).not.toMatch(/; domain=/i)
  }
})

test('Cancel and the page of an expired interaction work below the path too', async () => {
  const visitor = new Visitor(setup.issuer, setup.url)
  const page = await visitor.open(authorizationUrl(setup, 'web', WEB))
  const cancel = /class="quiet" href="([^"]+)"/.exec(page.body)![1]!
  expect((await visitor.open(new URL(cancel, page.url).href)).left?.searchParams.get('error')).toBe(
    'access_denied',
  )
  expect((await visitor.open(page.url)).status).toBe(400)
})

test('the session is one host’s alone, and below a path that issuer’s alone (RFC 6265bis §4.1.3)', async () => {
  const atRoot = await startSignIn(
    { web: { client_name: 'Example', redirect_uris: [WEB] } },
    {},
    'https://id.example',
  )
  try {
    for (const [place, cookie] of [
      [setup, '__Secure-clientele_session@/tenant'],
      [atRoot, '__Host-clientele_session@/'],
    ] as const) {
      const visitor = new Visitor(place.issuer, place.url)
      const page = await visitor.open(authorizationUrl(place, 'web', WEB))
      await visitor.submit(page, { email: EMAIL, password: PASSWORD })
      const sessions = [...visitor.cookies.keys()].filter((name) => name.includes('clientele_session@'))
      expect(sessions).toEqual([cookie])
    }
  } finally {
    await atRoot.close()
  }
})
